# Corrections: what tells two corpora apart, fitted on their matched samples.
include: "lookups/corrections.smk"


rule fit_corrections:
    input:
        samples=rules.match_samples.output.samples,
        embeddings=embeddings_of_pair,
    output:
        f"{RUN}/corrections/{CELL}.safetensors",
    log:
        logs("fit_corrections", CELL),
    benchmark:
        benchmarks("fit_corrections", CELL)
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
    params:
        corpora=corpora_of_pair,
        method=method_numbers,
        mode=fitted_mode,
        kernel=kernel_options,
        directions=direction_options,
        seed=config["seed"],
        eraser_code=eraser_code,
    script:
        "../scripts/fit_corrections.py"


use rule fit_corrections as repeat_corrections with:
    output:
        f"{REPEAT}/corrections/{CELL}.safetensors",
    log:
        logs("repeat_corrections", f"{{seed}}/{CELL}"),
    benchmark:
        benchmarks("repeat_corrections", f"{{seed}}/{CELL}")
    params:
        corpora=corpora_of_pair,
        method=method_numbers,
        mode=fitted_mode,
        kernel=kernel_options,
        directions=direction_options,
        seed=lambda wc: int(wc.seed),
        eraser_code=eraser_code,

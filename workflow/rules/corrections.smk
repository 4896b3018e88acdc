# Corrections: what tells corpora apart, fitted on their matched samples.
include: "lookups/corrections.smk"


rule fit_corrections:
    input:
        samples=rules.match_samples.output.samples,
        embeddings=embeddings_of_group,
        clips=clips_to_fit_on,
    output:
        corrections=f"{RUN}/corrections/{FIT}.safetensors",
        lacking=f"{RUN}/corrections/{FIT}.lacking.parquet",
    log:
        logs("fit_corrections", FIT),
    benchmark:
        benchmarks("fit_corrections", FIT)
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
    params:
        corpora=corpora_of_group,
        method=method_numbers,
        mode=fitted_mode,
        needs=lambda wc: method_of(wc).needs,
        kernel=kernel_options,
        directions=direction_options,
        seed=config["seed"],
        eraser_code=eraser_code,
    script:
        "../scripts/fit_corrections.py"


use rule fit_corrections as repeat_corrections with:
    output:
        corrections=f"{REPEAT}/corrections/{FIT}.safetensors",
        lacking=f"{REPEAT}/corrections/{FIT}.lacking.parquet",
    log:
        logs("repeat_corrections", f"{{seed}}/{FIT}"),
    benchmark:
        benchmarks("repeat_corrections", f"{{seed}}/{FIT}")
    params:
        corpora=corpora_of_group,
        method=method_numbers,
        mode=fitted_mode,
        needs=lambda wc: method_of(wc).needs,
        kernel=kernel_options,
        directions=direction_options,
        seed=lambda wc: int(wc.seed),
        eraser_code=eraser_code,

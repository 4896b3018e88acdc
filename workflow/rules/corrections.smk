# Corrections: matched samples of two corpora, then the directions that tell the corpora apart.
rule match_samples:
    input:
        clips=of_pair(CLIPS),
        embeddings=of_pair(EMBEDDINGS),
    output:
        samples=f"{RUN}/samples/{{pair}}/{{model}}.parquet",
        excluded=f"{RUN}/samples/{{pair}}/{{model}}.excluded.csv",
    log:
        f"{LOGS}/{config['run']}/match_samples/{{pair}}/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/match_samples/{{pair}}/{{model}}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(30),
    params:
        labels=config["labels"],
        genres=config["genres"],
        min_clips=config["sampling"]["min_clips"],
        seed=config["seed"],
        code=fingerprint("corrections.sampling"),
    script:
        "../scripts/match_samples.py"


rule fit_corrections:
    input:
        samples=rules.match_samples.output.samples,
        embeddings=of_pair(EMBEDDINGS),
    output:
        f"{RUN}/corrections/{CELL}.safetensors",
    log:
        f"{LOGS}/{config['run']}/fit_corrections/{CELL}.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/fit_corrections/{CELL}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
    params:
        kernel=kernel_options,
        directions=direction_options,
        seed=kernel_seed,
        code=fingerprint("corrections.correction", "corrections.store"),
    script:
        "../scripts/fit_corrections.py"

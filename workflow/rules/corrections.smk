# Corrections: matched samples of two corpora, then the directions that tell the corpora apart.
rule pool_clips:
    input:
        lambda wc: collect(CLIPS, corpus=EXPERIMENT.pooled[wc.pool][1]),
    output:
        f"{RUN}/pools/{{pool}}/clips.parquet",
    log:
        f"{LOGS}/{config['run']}/pool_clips/{{pool}}.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/pool_clips/{{pool}}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(30),
    params:
        corpora=lambda wc: EXPERIMENT.pooled[wc.pool][1],
    script:
        "../scripts/pool_clips.py"


rule pool_embeddings:
    input:
        lambda wc: collect(EMBEDDINGS, corpus=EXPERIMENT.pooled[wc.pool][1], model=wc.model),
    output:
        f"{RUN}/pools/{{pool}}/embeddings/{{model}}.parquet",
    log:
        f"{LOGS}/{config['run']}/pool_embeddings/{{pool}}/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/pool_embeddings/{{pool}}/{{model}}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        corpora=lambda wc: EXPERIMENT.pooled[wc.pool][1],
    script:
        "../scripts/pool_embeddings.py"


rule match_samples:
    input:
        clips=clips_of_pair,
        embeddings=embeddings_of_pair,
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
        one_file=has_one_file_for_all,
    script:
        "../scripts/match_samples.py"


rule fit_corrections:
    input:
        samples=rules.match_samples.output.samples,
        embeddings=embeddings_of_pair,
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
    script:
        "../scripts/fit_corrections.py"

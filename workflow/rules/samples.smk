# Samples: pools of corpora, and the matched samples of two or more.
include: "lookups/samples.smk"


rule pool_clips:
    input:
        lambda wc: collect(CLIPS, corpus=corpora_of_pool(wc)),
    output:
        f"{RUN}/pools/{{pool}}/clips.parquet",
    log:
        logs("pool_clips", "{pool}"),
    benchmark:
        benchmarks("pool_clips", "{pool}")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(30),
    params:
        corpora=corpora_of_pool,
    script:
        "../scripts/pool_clips.py"


rule pool_embeddings:
    input:
        lambda wc: collect(EMBEDDINGS, corpus=corpora_of_pool(wc), model=wc.model),
    output:
        f"{RUN}/pools/{{pool}}/embeddings/{{model}}.parquet",
    log:
        logs("pool_embeddings", "{pool}/{model}"),
    benchmark:
        benchmarks("pool_embeddings", "{pool}/{model}")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        corpora=corpora_of_pool,
    script:
        "../scripts/pool_embeddings.py"


rule match_samples:
    input:
        clips=clips_of_group,
        embeddings=embeddings_of_group,
    output:
        samples=f"{RUN}/samples/{{group}}/{{model}}.parquet",
        excluded=f"{RUN}/samples/{{group}}/{{model}}.excluded.csv",
    log:
        logs("match_samples", "{group}/{model}"),
    benchmark:
        benchmarks("match_samples", "{group}/{model}")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(30),
    params:
        corpora=corpora_of_group,
        labels=config["labels"],
        genres=config["genres"],
        min_clips=config["sampling"]["min_clips"],
        seed=config["seed"],
        one_file=has_one_file_for_all,
    script:
        "../scripts/match_samples.py"

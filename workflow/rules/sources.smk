# Sources: recording properties of clips, conditions made on purpose, and what explains the domain.
include: "lookups/sources.smk"


rule measure_properties:
    input:
        clips=CLIPS,
    output:
        properties=temp("results/corpora/{corpus}/properties/{shard}.parquet"),
        skipped=temp("results/corpora/{corpus}/properties/{shard}.skipped.csv"),
    log:
        logs("measure_properties", "{corpus}/{shard}"),
    benchmark:
        benchmarks("measure_properties", "{corpus}/{shard}")
    # The longest chain to the page: its jobs go first.
    priority: 1
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(30),
    params:
        root=source_root,
        shards=lambda wc: len(sound_shards(wc)),
    script:
        "../scripts/measure_properties.py"


rule merge_properties:
    input:
        clips=CLIPS,
        properties=lambda wc: collect(
            rules.measure_properties.output.properties, shard=sound_shards(wc), **wc
        ),
        skipped=lambda wc: collect(
            rules.measure_properties.output.skipped, shard=sound_shards(wc), **wc
        ),
    output:
        properties=PROPERTIES,
        skipped="results/corpora/{corpus}/properties.skipped.csv",
    log:
        logs("merge_properties", "{corpus}"),
    benchmark:
        benchmarks("merge_properties", "{corpus}")
    priority: 1
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(30),
    script:
        "../scripts/merge_properties.py"


rule sources:
    input:
        clips=clips_of_pair,
        embeddings=embeddings_of_pair,
        properties=properties_of_pair,
    output:
        sources=f"{RUN}/sources/{{pair}}/{{model}}.parquet",
        identified=f"{RUN}/sources/{{pair}}/{{model}}.identification.parquet",
    log:
        logs("sources", "{pair}/{model}"),
    benchmark:
        benchmarks("sources", "{pair}/{model}")
    priority: 1
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
    params:
        corpora=corpora_of_pair,
        labels=config["labels"],
        seed=config["seed"],
    script:
        "../scripts/sources.py"


rule balance:
    input:
        clips=clips_of_pair,
        samples=PAIR_SAMPLES,
    output:
        f"{RUN}/sources/{{pair}}/{{model}}.balance.parquet",
    log:
        logs("balance", "{pair}/{model}"),
    benchmark:
        benchmarks("balance", "{pair}/{model}")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        corpora=corpora_of_pair,
    script:
        "../scripts/balance.py"


rule join_sources:
    input:
        sources=[
            rules.sources.output.sources.format(pair=pair, model=model)
            for pair, model in ATTRIBUTED
        ],
        identified=[
            rules.sources.output.identified.format(pair=pair, model=model)
            for pair, model in ATTRIBUTED
        ],
        balance=[
            rules.balance.output[0].format(pair=pair, model=model) for pair, model in ATTRIBUTED
        ],
    output:
        sources=f"{RUN}/sources.parquet",
        identified=f"{RUN}/identification.parquet",
        balance=f"{RUN}/balance.parquet",
    log:
        logs("join_sources"),
    benchmark:
        benchmarks("join_sources")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        cells=[{"pair": pair, "model": model} for pair, model in ATTRIBUTED],
    script:
        "../scripts/join_sources.py"

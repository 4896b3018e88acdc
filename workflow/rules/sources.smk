# Sources of the bias: recording properties of clips, conditions made on purpose, attribution.
PROPERTIES = "results/corpora/{corpus}/properties.parquet"


rule measure_properties:
    input:
        clips=CLIPS,
    output:
        properties=temp("results/corpora/{corpus}/properties/{shard}.parquet"),
        skipped=temp("results/corpora/{corpus}/properties/{shard}.skipped.csv"),
    log:
        f"{LOGS}/measure_properties/{{corpus}}/{{shard}}.log",
    benchmark:
        f"{BENCHMARKS}/measure_properties/{{corpus}}/{{shard}}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(30),
    params:
        root=source_root,
        shards=lambda wc: len(EXPERIMENT.shards(wc.corpus)),
    script:
        "../scripts/measure_properties.py"


rule merge_properties:
    input:
        properties=lambda wc: collect(
            rules.measure_properties.output.properties, shard=EXPERIMENT.shards(wc.corpus), **wc
        ),
        skipped=lambda wc: collect(
            rules.measure_properties.output.skipped, shard=EXPERIMENT.shards(wc.corpus), **wc
        ),
    output:
        properties=PROPERTIES,
        skipped="results/corpora/{corpus}/properties.skipped.csv",
    log:
        f"{LOGS}/merge_properties/{{corpus}}.log",
    benchmark:
        f"{BENCHMARKS}/merge_properties/{{corpus}}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(30),
    script:
        "../scripts/merge_properties.py"


rule render_derived:
    input:
        clips=lambda wc: CLIPS.format(corpus=corpus_spec(wc)["derive"]["from"]),
    output:
        "results/corpora/{corpus}/derived-{shard}.csv",
    log:
        f"{LOGS}/render_derived/{{corpus}}/{{shard}}.log",
    benchmark:
        f"{BENCHMARKS}/render_derived/{{corpus}}/{{shard}}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(60),
    params:
        derive=lambda wc: corpus_spec(wc)["derive"],
        source_root=root_derived_from,
        root=source_root,
        shards=lambda wc: len(EXPERIMENT.shards(wc.corpus)),
    script:
        "../scripts/render_derived.py"


rule index_derived:
    input:
        clips=lambda wc: CLIPS.format(corpus=corpus_spec(wc)["derive"]["from"]),
        shards=lambda wc: collect(
            rules.render_derived.output[0], shard=EXPERIMENT.shards(wc.corpus), **wc
        ),
    output:
        clips=CLIPS,
        dropped="results/corpora/{corpus}/dropped.csv",
    log:
        f"{LOGS}/index_derived/{{corpus}}.log",
    benchmark:
        f"{BENCHMARKS}/index_derived/{{corpus}}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(30),
    params:
        chain=lambda wc: corpus_spec(wc)["derive"]["chain"],
        root=source_root,
    script:
        "../scripts/index_derived.py"


rule sources:
    input:
        clips=clips_of_pair,
        embeddings=embeddings_of_pair,
        properties=lambda wc: [PROPERTIES.format(corpus=c) for c in wc.pair.split("--")],
    output:
        f"{RUN}/sources/{{pair}}/{{model}}.parquet",
        f"{RUN}/sources/{{pair}}/{{model}}.identification.parquet",
    log:
        f"{LOGS}/sources/{{pair}}/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/sources/{{pair}}/{{model}}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
    params:
        labels=config["labels"],
        seed=config["seed"],
    script:
        "../scripts/sources.py"


rule balance:
    input:
        clips=clips_of_pair,
        samples=f"{RUN}/samples/{{pair}}/{{model}}.parquet",
    output:
        f"{RUN}/balance/{{pair}}/{{model}}.parquet",
    log:
        f"{LOGS}/balance/{{pair}}/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/balance/{{pair}}/{{model}}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    script:
        "../scripts/balance.py"

# Embeddings: from clips to one vector a clip, in shards that run and fail alone.
include: "lookups/embeddings.smk"


rule fetch_weights:
    input:
        local_copy,
    output:
        "results/weights/{file}",
    log:
        logs("fetch_weights", "{file}"),
    benchmark:
        benchmarks("fetch_weights", "{file}")
    localrule: True
    conda:
        "../../envs/core.yaml"
    params:
        weights=lambda wc: remote_weights(wc.file),
        local=lambda wc: config["local"].get(wc.file),
    script:
        "../scripts/fetch_weights.py"


rule extract:
    input:
        clips=CLIPS,
        weights=weights_files,
        inside=files_of_weights,
    output:
        embeddings=temp("results/embeddings/{network}/{corpus}/{shard}.parquet"),
        skipped=temp("results/embeddings/{network}/{corpus}/{shard}.skipped.csv"),
        suspicious=temp("results/embeddings/{network}/{corpus}/{shard}.suspicious.csv"),
    log:
        logs("extract", "{network}/{corpus}/{shard}"),
    benchmark:
        benchmarks("extract", "{network}/{corpus}/{shard}")
    conda:
        environment_of_kind
    resources:
        mem_mb=growing(3000),
        runtime=growing(extraction_minutes()),
    params:
        root=source_root,
        spec=network_numbers,
        shards=lambda wc: len(shards(wc.network, wc.corpus)),
        kind_code=kind_code,
        suspicious=config["extraction"].get("suspicious", "keep"),
    script:
        "../scripts/extract.py"


rule merge_embeddings:
    input:
        clips=CLIPS,
        dropped="results/corpora/{corpus}/dropped.csv",
        embeddings=lambda wc: shards_of(rules.extract.output.embeddings, wc),
        skipped=lambda wc: shards_of(rules.extract.output.skipped, wc),
        suspicious=lambda wc: shards_of(rules.extract.output.suspicious, wc),
    output:
        embeddings=EMBEDDINGS,
        skipped="results/embeddings/{model}/{corpus}.skipped.csv",
        suspicious="results/embeddings/{model}/{corpus}.suspicious.csv",
    log:
        logs("merge_embeddings", "{model}/{corpus}"),
    benchmark:
        benchmarks("merge_embeddings", "{model}/{corpus}")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(30),
    params:
        # A param that could depend on input is not tracked: another share extracts nothing again.
        max_skipped=lambda wc, input: config["extraction"]["max_skipped"],
        layer=layer_number,
    script:
        "../scripts/merge_embeddings.py"

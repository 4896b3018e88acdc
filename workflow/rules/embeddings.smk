# Embeddings: from clips to one vector a clip, in shards that run and fail alone.
from audio_debias.models.registry import DESCRIPTIVE
from audio_debias.models.weights import cached_by_hub


rule fetch_weights:
    input:
        local_copy,
    output:
        "results/weights/{file}",
    log:
        f"{LOGS}/fetch_weights/{{file}}.log",
    benchmark:
        f"{BENCHMARKS}/fetch_weights/{{file}}.tsv"
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
        embeddings=temp("results/embeddings/{model}/{corpus}/{shard}.parquet"),
        skipped=temp("results/embeddings/{model}/{corpus}/{shard}.skipped.csv"),
    log:
        f"{LOGS}/extract/{{model}}/{{corpus}}/{{shard}}.log",
    benchmark:
        f"{BENCHMARKS}/extract/{{model}}/{{corpus}}/{{shard}}.tsv"
    conda:
        "../../envs/tensorflow.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(extraction_minutes()),
    params:
        root=source_root,
        spec=model_numbers,
        shards=lambda wc: len(shards(wc)),
        kind_code=lambda wc: fingerprint(f"models.kinds.{model_spec(wc)['kind']}"),
    script:
        "../scripts/extract.py"


rule merge_embeddings:
    input:
        clips=CLIPS,
        dropped="results/corpora/{corpus}/dropped.csv",
        embeddings=lambda wc: collect(rules.extract.output.embeddings, shard=shards(wc), **wc),
        skipped=lambda wc: collect(rules.extract.output.skipped, shard=shards(wc), **wc),
    output:
        embeddings=EMBEDDINGS,
        skipped="results/embeddings/{model}/{corpus}.skipped.csv",
    log:
        f"{LOGS}/merge_embeddings/{{model}}/{{corpus}}.log",
    benchmark:
        f"{BENCHMARKS}/merge_embeddings/{{model}}/{{corpus}}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(30),
    params:
        # A param that could depend on input is not tracked: another share extracts nothing again.
        max_skipped=lambda wc, input: config["extraction"]["max_skipped"],
    script:
        "../scripts/merge_embeddings.py"

# Embeddings: from clips to one vector a clip, in shards that run and fail alone.
from audio_debias.models.registry import DESCRIPTIVE


def weights_file(wildcards):
    """The weights file that a model's definition names, fetched once for all its users."""
    weights = model_spec(wildcards).get("weights", {})
    if "folder" in weights:
        return weights["folder"]
    return f"results/weights/{weights['file']}" if "file" in weights else []


def weights_of(file):
    """The `weights:` of the first model that names this file."""
    return next(
        spec["weights"]
        for spec in EXPERIMENT.models.values()
        if spec.get("weights", {}).get("file") == file
    )


def model_numbers(wildcards):
    """What of a model's definition can change a number."""
    return {key: value for key, value in model_spec(wildcards).items() if key not in DESCRIPTIVE}


def shards(wildcards):
    return EXPERIMENT.shards(wildcards.corpus)


rule fetch_weights:
    output:
        "results/weights/{file}",
    log:
        f"{LOGS}/fetch_weights/{{file}}.log",
    benchmark:
        f"{BENCHMARKS}/fetch_weights/{{file}}.tsv"
    conda:
        "../../envs/core.yaml"
    params:
        weights=lambda wc: weights_of(wc.file),
        local=lambda wc: config["local"].get(wc.file),
        code=fingerprint("models.weights"),
    script:
        "../scripts/fetch_weights.py"


rule extract:
    input:
        clips=CLIPS,
        weights=weights_file,
    output:
        embeddings=temp("results/embeddings/{model}/{corpus}/{shard}.parquet"),
        skipped=temp("results/embeddings/{model}/{corpus}/{shard}.skipped.csv"),
    log:
        f"{LOGS}/extract/{{model}}/{{corpus}}/{{shard}}.log",
    benchmark:
        f"{BENCHMARKS}/extract/{{model}}/{{corpus}}/{{shard}}.tsv"
    conda:
        "../../envs/tensorflow.yaml"
    params:
        root=source_root,
        spec=model_numbers,
        shards=lambda wc: len(shards(wc)),
        code=lambda wc: fingerprint("models.extract", f"models.{model_spec(wc)['kind']}"),
    script:
        "../scripts/extract.py"


rule merge_embeddings:
    input:
        clips=CLIPS,
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
    params:
        max_skipped=config["extraction"]["max_skipped"],
        code=fingerprint("models.embeddings"),
    script:
        "../scripts/merge_embeddings.py"

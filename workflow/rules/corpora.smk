# Corpora: from audio in a corpus's own layout to one clip table.
def source_root(wildcards):
    return corpus_spec(wildcards).get("root", f"results/corpora/{wildcards.corpus}/source")


def corpus_sources(wildcards):
    """The files that a corpus is indexed from, as far as they are known by name."""
    spec = corpus_spec(wildcards)
    if "demo" in spec:
        return collect(
            "results/corpora/{corpus}/{part}.csv",
            corpus=wildcards.corpus,
            part=["metadata", *(f"shard-{i}" for i in range(spec["demo"]["shards"]))],
        )
    if "csv" in spec.get("options", {}):
        return f"{spec['root']}/{spec['options']['csv']}"
    return []


rule render_demo:
    output:
        "results/corpora/{corpus}/shard-{shard}.csv",
    log:
        f"{LOGS}/render_demo/{{corpus}}/{{shard}}.log",
    benchmark:
        f"{BENCHMARKS}/render_demo/{{corpus}}/{{shard}}.tsv"
    conda:
        "../../envs/core.yaml"
    params:
        demo=lambda wc: corpus_spec(wc)["demo"],
        clips=lambda wc: corpus_spec(wc)["clips"],
        root=source_root,
        code=fingerprint("corpora.demo"),
    script:
        "../scripts/render_demo.py"


rule describe_demo:
    output:
        "results/corpora/{corpus}/metadata.csv",
    log:
        f"{LOGS}/describe_demo/{{corpus}}.log",
    benchmark:
        f"{BENCHMARKS}/describe_demo/{{corpus}}.tsv"
    conda:
        "../../envs/core.yaml"
    params:
        demo=lambda wc: corpus_spec(wc)["demo"],
        clips=lambda wc: corpus_spec(wc)["clips"],
        root=source_root,
        code=fingerprint("corpora.demo"),
    script:
        "../scripts/describe_demo.py"


rule index_corpus:
    input:
        corpus_sources,
    output:
        clips=CLIPS,
        dropped="results/corpora/{corpus}/dropped.csv",
    log:
        f"{LOGS}/index_corpus/{{corpus}}.log",
    benchmark:
        f"{BENCHMARKS}/index_corpus/{{corpus}}.tsv"
    conda:
        "../../envs/core.yaml"
    params:
        root=source_root,
        reader=lambda wc: corpus_spec(wc)["reader"],
        labels=lambda wc: corpus_spec(wc)["labels"],
        genres=lambda wc: corpus_spec(wc).get("genres", []),
        options=lambda wc: corpus_spec(wc).get("options", {}),
        code=lambda wc: fingerprint("corpora.clips", f"corpora.{corpus_spec(wc)['reader']}"),
    script:
        "../scripts/index_corpus.py"

# Corpora: from audio in a corpus's own layout to one clip table.
rule render_demo:
    output:
        "results/corpora/{corpus}/shard-{shard}.csv",
    log:
        f"{LOGS}/render_demo/{{corpus}}/{{shard}}.log",
    benchmark:
        f"{BENCHMARKS}/render_demo/{{corpus}}/{{shard}}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(20),
    params:
        demo=lambda wc: corpus_spec(wc)["demo"],
        clips=lambda wc: corpus_spec(wc)["clips"],
        root=source_root,
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
    resources:
        mem_mb=growing(500),
        runtime=growing(20),
    params:
        demo=lambda wc: corpus_spec(wc)["demo"],
        clips=lambda wc: corpus_spec(wc)["clips"],
        root=source_root,
    script:
        "../scripts/describe_demo.py"


rule fetch:
    input:
        local_copy,
    output:
        "results/downloads/{file}",
    log:
        f"{LOGS}/fetch/{{file}}.log",
    benchmark:
        f"{BENCHMARKS}/fetch/{{file}}.tsv"
    localrule: True
    conda:
        "../../envs/core.yaml"
    params:
        spec=lambda wc: remote_file(wc.file),
        local=lambda wc: config["local"].get(wc.file),
    script:
        "../scripts/fetch.py"


rule unpack:
    input:
        fetched_files,
    output:
        "results/corpora/{corpus}/source.csv",
    log:
        f"{LOGS}/unpack/{{corpus}}.log",
    benchmark:
        f"{BENCHMARKS}/unpack/{{corpus}}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(120),
    params:
        files=lambda wc: corpus_spec(wc)["files"],
        root="results/corpora/{corpus}/source",
    script:
        "../scripts/unpack.py"


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
    resources:
        mem_mb=growing(1000),
        runtime=growing(60),
    params:
        root=source_root,
        # A file put in its place with an older time stamp is seen too.
        table=table_digest,
        reader=lambda wc: corpus_spec(wc)["reader"],
        labels=lambda wc: corpus_spec(wc)["labels"],
        genres=lambda wc: corpus_spec(wc).get("genres", []),
        options=lambda wc: corpus_spec(wc).get("options", {}),
        expected=lambda wc: corpus_spec(wc).get("expected", {}),
        reader_code=lambda wc: fingerprint(f"corpora.readers.{corpus_spec(wc)['reader']}"),
    script:
        "../scripts/index_corpus.py"

# Downloads: the files that a definition names, and what a reader's library fetches by name.
rule fetch:
    input:
        local_copy,
    output:
        "results/downloads/{file}",
    log:
        logs("fetch", "{file}"),
    benchmark:
        benchmarks("fetch", "{file}")
    localrule: True
    conda:
        "../../envs/core.yaml"
    params:
        spec=lambda wc: remote_file(wc.file),
        local=lambda wc: config["local"].get(wc.file),
    script:
        "../scripts/fetch.py"


# A corpus that its reader's library fetches by name.
rule fetch_corpus:
    output:
        "results/corpora/{corpus}/licence.txt",
    log:
        logs("fetch_corpus", "{corpus}"),
    benchmark:
        benchmarks("fetch_corpus", "{corpus}")
    wildcard_constraints:
        corpus=one_of(BY_NAME),
    localrule: True
    conda:
        environment_of_reader
    params:
        root=source_root,
        reader=lambda wc: corpus_spec(wc)["reader"],
        options=lambda wc: fetched_by(corpus_spec(wc)),
    script:
        "../scripts/fetch_corpus.py"


rule unpack:
    input:
        fetched_files,
    output:
        "results/corpora/{corpus}/source.csv",
    log:
        logs("unpack", "{corpus}"),
    benchmark:
        benchmarks("unpack", "{corpus}")
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

# Corpora: from audio in a corpus's own layout to one clip table.
include: "lookups/corpora.smk"


rule render_demo:
    output:
        "results/corpora/{corpus}/shard-{shard}.csv",
    log:
        logs("render_demo", "{corpus}/{shard}"),
    benchmark:
        benchmarks("render_demo", "{corpus}/{shard}")
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
        logs("describe_demo", "{corpus}"),
    benchmark:
        benchmarks("describe_demo", "{corpus}")
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


rule index_corpus:
    input:
        corpus_sources,
    output:
        clips=CLIPS,
        dropped="results/corpora/{corpus}/dropped.csv",
    log:
        logs("index_corpus", "{corpus}"),
    benchmark:
        benchmarks("index_corpus", "{corpus}")
    wildcard_constraints:
        corpus=one_of(WITH_READER),
    conda:
        environment_of_reader
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
        reader_code=reader_code,
        # A param that could depend on input is not tracked: another share indexes nothing again.
        max_dropped=lambda wc, input: config["extraction"].get("max_dropped", 0.5),
    script:
        "../scripts/index_corpus.py"


rule shared_sounds:
    input:
        # A derived corpus shares no sound with the one that it is made of: it has another effect.
        collect(CLIPS, corpus=WITH_READER),
    output:
        f"{RUN}/shared_sounds.csv",
    log:
        logs("shared_sounds"),
    benchmark:
        benchmarks("shared_sounds")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(120),
    params:
        roots={corpus: source_root_of(corpus) for corpus in WITH_READER},
    script:
        "../scripts/shared_sounds.py"

# Derived corpora: the clips of another under a recording condition made on purpose.


rule render_derived:
    input:
        clips=lambda wc: CLIPS.format(corpus=derived_from(wc)),
    output:
        "results/corpora/{corpus}/derived-{shard}.csv",
    log:
        logs("render_derived", "{corpus}/{shard}"),
    benchmark:
        benchmarks("render_derived", "{corpus}/{shard}")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(60),
    params:
        derive=lambda wc: corpus_spec(wc)["derive"],
        source_root=root_derived_from,
        root=source_root,
        shards=lambda wc: len(sound_shards(wc)),
    script:
        "../scripts/render_derived.py"


rule index_derived:
    input:
        clips=lambda wc: CLIPS.format(corpus=derived_from(wc)),
        shards=lambda wc: collect(rules.render_derived.output[0], shard=sound_shards(wc), **wc),
    output:
        clips=CLIPS,
        dropped="results/corpora/{corpus}/dropped.csv",
    log:
        logs("index_derived", "{corpus}"),
    benchmark:
        benchmarks("index_derived", "{corpus}")
    wildcard_constraints:
        corpus=one_of(DERIVED),
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

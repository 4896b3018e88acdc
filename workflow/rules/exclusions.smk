# What is there, and what was left out.


rule exclusions:
    input:
        dropped=collect("results/corpora/{corpus}/dropped.csv", corpus=EXPERIMENT.corpora),
        skipped=collect(
            "results/embeddings/{model}/{corpus}.skipped.csv",
            model=EXPERIMENT.models,
            corpus=EXPERIMENT.corpora,
        ),
        suspicious=collect(
            "results/embeddings/{model}/{corpus}.suspicious.csv",
            model=EXPERIMENT.models,
            corpus=EXPERIMENT.corpora,
        ),
        excluded=excluded_labels(),
        lacking=rules.metrics.output.lacking,
        metrics=rules.metrics.output.metrics,
        shared=rules.shared_sounds.output[0],
        near=collect(rules.near_copies.output.shares, pair=UNRELATED, model=EXPERIMENT.models),
    output:
        csv=f"{RUN}/exclusions.csv",
        html=report(
            f"{RUN}/exclusions.html",
            caption="../report/exclusions.rst",
            category="4 Corpora",
            labels={"figure": "What was left out"},
        ),
    log:
        logs("exclusions"),
    benchmark:
        benchmarks("exclusions")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        corpora=list(EXPERIMENT.corpora),
        models=list(EXPERIMENT.models),
        samples=SAMPLES,
        names=TITLES,
    script:
        "../scripts/exclusions.py"


rule distributions:
    input:
        clips=clips_of_pair,
    output:
        svg=report(
            f"{RUN}/figures/distributions/{{pair}}.svg",
            caption="../report/distributions.rst",
            category="4 Corpora",
            labels={"figure": "Labels and genres: {pair}"},
        ),
        png=f"{RUN}/figures/distributions/{{pair}}.png",
    log:
        logs("distributions", "{pair}"),
    benchmark:
        benchmarks("distributions", "{pair}")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        corpora=corpora_of_pair,
        labels=config["labels"],
        names=lambda wc: {corpus: TITLES[corpus] for corpus in corpora_of_pair(wc)},
        dpi=config["figures"]["dpi"],
    script:
        "../scripts/distributions.py"

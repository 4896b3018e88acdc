# Figures: one rule for each kind, so that a change of one draws no other again.
include: "lookups/figures.smk"


FIGURES = figures()


rule per_label:
    input:
        metrics=rules.metrics.output.metrics,
        intervals=rules.intervals.output.intervals,
        band=random_band_wanted(),
    output:
        svg=report(
            f"{RUN}/figures/per_label/{{pair}}/{{model}}-{{mode}}.svg",
            caption="../report/per_label.rst",
            category="2 Transfers",
            labels={"figure": "AUC per label: {model}, {mode}, {pair}"},
        ),
        png=f"{RUN}/figures/per_label/{{pair}}/{{model}}-{{mode}}.png",
    log:
        logs("per_label", "{pair}/{model}-{mode}"),
    benchmark:
        benchmarks("per_label", "{pair}/{model}-{mode}")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        names=TITLES,
        dpi=config["figures"]["dpi"],
    script:
        "../scripts/per_label.py"


rule sensitivity:
    input:
        metrics=rules.metrics.output.metrics,
        drops=rules.intervals.output.drops,
    output:
        svg=report(
            f"{RUN}/figures/sensitivity/{{pair}}.svg",
            caption="../report/sensitivity.rst",
            category="2 Transfers",
            labels={"figure": "Domain sensitivity: {pair}"},
        ),
        png=f"{RUN}/figures/sensitivity/{{pair}}.png",
    log:
        logs("sensitivity", "{pair}"),
    benchmark:
        benchmarks("sensitivity", "{pair}")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        names=TITLES,
        dpi=config["figures"]["dpi"],
    script:
        "../scripts/sensitivity.py"


rule tradeoff:
    input:
        metrics=rules.metrics.output.metrics,
        bias=rules.metrics.output.bias,
        intervals=rules.intervals.output.intervals,
        band=random_band_wanted(),
    output:
        svg=report(
            f"{RUN}/figures/tradeoff/{{pair}}.svg",
            caption="../report/tradeoff.rst",
            category="3 Bias",
            labels={"figure": "Removed and paid: {pair}"},
        ),
        png=f"{RUN}/figures/tradeoff/{{pair}}.png",
    log:
        logs("tradeoff", "{pair}"),
    benchmark:
        benchmarks("tradeoff", "{pair}")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        names=TITLES,
        dpi=config["figures"]["dpi"],
    script:
        "../scripts/tradeoff.py"


rule cosine_figure:
    input:
        cosines=rules.cosines.output[0],
        published=published_cosines,
    output:
        svg=report(
            f"{RUN}/figures/cosines/{{pair}}.svg",
            caption="../report/cosines.rst",
            category="3 Bias",
            labels={"figure": "Cosines: {pair}"},
        ),
        png=f"{RUN}/figures/cosines/{{pair}}.png",
    log:
        logs("cosine_figure", "{pair}"),
    benchmark:
        benchmarks("cosine_figure", "{pair}")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        names=UNCORRECTED_TITLES,
        dpi=config["figures"]["dpi"],
        published=PUBLISHED_COSINES,
        same_as=SAME_AS,
    script:
        "../scripts/cosine_figure.py"

# Strength: what corrections remove and cost as more and more of them is applied.
include: "lookups/strength.smk"


rule strengths:
    input:
        intervals=rules.intervals.output.intervals,
        adversaries=rules.adversaries.output[0],
    output:
        f"{RUN}/strength.parquet",
    log:
        logs("strengths"),
    benchmark:
        benchmarks("strengths")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        curves=CURVES,
    script:
        "../scripts/strengths.py"


rule strength_figure:
    input:
        rules.strengths.output,
    output:
        svg=report(
            f"{RUN}/figures/strength/{{pair}}.svg",
            caption="../report/strength.rst",
            category="3 Bias",
            labels={"figure": "Strength of corrections: {pair}"},
        ),
        png=f"{RUN}/figures/strength/{{pair}}.png",
    log:
        logs("strength_figure", "{pair}"),
    benchmark:
        benchmarks("strength_figure", "{pair}")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        names=TITLES,
        dpi=config["figures"]["dpi"],
    script:
        "../scripts/strength_figure.py"

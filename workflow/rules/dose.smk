# Dose and response: what a condition made on purpose does to bias and transfer.
rule dose_figure:
    input:
        metrics=rules.metrics.output.metrics,
        bias=rules.metrics.output.bias,
        cosines=rules.cosines.output[0],
    output:
        svg=report(
            f"{RUN}/figures/dose.svg",
            caption="../report/dose.rst",
            category="3 Bias",
            labels={"figure": "Dose and response"},
        ),
        png=f"{RUN}/figures/dose.png",
    log:
        logs("dose_figure"),
    benchmark:
        benchmarks("dose_figure")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        derived={
            name: (
                EXPERIMENT.corpora[name]["derive"]["from"],
                EXPERIMENT.corpora[name]["derive"]["chain"],
            )
            for name in DERIVED
        },
        names=TITLES,
        dpi=config["figures"]["dpi"],
    script:
        "../scripts/dose_figure.py"

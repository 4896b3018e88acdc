# Depth: which layers of a network tell corpora apart, and which find labels.
rule depth_figure:
    input:
        intervals=rules.intervals.output.intervals,
        adversaries=rules.adversaries.output[0],
    output:
        svg=report(
            f"{RUN}/figures/depth.svg",
            caption="../report/depth.rst",
            category="3 Bias",
            labels={"figure": "Depth"},
        ),
        png=f"{RUN}/figures/depth.png",
    log:
        logs("depth_figure"),
    benchmark:
        benchmarks("depth_figure")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        layers={
            name: (layer.network["name"], layer.number)
            for name, layer in EXPERIMENT.layers.items()
        },
        names=TITLES | {name: spec["title"] for name, spec in EXPERIMENT.networks.items()},
        dpi=config["figures"]["dpi"],
    script:
        "../scripts/depth_figure.py"

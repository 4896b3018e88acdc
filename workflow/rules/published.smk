# Our numbers beside the published ones.
include: "lookups/published.smk"


rule published:
    input:
        metrics=rules.metrics.output.metrics,
        repeats=collect(
            rules.repeat_metrics.output.metrics,
            seed=PUBLISHED.get("seeds", []) if SEEDED_METHODS else [],
        ),
        labels=[f"results/downloads/published_{mode}.csv" for mode in PUBLISHED_MODES],
    output:
        csv=f"{RUN}/published.csv",
        html=report(
            f"{RUN}/published.html",
            caption="../report/published.rst",
            category="1 Table",
            labels={"result": "Published"},
        ),
    log:
        logs("published"),
    benchmark:
        benchmarks("published")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        table=(PROJECT / "resources/published/table.csv").read_text(),
        modes=PUBLISHED_MODES,
        same_as=SAME_AS,
        names=TITLES,
        seeded=SEEDED_METHODS,
        tolerance=PUBLISHED.get("tolerance"),
    script:
        "../scripts/published.py"

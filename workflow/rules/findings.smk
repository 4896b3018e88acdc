# Findings: the sentences made from the evidence.
rule published_noise:
    input:
        rules.intervals.output.intervals,
    output:
        f"{RUN}/published_noise.parquet",
    log:
        logs("published_noise"),
    benchmark:
        benchmarks("published_noise")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        table=(PROJECT / "resources/published/table.csv").read_text(),
        same_as=SAME_AS,
        level=UNCERTAINTY["level"],
    script:
        "../scripts/published_noise.py"


rule findings:
    input:
        intervals=rules.intervals.output.intervals,
        drops=rules.intervals.output.drops,
        adversaries=rules.adversaries.output[0],
        bias=rules.metrics.output.bias,
        controls=controls_wanted(),
        band=random_band_wanted(),
        published=rules.published_noise.output[0] if PUBLISHED else [],
        sources=rules.join_sources.output.sources if ATTRIBUTED else [],
        identified=rules.join_sources.output.identified if ATTRIBUTED else [],
    output:
        md=f"{RUN}/findings.md",
        json=f"{RUN}/findings.json",
    log:
        logs("findings"),
    benchmark:
        benchmarks("findings")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        names=TITLES,
        level=UNCERTAINTY["level"],
        margin=UNCERTAINTY["margin"],
        resamples=UNCERTAINTY["resamples"],
    script:
        "../scripts/findings.py"

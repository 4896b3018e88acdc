# Reports: the table, what was left out, where time went, and the page that shows it all.
# The captions' texts: a report with others is another report.
CAPTIONS = [
    path.read_text(encoding="utf-8") for path in sorted((PROJECT / "workflow/report").glob("*.rst"))
]
# What the jobs of this run are called after; others have left their benchmarks beside these.
NAMES_OF_JOBS = {
    *EXPERIMENT.corpora,
    *EXPERIMENT.models,
    *EXPERIMENT.networks,
    *EXPERIMENT.pairs,
    *EXPERIMENT.pools,
    *(f"{cell.method.name}-{cell.mode}" for cell in EXPERIMENT.cells),
    *(f"{model}-{mode}" for model in EXPERIMENT.models for mode in config["modes"]),
    *(file for spec in EXPERIMENT.corpora.values() for file in spec.get("files", {})),
    *(file.get("file") for spec in EXPERIMENT.networks.values() for file in weights_of(spec)),
    *PUBLISHED_FILES,
} - {None}


rule table:
    input:
        metrics=rules.metrics.output.metrics,
        bias=rules.metrics.output.bias,
        intervals=rules.intervals.output.intervals,
        controls=controls_wanted(),
        band=random_band_wanted(),
    output:
        csv=f"{RUN}/table.csv",
        md=f"{RUN}/table.md",
        html=report(
            f"{RUN}/table.html",
            caption="../report/table.rst",
            category="1 Table",
            labels={"result": "Table"},
        ),
    log:
        logs("table"),
    benchmark:
        benchmarks("table")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        names=TITLES,
        level=UNCERTAINTY["level"],
        title=f"Transfers of the run {config['run']}",
    script:
        "../scripts/table.py"


# What people read, and what the report shows; the page of time and memory comes after all else.
SHOWN_IN_REPORT = [
    *rules.index_page.output,
    *rules.table.output,
    *rules.exclusions.output,
    *(rules.published.output if PUBLISHED else []),
    *FIGURES,
    *(rules.dose_figure.output if DERIVED and DIRECTIONS else []),
    *(rules.depth_figure.output if EXPERIMENT.layers else []),
]


rule resources:
    input:
        SHOWN_IN_REPORT,
    output:
        csv=f"{RUN}/resources.csv",
        html=report(
            f"{RUN}/resources.html",
            caption="../report/resources.rst",
            category="5 Resources",
            labels={"result": "Time and memory"},
        ),
    log:
        logs("resources"),
    benchmark:
        benchmarks("resources")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        benchmarks="logs/benchmarks",
        run=config["run"],
        shared=SHARED_RULES,
        made_of=sorted(NAMES_OF_JOBS),
    script:
        "../scripts/resources.py"


# Snakemake itself makes the report, so this runs where Snakemake does.
rule report_page:
    input:
        SHOWN_IN_REPORT,
        rules.resources.output,
    output:
        page=f"{RUN}/report.html",
        config=f"{RUN}/config.yaml",
    log:
        logs("report_page"),
    benchmark:
        benchmarks("report_page")
    localrule: True
    conda:
        "../../envs/report.yaml"
    params:
        captions=CAPTIONS,
        config=sorted_keys(config),
    script:
        "../scripts/report_page.py"

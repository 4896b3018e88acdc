# Reports: the table and the figures of a run.
NAMES = {
    name: spec["title"]
    for definitions in (EXPERIMENT.models, EXPERIMENT.corpora)
    for name, spec in definitions.items()
}
NAMES |= {pool: f"All but {NAMES[corpus]}" for pool, (corpus, _) in EXPERIMENT.pooled.items()}


# What a corpus or model is called in published results.
SAME_AS = {
    name: spec.get("same_as", name)
    for definitions in (EXPERIMENT.models, EXPERIMENT.corpora)
    for name, spec in definitions.items()
}
SAME_AS |= {pool: pool for pool in EXPERIMENT.pooled}
PUBLISHED = config.get("published", {})
PUBLISHED_MODES = config["modes"] if PUBLISHED.get("labels") else []
PUBLISHED_COSINES = [
    (mode, space)
    for mode in PUBLISHED_MODES
    for space in dict.fromkeys(cell["space"] for cell in DIRECTIONS)
]
FIGURES = figures()
# What the jobs of this run are called after; others have left their benchmarks beside these.
MADE_OF = {
    *EXPERIMENT.corpora,
    *EXPERIMENT.models,
    *EXPERIMENT.pairs,
    *EXPERIMENT.pooled,
    *EXPERIMENT.cells,
    *(f"{model}-{mode}" for model in EXPERIMENT.models for mode in config["modes"]),
    *(file for spec in EXPERIMENT.corpora.values() for file in spec.get("files", {})),
    *(file.get("file") for spec in EXPERIMENT.models.values() for file in weights_of(spec)),
    *PUBLISHED_FILES,
} - {None}


rule table:
    input:
        metrics=rules.metrics.output.metrics,
        bias=rules.metrics.output.bias,
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
        f"{LOGS}/{config['run']}/table.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/table.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        names=NAMES,
        title=f"Transfers of the run {config['run']}",
    script:
        "../scripts/table.py"


rule exclusions:
    input:
        dropped=collect("results/corpora/{corpus}/dropped.csv", corpus=EXPERIMENT.corpora),
        skipped=collect(
            "results/embeddings/{model}/{corpus}.skipped.csv",
            model=EXPERIMENT.models,
            corpus=EXPERIMENT.corpora,
        ),
        excluded=collect(f"{RUN}/samples/{{sample}}.excluded.csv", sample=SAMPLES),
        bias=rules.metrics.output.bias,
    output:
        csv=f"{RUN}/exclusions.csv",
        html=report(
            f"{RUN}/exclusions.html",
            caption="../report/exclusions.rst",
            category="4 Corpora",
            labels={"figure": "What was left out"},
        ),
    log:
        f"{LOGS}/{config['run']}/exclusions.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/exclusions.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        corpora=list(EXPERIMENT.corpora),
        models=list(EXPERIMENT.models),
        samples=SAMPLES,
        names=NAMES,
    script:
        "../scripts/exclusions.py"


rule per_label:
    input:
        metrics=rules.metrics.output.metrics,
    output:
        svg=report(
            f"{RUN}/figures/per_label/{{pair}}/{{model}}-{{mode}}.svg",
            caption="../report/per_label.rst",
            category="2 Transfers",
            labels={"figure": "AUC per label: {model}, {mode}, {pair}"},
        ),
        png=f"{RUN}/figures/per_label/{{pair}}/{{model}}-{{mode}}.png",
    log:
        f"{LOGS}/{config['run']}/per_label/{{pair}}/{{model}}-{{mode}}.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/per_label/{{pair}}/{{model}}-{{mode}}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        names=NAMES,
        dpi=config["figures"]["dpi"],
    script:
        "../scripts/per_label.py"


rule sensitivity:
    input:
        metrics=rules.metrics.output.metrics,
    output:
        svg=report(
            f"{RUN}/figures/sensitivity/{{pair}}.svg",
            caption="../report/sensitivity.rst",
            category="2 Transfers",
            labels={"figure": "Domain sensitivity: {pair}"},
        ),
        png=f"{RUN}/figures/sensitivity/{{pair}}.png",
    log:
        f"{LOGS}/{config['run']}/sensitivity/{{pair}}.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/sensitivity/{{pair}}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        names=NAMES,
        dpi=config["figures"]["dpi"],
    script:
        "../scripts/sensitivity.py"


rule tradeoff:
    input:
        metrics=rules.metrics.output.metrics,
        bias=rules.metrics.output.bias,
    output:
        svg=report(
            f"{RUN}/figures/tradeoff/{{pair}}.svg",
            caption="../report/tradeoff.rst",
            category="3 Bias",
            labels={"figure": "Removed and paid: {pair}"},
        ),
        png=f"{RUN}/figures/tradeoff/{{pair}}.png",
    log:
        f"{LOGS}/{config['run']}/tradeoff/{{pair}}.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/tradeoff/{{pair}}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        names=NAMES,
        dpi=config["figures"]["dpi"],
    script:
        "../scripts/tradeoff.py"


rule cosine_figure:
    input:
        cosines=rules.cosines.output,
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
        f"{LOGS}/{config['run']}/cosine_figure/{{pair}}.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/cosine_figure/{{pair}}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        names=NAMES,
        dpi=config["figures"]["dpi"],
        published=PUBLISHED_COSINES,
        same_as=SAME_AS,
    script:
        "../scripts/cosine_figure.py"


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
        f"{LOGS}/{config['run']}/distributions/{{pair}}.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/distributions/{{pair}}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        labels=config["labels"],
        names=lambda wc: {corpus: NAMES[corpus] for corpus in wc.pair.split("--")},
        dpi=config["figures"]["dpi"],
    script:
        "../scripts/distributions.py"


rule published:
    input:
        metrics=rules.metrics.output.metrics,
        repeats=collect(
            rules.repeat_metrics.output.metrics,
            repeat=PUBLISHED.get("seeds", []) if KERNEL_CELLS else [],
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
        f"{LOGS}/{config['run']}/published.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/published.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        table=Path(workflow.basedir, "resources/published/table.csv").read_text(),
        modes=PUBLISHED_MODES,
        same_as=SAME_AS,
        names=NAMES,
        tolerance=PUBLISHED.get("tolerance"),
    script:
        "../scripts/published.py"


# What people read, and what the report shows; the page of time and memory comes after all else.
SHOWN = [
    *rules.table.output,
    *rules.exclusions.output,
    *(rules.published.output if PUBLISHED else []),
    *FIGURES,
]


rule resources:
    input:
        SHOWN,
    output:
        csv=f"{RUN}/resources.csv",
        html=report(
            f"{RUN}/resources.html",
            caption="../report/resources.rst",
            category="5 Resources",
            labels={"result": "Time and memory"},
        ),
    log:
        f"{LOGS}/{config['run']}/resources.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/resources.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        benchmarks=BENCHMARKS,
        run=config["run"],
        shared=SHARED_RULES,
        made_of=sorted(MADE_OF),
    script:
        "../scripts/resources.py"


# Snakemake itself makes the report, so this runs where Snakemake does.
rule report_page:
    input:
        SHOWN,
        rules.resources.output,
    output:
        page=f"{RUN}/report.html",
        config=f"{RUN}/config.yaml",
    log:
        f"{LOGS}/{config['run']}/report_page.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/report_page.tsv"
    localrule: True
    conda:
        "../../envs/report.yaml"
    params:
        captions=CAPTIONS,
        config=sorted_keys(config),
    script:
        "../scripts/report_page.py"

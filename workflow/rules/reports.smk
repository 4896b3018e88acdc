# Reports: the table and the figures of a run.
import subprocess

import yaml

NAMES = {
    name: spec["title"]
    for definitions in (EXPERIMENT.models, EXPERIMENT.corpora)
    for name, spec in definitions.items()
}


def figures():
    """Every figure of the run, those of cosines only if there are directions to compare."""
    names = ["distributions"]
    for pair in EXPERIMENT.pairs:
        names += [f"sensitivity/{pair}", f"tradeoff/{pair}"]
        names += [
            f"per_label/{pair}/{model}-{mode}"
            for model in EXPERIMENT.models
            for mode in config["modes"]
        ]
        if DIRECTIONS:
            names.append(f"cosines/{pair}")
    return expand(f"{RUN}/figures/{{name}}.{{format}}", name=names, format=["svg", "png"])


FIGURES = figures()
REPORT = f"{RUN}/report.html"


def write_report():
    """Make the report of a finished run; a run of only some targets has none."""
    shown = [Path(path) for path in [*FIGURES, *rules.table.output]]
    if not all(path.exists() for path in shown):
        return
    newest = max(path.stat().st_mtime for path in shown)
    if Path(REPORT).exists() and Path(REPORT).stat().st_mtime >= newest:
        return
    settings = f"{RUN}/config.yaml"
    with open(settings, "w") as file:
        yaml.safe_dump(config, file, sort_keys=False)
    command = [sys.executable, "-m", "snakemake", "--snakefile", workflow.main_snakefile]
    command += ["--configfile", settings, "--report", REPORT]
    subprocess.run(command, check=True)


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
    params:
        names=NAMES,
        title=f"Transfers of the run {config['run']}",
        code=fingerprint("reports.table"),
    script:
        "../scripts/table.py"


rule per_label:
    input:
        metrics=rules.metrics.output.metrics,
    output:
        svg=report(
            f"{RUN}/figures/per_label/{{pair}}/{{model}}-{{mode}}.svg",
            caption="../report/per_label.rst",
            category="2 Transfers",
            labels={"figure": "AUC per label", "model": "{model}", "mode": "{mode}", "pair": "{pair}"},
        ),
        png=f"{RUN}/figures/per_label/{{pair}}/{{model}}-{{mode}}.png",
    log:
        f"{LOGS}/{config['run']}/per_label/{{pair}}/{{model}}-{{mode}}.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/per_label/{{pair}}/{{model}}-{{mode}}.tsv"
    conda:
        "../../envs/core.yaml"
    params:
        names=NAMES,
        dpi=config["figures"]["dpi"],
        code=fingerprint("reports.figures.per_label"),
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
            labels={"figure": "Domain sensitivity", "model": "all", "mode": "any", "pair": "{pair}"},
        ),
        png=f"{RUN}/figures/sensitivity/{{pair}}.png",
    log:
        f"{LOGS}/{config['run']}/sensitivity/{{pair}}.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/sensitivity/{{pair}}.tsv"
    conda:
        "../../envs/core.yaml"
    params:
        names=NAMES,
        dpi=config["figures"]["dpi"],
        code=fingerprint("reports.figures.sensitivity"),
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
            labels={"figure": "Removed and paid", "pair": "{pair}"},
        ),
        png=f"{RUN}/figures/tradeoff/{{pair}}.png",
    log:
        f"{LOGS}/{config['run']}/tradeoff/{{pair}}.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/tradeoff/{{pair}}.tsv"
    conda:
        "../../envs/core.yaml"
    params:
        names=NAMES,
        dpi=config["figures"]["dpi"],
        code=fingerprint("reports.figures.tradeoff"),
    script:
        "../scripts/tradeoff.py"


rule cosine_figure:
    input:
        cosines=rules.cosines.output,
    output:
        svg=report(
            f"{RUN}/figures/cosines/{{pair}}.svg",
            caption="../report/cosines.rst",
            category="3 Bias",
            labels={"figure": "Cosines", "pair": "{pair}"},
        ),
        png=f"{RUN}/figures/cosines/{{pair}}.png",
    log:
        f"{LOGS}/{config['run']}/cosine_figure/{{pair}}.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/cosine_figure/{{pair}}.tsv"
    conda:
        "../../envs/core.yaml"
    params:
        names=NAMES,
        dpi=config["figures"]["dpi"],
        code=fingerprint("reports.figures.cosines"),
    script:
        "../scripts/cosine_figure.py"


rule distributions:
    input:
        clips=collect(CLIPS, corpus=EXPERIMENT.corpora),
    output:
        svg=report(
            f"{RUN}/figures/distributions.svg",
            caption="../report/distributions.rst",
            category="4 Corpora",
            labels={"figure": "Labels and genres"},
        ),
        png=f"{RUN}/figures/distributions.png",
    log:
        f"{LOGS}/{config['run']}/distributions.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/distributions.tsv"
    conda:
        "../../envs/core.yaml"
    params:
        corpora=list(EXPERIMENT.corpora),
        labels=config["labels"],
        names=NAMES,
        dpi=config["figures"]["dpi"],
        code=fingerprint("reports.figures.distributions"),
    script:
        "../scripts/distributions.py"

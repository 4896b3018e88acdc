# Evidence: intervals and verdicts, adversaries, controls, and the sentences made from them.
# Training samples and random maps are drawn anew under further seeds; the first is the run's.
TRAINING_SEEDS = [config["seed"] + i for i in range(config["uncertainty"]["seeds"])]
RANDOM_SEEDS = [config["seed"] + 1 + i for i in range(10)]
EVERY_CORPUS = [*EXPERIMENT.corpora, *EXPERIMENT.pooled]
CONTROLS = f"{RUN}/controls/{{pair}}/{{model}}.parquet"


def clips_of(corpus):
    pool = f"{RUN}/pools/{corpus}/clips.parquet"
    return pool if corpus in EXPERIMENT.pooled else CLIPS.format(corpus=corpus)


def scores_of_all_seeds():
    """The scores of every cell, seed by seed."""
    return cell_files(f"{RUN}/scores/{CELL}.parquet") + [
        f"{RUN}/scores/{pair}/{model}/{cell}@{seed}.parquet"
        for seed in TRAINING_SEEDS[1:]
        for pair, model, cell in CELLS
    ]


rule intervals:
    input:
        scores=scores_of_all_seeds(),
        clips=[clips_of(corpus) for corpus in EVERY_CORPUS],
    output:
        intervals=f"{RUN}/intervals.parquet",
        in_space=f"{RUN}/intervals_in_space.parquet",
        drops=f"{RUN}/drops.parquet",
    log:
        f"{LOGS}/{config['run']}/intervals.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/intervals.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
    params:
        cells=named_cells(CELLS),
        corpora=EVERY_CORPUS,
        labels=config["labels"],
        modes=config["modes"],
        seeds=TRAINING_SEEDS,
        references={method: "k" for method in KERNEL_METHODS if "k" in config["methods"]},
        resamples=config["uncertainty"]["resamples"],
        level=config["uncertainty"]["level"],
        margin=config["uncertainty"]["margin"],
    script:
        "../scripts/intervals.py"


rule identify_domains:
    input:
        samples=rules.match_samples.output.samples,
        clips=clips_of_pair,
        embeddings=embeddings_of_pair,
        corrections=rules.fit_corrections.output,
    output:
        f"{RUN}/adversaries/{CELL}.parquet",
    log:
        f"{LOGS}/{config['run']}/identify_domains/{CELL}.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/identify_domains/{CELL}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
    params:
        labels=config["adversaries"]["labels"],
        permutations=config["adversaries"]["permutations"],
        resamples=config["uncertainty"]["resamples"],
        level=config["uncertainty"]["level"],
        seed=config["seed"],
    script:
        "../scripts/identify_domains.py"


rule adversaries:
    input:
        cell_files(f"{RUN}/adversaries/{CELL}.parquet"),
    output:
        f"{RUN}/adversaries.parquet",
    log:
        f"{LOGS}/{config['run']}/adversaries.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/adversaries.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        cells=named_cells(CELLS),
        modes=config["modes"],
    script:
        "../scripts/adversaries.py"


rule controls:
    input:
        samples=rules.match_samples.output.samples,
        clips=clips_of_pair,
        embeddings=embeddings_of_pair,
        corrections=f"{RUN}/corrections/{{pair}}/{{model}}/none-any.safetensors",
    output:
        CONTROLS,
    log:
        f"{LOGS}/{config['run']}/controls/{{pair}}/{{model}}.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/controls/{{pair}}/{{model}}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(240),
    params:
        draws=config["controls"]["draws"],
        grid=sorted(config["classifier"]["C"]),
        folds=config["classifier"]["folds"],
        level=config["uncertainty"]["level"],
        seed=config["seed"],
    script:
        "../scripts/controls.py"


rule random_band:
    input:
        metrics=rules.metrics.output.metrics,
        repeats=collect(rules.repeat_metrics.output.metrics, repeat=RANDOM_SEEDS),
    output:
        f"{RUN}/random_band.parquet",
    log:
        f"{LOGS}/{config['run']}/random_band.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/random_band.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        level=config["uncertainty"]["level"],
    script:
        "../scripts/random_band.py"


rule published_noise:
    input:
        intervals=rules.intervals.output.intervals,
    output:
        f"{RUN}/published_noise.parquet",
    log:
        f"{LOGS}/{config['run']}/published_noise.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/published_noise.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        table=Path(workflow.basedir, "resources/published/table.csv").read_text(),
        same_as=SAME_AS,
        level=config["uncertainty"]["level"],
    script:
        "../scripts/published_noise.py"


rule findings:
    input:
        intervals=rules.intervals.output.intervals,
        drops=rules.intervals.output.drops,
        adversaries=rules.adversaries.output,
        bias=rules.metrics.output.bias,
        controls=(
            collect(CONTROLS, pair=EXPERIMENT.pairs, model=EXPERIMENT.models)
            if config["controls"]["draws"]
            else []
        ),
        band=rules.random_band.output if "random" in config["methods"] else [],
        published=rules.published_noise.output if PUBLISHED else [],
    output:
        md=f"{RUN}/findings.md",
        json=f"{RUN}/findings.json",
    log:
        f"{LOGS}/{config['run']}/findings.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/findings.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        names=NAMES,
        margin=config["uncertainty"]["margin"],
        resamples=config["uncertainty"]["resamples"],
    script:
        "../scripts/findings.py"

# Transfers: a classifier a label and train corpus, scored on the test split of both corpora.
rule run_transfers:
    input:
        samples=rules.match_samples.output.samples,
        clips=clips_of_pair,
        embeddings=embeddings_of_pair,
        corrections=rules.fit_corrections.output,
    output:
        classifiers=f"{RUN}/classifiers/{CELL}.safetensors",
        scores=f"{RUN}/scores/{CELL}.parquet",
        bias=f"{RUN}/bias/{CELL}.parquet",
    log:
        f"{LOGS}/{config['run']}/run_transfers/{CELL}.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/run_transfers/{CELL}.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(120),
    params:
        grid=sorted(config["classifier"]["C"]),
        folds=config["classifier"]["folds"],
    script:
        "../scripts/run_transfers.py"


rule metrics:
    input:
        scores=cell_files(f"{RUN}/scores/{CELL}.parquet"),
        bias=cell_files(f"{RUN}/bias/{CELL}.parquet"),
        excluded=collect(f"{RUN}/samples/{{sample}}.excluded.csv", sample=SAMPLES),
    output:
        metrics=f"{RUN}/metrics.parquet",
        bias=f"{RUN}/bias.parquet",
    log:
        f"{LOGS}/{config['run']}/metrics.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/metrics.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        cells=named_cells(CELLS),
        samples=SAMPLES,
        labels=config["labels"],
        modes=config["modes"],
    script:
        "../scripts/metrics.py"


use rule metrics as repeat_metrics with:
    input:
        scores=repeated(f"{RUN}/scores/{CELL}.parquet"),
        bias=repeated(f"{RUN}/bias/{CELL}.parquet"),
        excluded=collect(f"{RUN}/samples/{{sample}}.excluded.csv", sample=SAMPLES),
    output:
        metrics=f"{RUN}/repeats/{{repeat}}/metrics.parquet",
        bias=f"{RUN}/repeats/{{repeat}}/bias.parquet",
    log:
        f"{LOGS}/{config['run']}/repeat_metrics/{{repeat}}.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/repeat_metrics/{{repeat}}.tsv"
    params:
        cells=named_cells(KERNEL_CELLS),
        samples=SAMPLES,
        labels=config["labels"],
        modes=config["modes"],


rule cosines:
    input:
        corrections=[
            f"{RUN}/corrections/{c['pair']}/{c['model']}/{c['method']}-{c['mode']}.safetensors"
            for c in DIRECTIONS
        ],
        classifiers=[
            f"{RUN}/classifiers/{c['pair']}/{c['model']}/{UNCORRECTED[c['method']]}-any.safetensors"
            for c in DIRECTIONS
        ],
    output:
        f"{RUN}/cosines.parquet",
    log:
        f"{LOGS}/{config['run']}/cosines.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/cosines.tsv"
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        cells=DIRECTIONS,
    script:
        "../scripts/cosines.py"

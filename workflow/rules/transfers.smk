# Transfers: a classifier a label and train corpus, scored on the test split of both corpora.
rule run_transfers:
    input:
        samples=rules.match_samples.output.samples,
        clips=of_pair(CLIPS),
        embeddings=of_pair(EMBEDDINGS),
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
    params:
        grid=config["classifier"]["C"],
        folds=config["classifier"]["folds"],
        code=fingerprint("transfers.transfer", "transfers.store"),
    script:
        "../scripts/run_transfers.py"


rule metrics:
    input:
        scores=every_cell(f"{RUN}/scores/{CELL}.parquet"),
        bias=every_cell(f"{RUN}/bias/{CELL}.parquet"),
    output:
        metrics=f"{RUN}/metrics.parquet",
        bias=f"{RUN}/bias.parquet",
    log:
        f"{LOGS}/{config['run']}/metrics.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/metrics.tsv"
    conda:
        "../../envs/core.yaml"
    params:
        modes=config["modes"],
        code=fingerprint("transfers.metrics"),
    script:
        "../scripts/metrics.py"


rule cosines:
    input:
        directions=every_cell(f"{RUN}/corrections/{CELL}.safetensors", methods=DIRECTION_METHODS),
        classifiers=every_cell(
            f"{RUN}/classifiers/{CELL}.safetensors",
            methods=[DIRECTION_METHODS[method] for method in DIRECTION_METHODS],
        ),
    output:
        f"{RUN}/cosines.parquet",
    log:
        f"{LOGS}/{config['run']}/cosines.log",
    benchmark:
        f"{BENCHMARKS}/{config['run']}/cosines.tsv"
    conda:
        "../../envs/core.yaml"
    params:
        code=fingerprint("transfers.bias"),
    script:
        "../scripts/cosines.py"

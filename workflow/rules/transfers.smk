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
    params:
        cells=[(*cell[:2], *cell[2].split("-")) for cell in CELLS],
        samples=SAMPLES,
        labels=config["labels"],
        modes=config["modes"],
        code=fingerprint("transfers.metrics", "transfers.collecting"),
    script:
        "../scripts/metrics.py"


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
    params:
        cells=DIRECTIONS,
        code=fingerprint("transfers.bias"),
    script:
        "../scripts/cosines.py"

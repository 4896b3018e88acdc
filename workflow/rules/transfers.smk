# Transfers: a classifier a label and train corpus, scored on the test split of both corpora.
from dataclasses import replace


include: "lookups/transfers.smk"


rule run_transfers:
    input:
        samples=PAIR_SAMPLES,
        clips=clips_of_pair,
        embeddings=embeddings_of_pair,
        corrections=corrections_of(RUN),
    output:
        classifiers=f"{RUN}/classifiers/{CELL}.safetensors",
        scores=f"{RUN}/scores/{CELL}.parquet",
        bias=f"{RUN}/bias/{CELL}.parquet",
    log:
        logs("run_transfers", CELL),
    benchmark:
        benchmarks("run_transfers", CELL)
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(120),
    params:
        corpora=corpora_of_pair,
        grid=sorted(config["classifier"]["C"]),
        folds=config["classifier"]["folds"],
    script:
        "../scripts/run_transfers.py"


use rule run_transfers as repeat_transfers with:
    input:
        samples=PAIR_SAMPLES,
        clips=clips_of_pair,
        embeddings=embeddings_of_pair,
        corrections=corrections_of(REPEAT),
    output:
        classifiers=f"{REPEAT}/classifiers/{CELL}.safetensors",
        scores=f"{REPEAT}/scores/{CELL}.parquet",
        bias=f"{REPEAT}/bias/{CELL}.parquet",
    log:
        logs("repeat_transfers", f"{{seed}}/{CELL}"),
    benchmark:
        benchmarks("repeat_transfers", f"{{seed}}/{CELL}")


rule metrics:
    input:
        scores=files_of(rules.run_transfers.output.scores, EXPERIMENT.cells),
        bias=files_of(rules.run_transfers.output.bias, EXPERIMENT.cells),
        lacking=[rules.fit_corrections.output.lacking.format(**fit) for fit in EXPERIMENT.fits],
        excluded=excluded_labels(),
    output:
        metrics=f"{RUN}/metrics.parquet",
        bias=f"{RUN}/bias.parquet",
        lacking=f"{RUN}/lacking.parquet",
    log:
        logs("metrics"),
    benchmark:
        benchmarks("metrics")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        cells=joined(EXPERIMENT.cells),
        fits=fitted(EXPERIMENT.fits),
        samples=SAMPLES,
        labels=config["labels"],
        modes=config["modes"],
    script:
        "../scripts/metrics.py"


use rule metrics as repeat_metrics with:
    input:
        scores=repeated(rules.repeat_transfers.output.scores),
        bias=repeated(rules.repeat_transfers.output.bias),
        lacking=lambda wc: lacking_of(SEEDED_FITS, wc.seed),
        excluded=excluded_labels(),
    output:
        metrics=f"{REPEAT}/metrics.parquet",
        bias=f"{REPEAT}/bias.parquet",
        lacking=f"{REPEAT}/lacking.parquet",
    log:
        logs("repeat_metrics", "{seed}"),
    benchmark:
        benchmarks("repeat_metrics", "{seed}")
    params:
        cells=lambda wc: joined(repeated_cells(wc)),
        fits=fitted(SEEDED_FITS),
        samples=SAMPLES,
        labels=config["labels"],
        modes=config["modes"],


rule cosines:
    input:
        corrections=files_of(
            f"{RUN}/corrections/{CELL}.safetensors", [one for one, _ in DIRECTIONS]
        ),
        classifiers=files_of(rules.run_transfers.output.classifiers, [one for _, one in DIRECTIONS]),
    output:
        f"{RUN}/cosines.parquet",
    log:
        logs("cosines"),
    benchmark:
        benchmarks("cosines")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        cells=[{**cell.names, "space": cell.method.space} for cell, _ in DIRECTIONS],
    script:
        "../scripts/cosines.py"

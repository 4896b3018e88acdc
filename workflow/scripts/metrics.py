import pandas as pd

from audio_debias.files import read_parquet, write_parquet
from audio_debias.jobs.log import job
from audio_debias.samples.matching import read_excluded
from audio_debias.transfers.collecting import join_cells
from audio_debias.transfers.metrics import compute_metrics
from audio_debias.transfers.scores import read_scores

inputs, output, params = snakemake.input, snakemake.output, snakemake.params
with job(snakemake.log[0], cells=len(params.cells), labels=params.labels) as log:
    names = [cell["names"] for cell in params.cells]
    samples = map(tuple, params.samples)
    excluded = dict(zip(samples, map(read_excluded, inputs.excluded), strict=True))
    metrics = [
        compute_metrics(
            read_scores(path),
            params.labels,
            cell["corpora"],
            pd.concat([excluded[group, cell["names"]["model"]] for group in cell["samples"]]),
        )
        for cell, path in zip(params.cells, inputs.scores, strict=True)
    ]
    metrics = join_cells(names, metrics, params.modes)
    bias = join_cells(names, list(map(read_parquet, inputs.bias)), params.modes)
    log.info("rows: %d, without a metric: %d", len(metrics), metrics["roc_auc"].isna().sum())
    lacking = join_cells(params.fits, list(map(read_parquet, inputs.lacking)), params.modes)
    for table, path in (
        (bias, output.bias),
        (metrics, output.metrics),
        (lacking, output.lacking),
    ):
        write_parquet(path, table)

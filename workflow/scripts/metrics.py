from audio_debias.files import read_parquet, replacing
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
            excluded[cell["names"]["pair"], cell["names"]["model"]],
        )
        for cell, path in zip(params.cells, inputs.scores, strict=True)
    ]
    metrics = join_cells(names, metrics, params.modes)
    bias = join_cells(names, list(map(read_parquet, inputs.bias)), params.modes)
    log.info("rows: %d, without a metric: %d", len(metrics), metrics["roc_auc"].isna().sum())
    for table, path in ((bias, output.bias), (metrics, output.metrics)):
        with replacing(path) as temporary:
            table.to_parquet(temporary, index=False)

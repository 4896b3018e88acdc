from pathlib import Path

from audio_debias.files import read_parquet, replacing
from audio_debias.jobs.log import job
from audio_debias.reports.summary import few_positives, left_out
from audio_debias.reports.table import html_table, markdown_table, wide_table

names, output = snakemake.params.names, snakemake.output
with job(snakemake.log[0], metrics=snakemake.input.metrics) as log:
    metrics = read_parquet(snakemake.input.metrics)
    wide = wide_table(metrics, read_parquet(snakemake.input.bias))
    missing, few = left_out(metrics), few_positives(metrics)
    log.info("rows: %d, labels left out: %d", len(wide), len(missing))
    with replacing(output.csv) as path:
        wide.to_csv(path, index=False)
    with replacing(output.md) as path:
        Path(path).write_text(markdown_table(wide, names, missing, few), encoding="utf-8")
    with replacing(output.html) as path:
        Path(path).write_text(
            html_table(wide, names, missing, few, title=snakemake.params.title), encoding="utf-8"
        )

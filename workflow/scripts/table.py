from pathlib import Path

import pandas as pd

from audio_debias.files import read_parquet, replacing
from audio_debias.jobs.log import job
from audio_debias.reports.summary import few_positives, left_out
from audio_debias.reports.table import html_table, markdown_table, wide_table

inputs, params, output = snakemake.input, snakemake.params, snakemake.output
with job(snakemake.log[0], metrics=inputs.metrics) as log:
    metrics = read_parquet(inputs.metrics)
    wide = wide_table(metrics, read_parquet(inputs.bias), read_parquet(inputs.intervals))
    missing = left_out(metrics)
    controls = {"band": read_parquet(inputs.band)} if inputs.band else {}
    if inputs.controls:
        controls["permuted"] = pd.concat(map(read_parquet, inputs.controls))
    told = (wide, params.names, missing, controls, few_positives(metrics))
    log.info("rows: %d, labels left out: %d", len(wide), len(missing))
    with replacing(output.csv) as path:
        wide.to_csv(path, index=False)
    with replacing(output.md) as path:
        Path(path).write_text(markdown_table(*told, level=params.level), encoding="utf-8")
    with replacing(output.html) as path:
        html = html_table(*told, level=params.level, title=params.title)
        Path(path).write_text(html, encoding="utf-8")

from pathlib import Path

import pandas as pd

from audio_debias.evidence.findings import as_json, collect, markdown
from audio_debias.files import read_parquet, replacing
from audio_debias.jobs.log import job

inputs, params = snakemake.input, snakemake.params
with job(snakemake.log[0], intervals=inputs.intervals) as log:
    intervals = read_parquet(inputs.intervals)
    optional = {
        "controls": pd.concat(map(read_parquet, inputs.controls)) if inputs.controls else None,
        "band": read_parquet(inputs.band) if inputs.band else None,
        "published": read_parquet(inputs.published) if inputs.published else None,
        "sources": read_parquet(inputs.sources) if inputs.sources else None,
        "identified": read_parquet(inputs.identified) if inputs.sources else None,
    }
    found = collect(
        intervals,
        read_parquet(inputs.drops),
        read_parquet(inputs.adversaries),
        read_parquet(inputs.bias),
        margin=params.margin,
        resamples=params.resamples,
        redrawn=intervals.attrs.get("redrawn", {}),
        names=params.names,
        **optional,
    )
    log.info("findings: %d", len(found))
    for path, text in (
        (snakemake.output.md, markdown(found, params.level)),
        (snakemake.output.json, as_json(found)),
    ):
        with replacing(path) as temporary:
            Path(temporary).write_text(text, encoding="utf-8")

import pandas as pd

from audio_debias.files import read_parquet, write_parquet
from audio_debias.jobs.log import job

cells = snakemake.params.cells
with job(snakemake.log[0], cells=len(cells)):
    for name in ("sources", "identified", "balance"):
        tables = map(read_parquet, getattr(snakemake.input, name))
        joined = [
            pd.concat([pd.DataFrame([cell] * len(table)), table], axis=1)
            for cell, table in zip(cells, tables, strict=True)
        ]
        write_parquet(getattr(snakemake.output, name), pd.concat(joined, ignore_index=True))

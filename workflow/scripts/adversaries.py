import pandas as pd

from audio_debias.files import read_parquet, write_parquet
from audio_debias.jobs.log import job

with job(snakemake.log[0], tables=len(snakemake.input)) as log:
    table = pd.concat(map(read_parquet, snakemake.input), ignore_index=True)
    log.info("rows: %d", len(table))
    write_parquet(snakemake.output[0], table)

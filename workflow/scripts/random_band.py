from audio_debias.evidence.controls import random_band
from audio_debias.files import read_parquet, write_parquet
from audio_debias.jobs.log import job

inputs = snakemake.input
with job(snakemake.log[0], draws=len(inputs.repeats)) as log:
    draws = list(map(read_parquet, inputs.repeats))
    band = random_band(read_parquet(inputs.metrics), draws, snakemake.params.level)
    log.info("rows: %d", len(band))
    write_parquet(snakemake.output[0], band)

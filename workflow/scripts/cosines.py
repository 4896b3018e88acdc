import pandas as pd

from audio_debias.corrections.store import load_corrections
from audio_debias.files import write_parquet
from audio_debias.jobs.log import job
from audio_debias.transfers.bias import cosines
from audio_debias.transfers.store import load_classifiers

inputs, params = snakemake.input, snakemake.params
with job(snakemake.log[0], cells=len(params.cells)) as log:
    tables = []
    for cell, corrections, classifiers in zip(
        params.cells, inputs.corrections, inputs.classifiers, strict=True
    ):
        table = cosines(load_corrections(corrections)[0], load_classifiers(classifiers)[0])
        tables.append(table.assign(**cell))
    table = pd.concat(tables, ignore_index=True)
    log.info("rows: %d", len(table))
    write_parquet(snakemake.output[0], table)

from audio_debias.files import read_parquet, write_parquet
from audio_debias.jobs.log import job
from audio_debias.transfers.collecting import join_cells

params = snakemake.params
with job(snakemake.log[0], cells=len(params.cells)) as log:
    table = join_cells(params.cells, list(map(read_parquet, snakemake.input)), params.modes)
    log.info("rows: %d", len(table))
    write_parquet(snakemake.output[0], table)

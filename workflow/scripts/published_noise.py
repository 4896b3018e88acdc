import io

from audio_debias.evidence.poster import published_against_noise
from audio_debias.files import read_parquet, write_parquet
from audio_debias.jobs.log import job
from audio_debias.reports.published_files import read_published_table, under_published_names

params = snakemake.params
with job(snakemake.log[0], intervals=snakemake.input[0]) as log:
    intervals = under_published_names(read_parquet(snakemake.input[0]), params.same_as)
    published = read_published_table(io.StringIO(params.table))
    table = published_against_noise(intervals, published, params.level)
    log.info("changes that exceed their noise: %s of %d", table["exceeds"].sum(), len(table))
    write_parquet(snakemake.output[0], table)

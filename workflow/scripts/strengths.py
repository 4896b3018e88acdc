from audio_debias.evidence.strength import along_strength
from audio_debias.experiment.method import OnCurve
from audio_debias.files import read_parquet, write_parquet
from audio_debias.jobs.log import job

inputs, params = snakemake.input, snakemake.params
with job(snakemake.log[0], methods=list(params.curves)) as log:
    curves = {name: OnCurve(*point) for name, point in params.curves.items()}
    table = along_strength(read_parquet(inputs.intervals), read_parquet(inputs.adversaries), curves)
    log.info("rows: %d", len(table))
    write_parquet(snakemake.output[0], table)

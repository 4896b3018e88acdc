from pathlib import Path

from audio_debias.jobs.log import job
from audio_debias.reports.compare import write_comparison

inputs = snakemake.input
with job(snakemake.log[0], own=inputs.own, other=inputs.other):
    runs = [Path(path).parent for path in (inputs.other, inputs.own)]
    write_comparison(*runs, snakemake.output[0], snakemake.params.names)

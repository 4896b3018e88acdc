from pathlib import Path

from audio_debias.files import write_text
from audio_debias.jobs.log import job
from audio_debias.plugins import READERS

params = snakemake.params
with job(snakemake.log[0], reader=params.reader, **params.options) as log:
    root = Path(params.root)
    root.mkdir(parents=True, exist_ok=True)
    licence = READERS.load(params.reader, "reader").fetch(root, params.options)
    log.info("%s", licence)
    write_text(snakemake.output[0], licence)

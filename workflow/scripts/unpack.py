from audio_debias.corpora.manifest import write_manifest
from audio_debias.corpora.unpacking import place
from audio_debias.job import job

params = snakemake.params
with job(snakemake.log[0], files=snakemake.input) as log:
    files = place(dict(zip(params.files, snakemake.input, strict=True)), params.files, params.root)
    log.info("files: %d", len(files))
    write_manifest(files, params.root, snakemake.output[0])

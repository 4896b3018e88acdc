from audio_debias.fetching.manifest import write_manifest
from audio_debias.fetching.placing import place
from audio_debias.jobs.log import job

params = snakemake.params
with job(snakemake.log[0], files=snakemake.input) as log:
    files = place(dict(zip(params.files, snakemake.input, strict=True)), params.files, params.root)
    log.info("files: %d", len(files))
    write_manifest(files, params.root, snakemake.output[0])

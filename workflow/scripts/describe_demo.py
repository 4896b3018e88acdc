from audio_debias.corpora.demo.layouts import write_metadata
from audio_debias.fetching.manifest import write_manifest
from audio_debias.jobs.log import job

params = snakemake.params
with job(snakemake.log[0], **params.demo):
    files = write_metadata(
        params.demo["layout"], params.root, clips=params.clips, seed=params.demo["seed"]
    )
    write_manifest(files, params.root, snakemake.output[0])

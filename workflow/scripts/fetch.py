from audio_debias.fetching.download import fetch
from audio_debias.jobs.log import job

spec, local = snakemake.params.spec, snakemake.params.local
with job(snakemake.log[0], url=spec["url"], local=local):
    fetch(
        spec["url"],
        snakemake.output[0],
        checksum=spec.get("checksum"),
        size=spec.get("size"),
        local=local,
    )

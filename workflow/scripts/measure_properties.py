from audio_debias.corpora.clips import read_clips
from audio_debias.corpora.properties import write_properties
from audio_debias.jobs.log import job
from audio_debias.models.embeddings import write_skipped
from audio_debias.models.recording import measure_shard

params = snakemake.params
with job(snakemake.log[0], clips=snakemake.input.clips, shard=snakemake.wildcards.shard) as log:
    properties, skipped = measure_shard(
        read_clips(snakemake.input.clips),
        params.root,
        shard=int(snakemake.wildcards.shard),
        n_shards=params.shards,
        threads=snakemake.threads,
    )
    log.info("clips: %d measured, %d skipped", len(properties), len(skipped))
    write_skipped(snakemake.output.skipped, skipped)
    write_properties(properties, snakemake.output.properties)

from audio_debias.corpora.demo.layouts import render_shard
from audio_debias.fetching.manifest import write_manifest
from audio_debias.jobs.log import job

params, shard = snakemake.params, snakemake.wildcards.shard
with job(snakemake.log[0], shard=shard, **params.demo) as log:
    files = render_shard(
        params.demo["layout"],
        params.root,
        clips=params.clips,
        seed=params.demo["seed"],
        shard=int(shard),
        n_shards=params.demo["shards"],
    )
    log.info("clips: %d", len(files))
    write_manifest(files, params.root, snakemake.output[0])

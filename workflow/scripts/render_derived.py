from audio_debias.corpora.clips import read_clips
from audio_debias.corpora.derived import render_derived
from audio_debias.fetching.manifest import write_manifest
from audio_debias.jobs.log import job

params = snakemake.params
with job(snakemake.log[0], clips=snakemake.input.clips, chain=params.derive["chain"]) as log:
    files, skipped = render_derived(
        read_clips(snakemake.input.clips),
        params.source_root,
        params.root,
        params.derive["chain"],
        seed=params.derive.get("seed", 0),
        shard=int(snakemake.wildcards.shard),
        n_shards=params.shards,
    )
    log.info("clips: %d rendered, %d skipped\n%s", len(files), len(skipped), skipped.to_csv())
    write_manifest(files, params.root, snakemake.output[0])

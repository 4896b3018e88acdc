from audio_debias.corpora.clips import read_clips
from audio_debias.jobs.log import job
from audio_debias.models.embeddings import write_embeddings, write_skipped
from audio_debias.models.extraction import extract_shard
from audio_debias.models.registry import provenance

params = snakemake.params
weights = list(snakemake.input.weights)
with job(snakemake.log[0], clips=snakemake.input.clips, weights=weights, model=params.spec) as log:
    extraction = extract_shard(
        read_clips(snakemake.input.clips),
        params.root,
        params.spec,
        weights,
        shard=int(snakemake.wildcards.shard),
        n_shards=params.shards,
        threads=snakemake.threads,
        keep_suspicious=params.suspicious == "keep",
    )
    log.info("clips: %d embedded, %d skipped", len(extraction.clip_ids), len(extraction.skipped))
    write_skipped(snakemake.output.skipped, extraction.skipped)
    write_skipped(snakemake.output.suspicious, extraction.suspicious)
    write_embeddings(
        snakemake.output.embeddings,
        extraction.clip_ids,
        extraction.embeddings,
        {**provenance(params.spec, weights), "corpus": snakemake.wildcards.corpus},
    )

from audio_debias.corpora.clips import read_clips
from audio_debias.jobs.log import job
from audio_debias.models.embeddings import read_embeddings
from audio_debias.samples.matching import (
    match_samples,
    refuse_shared_clips,
    write_excluded,
    write_samples,
)

inputs, params = snakemake.input, snakemake.params
with job(snakemake.log[0], clips=inputs.clips) as log:
    clips = {
        corpus: read_embeddings(embeddings).of(read_clips(table))
        for corpus, table, embeddings in zip(
            params.corpora, inputs.clips, inputs.embeddings, strict=True
        )
    }
    if params.one_file:
        refuse_shared_clips(clips)
    samples, excluded = match_samples(
        clips,
        params.labels,
        params.genres,
        seed=params.seed,
        min_clips=params.min_clips,
    )
    for row in excluded.itertuples():
        log.info("excluded: %s: %s (%s)", row.label, row.reason, row.detail)
    log.info("sampled: %d clips", len(samples))
    write_excluded(snakemake.output.excluded, excluded)
    write_samples(snakemake.output.samples, samples)

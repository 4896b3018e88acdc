from audio_debias.corpora.clips import read_clips
from audio_debias.job import job
from audio_debias.models.embeddings import merge_embeddings, merge_skipped

with job(snakemake.log[0], shards=len(snakemake.input.embeddings)) as log:
    clips = len(read_clips(snakemake.input.clips))
    log.info("clips: %d", clips)
    merge_skipped(
        snakemake.input.skipped,
        snakemake.output.skipped,
        n_clips=clips,
        max_share=snakemake.params.max_skipped,
    )
    merge_embeddings(snakemake.input.embeddings, snakemake.output.embeddings)

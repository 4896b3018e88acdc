from audio_debias.corpora.clips import read_clips
from audio_debias.corpora.sound_headers import UNREADABLE
from audio_debias.jobs.log import job
from audio_debias.models.embeddings import (
    merge_embeddings,
    merge_skipped,
    merge_suspicious,
    read_skipped,
)

with job(snakemake.log[0], shards=len(snakemake.input.embeddings)) as log:
    clips = len(read_clips(snakemake.input.clips))
    log.info("clips: %d", clips)
    dropped = read_skipped(snakemake.input.dropped)
    merge_skipped(
        snakemake.input.skipped,
        snakemake.output.skipped,
        n_clips=clips,
        max_share=snakemake.params.max_skipped,
        unreadable=dropped[dropped["reason"].isin(UNREADABLE)],
    )
    equal = merge_embeddings(
        snakemake.input.embeddings, snakemake.output.embeddings, snakemake.params.layer
    )
    merge_suspicious(snakemake.input.suspicious, snakemake.output.suspicious, clips, equal)

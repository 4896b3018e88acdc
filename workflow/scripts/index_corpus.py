from audio_debias.corpora.clips import check_counts, write_clips, write_dropped
from audio_debias.corpora.losses import check_losses
from audio_debias.corpora.registry import read_corpus
from audio_debias.jobs.log import job

params = snakemake.params
with job(snakemake.log[0], reader=params.reader, root=params.root) as log:
    clips, dropped = read_corpus(
        params.reader,
        params.root,
        labels=params.labels,
        genres=params.genres,
        options=params.options,
    )
    for reason, count in dropped["reason"].value_counts().items():
        log.info("dropped: %d %s", count, reason)
    for split, count in clips["split"].value_counts().items():
        log.info("clips: %d %s", count, split)
    write_dropped(dropped, snakemake.output.dropped)
    check_counts(clips, dropped, params.expected, source=str(params.root))
    check_losses(
        clips,
        dropped,
        max_share=params.max_dropped,
        source=str(params.root),
        expected=params.expected,
    )
    write_clips(clips, snakemake.output.clips)

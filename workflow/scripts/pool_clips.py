from audio_debias.corpora.clips import read_clips, write_clips
from audio_debias.jobs.log import job
from audio_debias.models.pooling import pool_clips

corpora = snakemake.params.corpora
with job(snakemake.log[0], corpora=corpora) as log:
    clips = pool_clips(dict(zip(corpora, map(read_clips, snakemake.input), strict=True)))
    log.info("clips: %d", len(clips))
    write_clips(clips, snakemake.output[0])

from audio_debias.corpora.clips import read_clips
from audio_debias.corpora.shared_sounds import shared_sounds, told_shared, write_shared
from audio_debias.jobs.log import job

params = snakemake.params
with job(snakemake.log[0], corpora=list(params.roots)) as log:
    tables = map(read_clips, snakemake.input)
    shared = shared_sounds(dict(zip(params.roots, tables, strict=True)), params.roots)
    for line in told_shared(shared):
        log.warning(line)
    write_shared(shared, snakemake.output[0])

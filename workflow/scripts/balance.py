from audio_debias.corpora.clips import read_clips
from audio_debias.evidence.balance import balance_table
from audio_debias.files import write_parquet
from audio_debias.jobs.log import job
from audio_debias.samples.matching import read_samples

inputs, corpora = snakemake.input, snakemake.params.corpora
with job(snakemake.log[0], **snakemake.wildcards):
    clips = dict(zip(corpora, map(read_clips, inputs.clips), strict=True))
    write_parquet(snakemake.output[0], balance_table(clips, read_samples(inputs.samples)))

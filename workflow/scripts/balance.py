from audio_debias.corpora.clips import read_clips
from audio_debias.evidence.balance import balance_table
from audio_debias.files import replacing
from audio_debias.jobs.log import job
from audio_debias.samples.matching import read_samples

corpora = snakemake.wildcards.pair.split("--")
with job(snakemake.log[0], pair=snakemake.wildcards.pair):
    clips = dict(zip(corpora, map(read_clips, snakemake.input.clips), strict=True))
    with replacing(snakemake.output[0]) as temporary:
        balance_table(clips, read_samples(snakemake.input.samples)).to_parquet(temporary)

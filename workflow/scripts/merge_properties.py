from audio_debias.corpora.clips import read_clips
from audio_debias.corpora.properties import merge_properties
from audio_debias.jobs.log import job
from audio_debias.models.embeddings import merge_skipped

with job(snakemake.log[0], shards=len(snakemake.input.properties)):
    merge_properties(snakemake.input.properties, snakemake.output.properties)
    # How many may be skipped is decided where they are embedded.
    n_clips = len(read_clips(snakemake.input.clips))
    merge_skipped(snakemake.input.skipped, snakemake.output.skipped, n_clips=n_clips)

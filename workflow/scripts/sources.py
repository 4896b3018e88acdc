from audio_debias.corpora.clips import read_clips
from audio_debias.corpora.properties import read_properties
from audio_debias.evidence.pair_sources import pair_sources
from audio_debias.files import write_parquet
from audio_debias.jobs.log import job
from audio_debias.models.embeddings import read_embeddings

inputs, output, params = snakemake.input, snakemake.output, snakemake.params
corpora = params.corpora
with job(snakemake.log[0], **snakemake.wildcards):
    embeddings = map(read_embeddings, inputs.embeddings)
    sources, identified = pair_sources(
        dict(zip(corpora, map(read_clips, inputs.clips), strict=True)),
        {corpus: found.frame for corpus, found in zip(corpora, embeddings, strict=True)},
        dict(zip(corpora, map(read_properties, inputs.properties), strict=True)),
        params.labels,
        params.seed,
    )
    write_parquet(output.sources, sources)
    write_parquet(output.identified, identified)

from audio_debias.corpora.clips import read_clips
from audio_debias.corpora.properties import read_properties
from audio_debias.evidence.pair_sources import pair_sources
from audio_debias.files import replacing
from audio_debias.jobs.log import job
from audio_debias.models.embeddings import read_embeddings

pair, model = snakemake.wildcards.pair, snakemake.wildcards.model
corpora, files = pair.split("--"), snakemake.input
with job(snakemake.log[0], pair=pair, model=model):
    tables = pair_sources(
        dict(zip(corpora, map(read_clips, files.clips), strict=True)),
        {c: read_embeddings(path).frame for c, path in zip(corpora, files.embeddings, strict=True)},
        dict(zip(corpora, map(read_properties, files.properties), strict=True)),
        snakemake.params.labels,
        snakemake.params.seed,
    )
    for table, path in zip(tables, snakemake.output, strict=True):
        table.insert(0, "pair", pair)
        table.insert(1, "model", model)
        with replacing(path) as temporary:
            table.to_parquet(temporary, index=False)

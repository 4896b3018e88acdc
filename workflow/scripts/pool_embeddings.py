from audio_debias.jobs.log import job
from audio_debias.models.embeddings import read_embeddings, write_embeddings
from audio_debias.models.pooling import pool_embeddings

corpora = snakemake.params.corpora
with job(snakemake.log[0], corpora=corpora) as log:
    pool = pool_embeddings(dict(zip(corpora, map(read_embeddings, snakemake.input), strict=True)))
    log.info("clips: %d", len(pool.clip_ids))
    write_embeddings(snakemake.output[0], pool.clip_ids, pool.values, pool.metadata)

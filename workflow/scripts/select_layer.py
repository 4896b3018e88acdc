from audio_debias.jobs.log import job
from audio_debias.models.embeddings import read_embeddings, write_embeddings
from audio_debias.models.layers import select_layer

params = snakemake.params
with job(snakemake.log[0], embeddings=snakemake.input.embeddings, layer=params.layer):
    layers = read_embeddings(snakemake.input.embeddings)
    one = select_layer(layers, params.layer, snakemake.output[0])
    write_embeddings(snakemake.output[0], one.clip_ids, one.values, one.metadata)

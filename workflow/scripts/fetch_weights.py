from audio_debias.jobs.log import job
from audio_debias.models.weights import fetch_weights

params = snakemake.params
with job(snakemake.log[0], **params.weights, local=params.local):
    fetch_weights(params.weights, snakemake.output[0], local=params.local)

import pandas as pd

from audio_debias.corpora.clips import read_clips
from audio_debias.corrections.store import load_corrections
from audio_debias.evidence.adversaries import identify_domains
from audio_debias.evidence.controls import corpora_permuted, labels_permuted
from audio_debias.files import write_parquet
from audio_debias.jobs.log import job
from audio_debias.models.embeddings import read_embeddings
from audio_debias.samples.matching import read_samples
from audio_debias.transfers.transfer import run_transfers

inputs, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
corpora = params.corpora
with job(snakemake.log[0], draws=params.draws, **wildcards) as log:
    embeddings = dict(zip(corpora, map(read_embeddings, inputs.embeddings), strict=True))
    clips = {
        corpus: embeddings[corpus].of(read_clips(path))
        for corpus, path in zip(corpora, inputs.clips, strict=True)
    }
    frames = {corpus: found.frame for corpus, found in embeddings.items()}
    corrections = load_corrections(inputs.corrections)[0]
    samples = read_samples(inputs.samples)

    def score(permuted):
        return run_transfers(
            permuted,
            clips,
            frames,
            dict.fromkeys(corpora, corrections),
            Cs=params.grid,
            folds=params.folds,
        ).scores

    by_label = labels_permuted(
        score, samples, draws=params.draws, seed=params.seed, level=params.level
    )
    identified = [
        identify_domains(samples, clips, frames, corrections, seed=params.seed + i, permute=True)
        for i in range(params.draws)
    ]
    table = pd.concat([by_label, corpora_permuted(identified, params.level)], ignore_index=True)
    log.info("at chance: %d of %d", table["at_chance"].sum(), len(table))
    write_parquet(snakemake.output[0], table.assign(pair=wildcards.pair, model=wildcards.model))

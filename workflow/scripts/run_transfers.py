from audio_debias.corpora.clips import read_clips
from audio_debias.corrections.store import load_corrections
from audio_debias.files import replacing
from audio_debias.jobs.log import job
from audio_debias.models.embeddings import read_embeddings
from audio_debias.samples.matching import read_samples
from audio_debias.transfers.scores import write_scores
from audio_debias.transfers.store import save_classifiers
from audio_debias.transfers.transfer import run_transfers

inputs, output, corpora = snakemake.input, snakemake.output, snakemake.params.corpora
with job(snakemake.log[0], corrections=inputs.corrections, **snakemake.wildcards) as log:
    embeddings = dict(zip(corpora, map(read_embeddings, inputs.embeddings), strict=True))
    transfers = run_transfers(
        read_samples(inputs.samples),
        {
            corpus: embeddings[corpus].of(read_clips(path))
            for corpus, path in zip(corpora, inputs.clips, strict=True)
        },
        {corpus: found.frame for corpus, found in embeddings.items()},
        {corpus: load_corrections(inputs.corrections[0])[0] for corpus in corpora},
        Cs=snakemake.params.grid,
        folds=snakemake.params.folds,
        threads=snakemake.threads,
    )
    log.info("classifiers: %d, scores: %d", len(transfers.classifiers), len(transfers.scores))
    save_classifiers(output.classifiers, transfers.classifiers, dict(snakemake.wildcards))
    write_scores(output.scores, transfers.scores)
    with replacing(output.bias) as path:
        transfers.bias.to_parquet(path, index=False)

from audio_debias.corpora.clips import read_clips
from audio_debias.corrections.store import load_corrections
from audio_debias.files import write_parquet
from audio_debias.jobs.log import job
from audio_debias.models.embeddings import read_embeddings
from audio_debias.samples.matching import read_samples
from audio_debias.transfers.scores import write_scores
from audio_debias.transfers.store import save_classifiers
from audio_debias.transfers.transfer import run_transfers

inputs, output, corpora = snakemake.input, snakemake.output, snakemake.params.corpora
with job(snakemake.log[0], corrections=inputs.corrections, **snakemake.wildcards) as log:
    loaded = {path: load_corrections(path)[0] for path in dict.fromkeys(inputs.corrections)}
    corrections = [loaded[path] for path in inputs.corrections]
    embeddings = dict(zip(corpora, map(read_embeddings, inputs.embeddings), strict=True))
    transfers = run_transfers(
        read_samples(inputs.samples),
        {
            corpus: embeddings[corpus].of(read_clips(path))
            for corpus, path in zip(corpora, inputs.clips, strict=True)
        },
        {corpus: found.frame for corpus, found in embeddings.items()},
        dict(zip(corpora, corrections, strict=True)),
        Cs=snakemake.params.grid,
        folds=snakemake.params.folds,
        threads=snakemake.threads,
    )
    log.info("classifiers: %d, scores: %d", len(transfers.classifiers), len(transfers.scores))
    save_classifiers(output.classifiers, transfers.classifiers, dict(snakemake.wildcards))
    write_scores(output.scores, transfers.scores)
    write_parquet(output.bias, transfers.bias)

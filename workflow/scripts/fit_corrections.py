from audio_debias.corrections.per_label import check_needs, fit_corrections, lacking_directions
from audio_debias.corrections.store import save_corrections
from audio_debias.files import write_parquet
from audio_debias.jobs.log import job
from audio_debias.models.embeddings import read_embeddings
from audio_debias.samples.matching import read_samples

params, wildcards = snakemake.params, snakemake.wildcards
with job(snakemake.log[0], samples=snakemake.input.samples, **wildcards) as log:
    corrections = fit_corrections(
        read_samples(snakemake.input.samples),
        {
            corpus: read_embeddings(path).frame
            for corpus, path in zip(params.corpora, snakemake.input.embeddings, strict=True)
        },
        **params.method,
        mode=params.mode,
        # A kernel map serves the classifier of one corpus; it is nothing to deploy.
        label_free=params.mode == "global" and params.method["space"] == "linear",
        random_state=params.seed,
        threads=snakemake.threads,
        **(params.kernel or {}),
        **(params.directions or {}),
    )
    check_needs(corrections, params.needs, wildcards.method)
    lacking = lacking_directions(corrections)
    for row in lacking.itertuples():
        log.info("no direction: %s: %s: %s", row.label, row.genre, row.reason)
    write_parquet(snakemake.output.lacking, lacking)
    save_corrections(snakemake.output.corrections, corrections, dict(wildcards))

from audio_debias.corpora.clips import read_clips
from audio_debias.corrections.per_label import (
    check_needs,
    fit_corrections,
    fit_without_labels,
    lacking_directions,
)
from audio_debias.corrections.store import save_corrections
from audio_debias.files import write_parquet
from audio_debias.jobs.log import job
from audio_debias.models.embeddings import read_embeddings
from audio_debias.samples.matching import read_samples

inputs, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
with job(snakemake.log[0], samples=inputs.samples, **wildcards) as log:
    samples = read_samples(inputs.samples)
    embeddings = {
        corpus: read_embeddings(path).frame
        for corpus, path in zip(params.corpora, inputs.embeddings, strict=True)
    }
    options = {**params.method, "random_state": params.seed, "threads": snakemake.threads}
    options |= (params.kernel or {}) | (params.directions or {})
    if inputs.clips:
        clips = dict(zip(params.corpora, map(read_clips, inputs.clips), strict=True))
        corrections = fit_without_labels(samples["label"].unique(), clips, embeddings, **options)
    else:
        # A kernel map serves the classifier of one corpus; it is nothing to deploy.
        label_free = params.mode == "global" and params.method["space"] == "linear"
        options |= {"mode": params.mode, "label_free": label_free}
        corrections = fit_corrections(samples, embeddings, **options)
    check_needs(corrections, params.needs, wildcards.method)
    lacking = lacking_directions(corrections)
    for row in lacking.itertuples():
        log.info("no direction: %s: %s: %s", row.label, row.genre, row.reason)
    write_parquet(snakemake.output.lacking, lacking)
    save_corrections(snakemake.output.corrections, corrections, dict(wildcards))

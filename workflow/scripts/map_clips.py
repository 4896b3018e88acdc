from audio_debias.corpora.clips import read_clips
from audio_debias.corrections.store import load_corrections
from audio_debias.files import read_parquet, write_parquet
from audio_debias.jobs.log import job
from audio_debias.models.embeddings import read_embeddings
from audio_debias.reports.answer import best_corrections
from audio_debias.reports.clip_map import clip_map, draw_clips
from audio_debias.samples.matching import read_samples

inputs, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
corpora = params.corpora
with job(snakemake.log[0], intervals=inputs.intervals, **wildcards) as log:
    best = best_corrections(read_parquet(inputs.intervals), wildcards.pair).get(wildcards.model)
    # A mode that all others equal is called ``any``; one alone keeps its name.
    paths = {tuple(cell): path for cell, path in zip(params.cells, inputs.corrections, strict=True)}
    paths |= {(method, "any"): path for (method, _), path in reversed(paths.items())}
    corrections = load_corrections(paths[best])[0] if best else {}
    found = map(read_embeddings, inputs.embeddings)
    table = clip_map(
        read_samples(inputs.samples),
        {
            corpus: draw_clips(read_clips(path), params.points // 2, params.seed)
            for corpus, path in zip(corpora, inputs.clips, strict=True)
        },
        {corpus: one.frame for corpus, one in zip(corpora, found, strict=True)},
        corrections,
        seed=params.seed,
    )
    log.info("correction: %s, rows: %d", best, len(table))
    write_parquet(snakemake.output[0], table)

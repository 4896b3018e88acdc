from audio_debias.corpora.clips import read_clips
from audio_debias.corrections.store import load_corrections
from audio_debias.evidence.adversaries import identify_after_each
from audio_debias.files import write_parquet
from audio_debias.jobs.log import job
from audio_debias.models.embeddings import read_embeddings
from audio_debias.samples.matching import read_samples
from audio_debias.transfers.collecting import join_cells

inputs, params = snakemake.input, snakemake.params
corpora = params.corpora
with job(snakemake.log[0], corrections=inputs.corrections, **snakemake.wildcards) as log:
    embeddings = dict(zip(corpora, map(read_embeddings, inputs.embeddings), strict=True))
    tables = identify_after_each(
        read_samples(inputs.samples),
        {
            corpus: embeddings[corpus].of(read_clips(path))
            for corpus, path in zip(corpora, inputs.clips, strict=True)
        },
        {corpus: found.frame for corpus, found in embeddings.items()},
        (load_corrections(path)[0] for path in inputs.corrections),
        labels=params.labels,
        permutations=params.permutations,
        resamples=params.resamples,
        level=params.level,
        seed=params.seed,
    )
    table = join_cells(params.cells, tables, params.modes)
    log.info("rows: %d", len(table))
    write_parquet(snakemake.output[0], table)

from audio_debias.corpora.clips import read_clips
from audio_debias.evidence.intervals import drop_table, in_every_mode, interval_table
from audio_debias.evidence.moments import moments_of_run
from audio_debias.files import write_parquet
from audio_debias.jobs.log import job
from audio_debias.transfers.scores import read_scores

inputs, output, params = snakemake.input, snakemake.output, snakemake.params
with job(snakemake.log[0], cells=len(params.cells), repeats=len(params.seeds)) as log:
    clips = dict(zip(params.corpora, map(read_clips, inputs.clips), strict=True))
    cells = [tuple(cell.values()) for cell in params.cells]
    repeats = []
    for repeat in range(len(params.seeds)):
        paths = inputs.scores[repeat * len(cells) : (repeat + 1) * len(cells)]
        files = dict(zip(cells, paths, strict=True))
        tables, redrawn = moments_of_run(
            lambda cell, files=files: read_scores(files[cell]),
            cells,
            clips,
            params.labels,
            params.pairs,
            references=["none", params.references],
            resamples=params.resamples,
            seed=params.seeds[0],
        )
        repeats.append(tables)
    against_none, in_space = zip(*repeats, strict=True)
    limits = {"level": params.level, "margin": params.margin}
    tables = {
        output.intervals: interval_table(against_none, **limits),
        output.in_space: interval_table(in_space, **limits),
        output.drops: drop_table(against_none, level=params.level),
    }
    log.info("resamples drawn again for want of a class: %s", redrawn)
    for path, table in tables.items():
        table = in_every_mode(table, params.modes)
        table.attrs["redrawn"] = redrawn
        write_parquet(path, table)

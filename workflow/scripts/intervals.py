from audio_debias.corpora.clips import read_clips
from audio_debias.evidence.bootstrap import bootstrap_scores
from audio_debias.evidence.intervals import drop_table, in_every_mode, interval_table, moments
from audio_debias.files import replacing
from audio_debias.jobs.log import job
from audio_debias.transfers.scores import read_scores

inputs, output, params = snakemake.input, snakemake.output, snakemake.params
with job(snakemake.log[0], cells=len(params.cells), repeats=len(params.seeds)) as log:
    clips = dict(zip(params.corpora, map(read_clips, inputs.clips), strict=True))
    cells = [tuple(cell.values()) for cell in params.cells]
    against_none, in_space = [], []
    for repeat in range(len(params.seeds)):
        paths = inputs.scores[repeat * len(cells) : (repeat + 1) * len(cells)]
        bootstrap = bootstrap_scores(
            dict(zip(cells, map(read_scores, paths), strict=True)),
            clips,
            params.labels,
            params.pairs,
            resamples=params.resamples,
            seed=params.seeds[0],
        )
        against_none.append(moments(bootstrap))
        in_space.append(moments(bootstrap, params.references))
    limits = {"level": params.level, "margin": params.margin}
    tables = {
        output.intervals: interval_table(against_none, **limits),
        output.in_space: interval_table(in_space, **limits),
        output.drops: drop_table(against_none, level=params.level),
    }
    log.info("resamples drawn again for want of a class: %s", bootstrap.redrawn)
    for path, table in tables.items():
        table = in_every_mode(table, params.modes)
        table.attrs["redrawn"] = bootstrap.redrawn
        with replacing(path) as temporary:
            table.to_parquet(temporary, index=False)

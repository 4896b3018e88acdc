from audio_debias.files import read_parquet
from audio_debias.jobs.log import job
from audio_debias.reports.figures.depth import along_depth, depth_figure
from audio_debias.reports.figures.style import save_figure

inputs, params = snakemake.input, snakemake.params
with job(snakemake.log[0], models=list(params.layers)) as log:
    table = along_depth(
        read_parquet(inputs.intervals), read_parquet(inputs.adversaries), params.layers
    )
    log.info("points: %d", len(table))
    figure = depth_figure(table, params.names)
    for path in snakemake.output:
        save_figure(figure, path, dpi=params.dpi)

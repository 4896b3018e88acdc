from audio_debias.files import read_parquet
from audio_debias.jobs.log import job
from audio_debias.reports.figures.sensitivity import sensitivity_figure
from audio_debias.reports.figures.style import save_figure

params, pair = snakemake.params, snakemake.wildcards.pair
with job(snakemake.log[0], metrics=snakemake.input.metrics):
    figure = sensitivity_figure(
        read_parquet(snakemake.input.metrics),
        pair,
        params.names,
        bounds=read_parquet(snakemake.input.drops),
    )
    for path in snakemake.output:
        save_figure(figure, path, dpi=params.dpi)

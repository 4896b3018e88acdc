from audio_debias.files import read_parquet
from audio_debias.jobs.log import job
from audio_debias.reports.figures.style import save_figure
from audio_debias.reports.figures.tradeoff import tradeoff_figure

params, pair = snakemake.params, snakemake.wildcards.pair
with job(snakemake.log[0], metrics=snakemake.input.metrics, bias=snakemake.input.bias):
    figure = tradeoff_figure(
        read_parquet(snakemake.input.metrics),
        read_parquet(snakemake.input.bias),
        pair,
        params.names,
    )
    for path in snakemake.output:
        save_figure(figure, path, dpi=params.dpi)

from audio_debias.files import read_parquet
from audio_debias.jobs.log import job
from audio_debias.reports.figures.style import save_figure
from audio_debias.reports.figures.tradeoff import tradeoff_figure

inputs, params, pair = snakemake.input, snakemake.params, snakemake.wildcards.pair
with job(snakemake.log[0], metrics=inputs.metrics, bias=inputs.bias):
    figure = tradeoff_figure(
        read_parquet(inputs.metrics),
        read_parquet(inputs.bias),
        pair,
        params.names,
        read_parquet(inputs.intervals),
        read_parquet(inputs.band) if inputs.band else None,
    )
    for path in snakemake.output:
        save_figure(figure, path, dpi=params.dpi)

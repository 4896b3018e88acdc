import pandas as pd
from audio_debias.job import job
from audio_debias.reports.figures.per_label import per_label_figure
from audio_debias.reports.figures.style import save_figure

params, pair = snakemake.params, snakemake.wildcards.pair
with job(snakemake.log[0], metrics=snakemake.input.metrics):
    figure = per_label_figure(
        pd.read_parquet(snakemake.input.metrics), pair, snakemake.wildcards.model, params.names
    )
    for path in snakemake.output:
        save_figure(figure, path, dpi=params.dpi)

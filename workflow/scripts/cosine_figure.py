import pandas as pd

from audio_debias.job import job
from audio_debias.reports.figures.cosines import cosine_figure
from audio_debias.reports.figures.style import save_figure

params, pair = snakemake.params, snakemake.wildcards.pair
with job(snakemake.log[0], cosines=snakemake.input.cosines):
    figure = cosine_figure(pd.read_parquet(snakemake.input.cosines), pair, params.names)
    for path in snakemake.output:
        save_figure(figure, path, dpi=params.dpi)

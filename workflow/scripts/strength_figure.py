from audio_debias.files import read_parquet
from audio_debias.jobs.log import job
from audio_debias.reports.figures.strength import strength_figure
from audio_debias.reports.figures.style import save_figure

params = snakemake.params
with job(snakemake.log[0], strengths=snakemake.input[0]):
    table = read_parquet(snakemake.input[0])
    figure = strength_figure(table, snakemake.wildcards.pair, params.names)
    for path in snakemake.output:
        save_figure(figure, path, dpi=params.dpi)

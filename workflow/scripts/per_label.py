from audio_debias.files import read_parquet
from audio_debias.jobs.log import job
from audio_debias.reports.figures.per_label import per_label_figure
from audio_debias.reports.figures.style import save_figure

params, wildcards = snakemake.params, snakemake.wildcards
with job(snakemake.log[0], metrics=snakemake.input.metrics):
    figure = per_label_figure(
        read_parquet(snakemake.input.metrics),
        wildcards.pair,
        wildcards.model,
        wildcards.mode,
        params.names,
    )
    for path in snakemake.output:
        save_figure(figure, path, dpi=params.dpi)

from audio_debias.files import read_parquet
from audio_debias.jobs.log import job
from audio_debias.reports.figures.per_label import per_label_figure
from audio_debias.reports.figures.style import save_figure

inputs, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
with job(snakemake.log[0], metrics=inputs.metrics):
    figure = per_label_figure(
        read_parquet(inputs.metrics),
        wildcards.pair,
        wildcards.model,
        wildcards.mode,
        params.names,
        read_parquet(inputs.intervals),
        read_parquet(inputs.band) if inputs.band else None,
    )
    for path in snakemake.output:
        save_figure(figure, path, dpi=params.dpi)

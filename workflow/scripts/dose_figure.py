from audio_debias.files import read_parquet
from audio_debias.jobs.log import job
from audio_debias.reports.figures.dose import dose_figure, dose_response
from audio_debias.reports.figures.style import save_figure

inputs, params = snakemake.input, snakemake.params
with job(snakemake.log[0], derived=list(params.derived)):
    tables = map(read_parquet, (inputs.metrics, inputs.bias, inputs.cosines))
    figure = dose_figure(dose_response(*tables, params.derived), params.names)
    for path in snakemake.output:
        save_figure(figure, path, dpi=params.dpi)

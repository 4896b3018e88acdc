from audio_debias.files import read_parquet
from audio_debias.jobs.log import job
from audio_debias.reports.figures.dose import dose_figure, dose_response
from audio_debias.reports.figures.style import save_figure

files, params = snakemake.input, snakemake.params
with job(snakemake.log[0], derived=list(params.derived)):
    tables = map(read_parquet, (files.metrics, files.bias, files.cosines))
    figure = dose_figure(dose_response(*tables, params.derived), params.names)
    save_figure(figure, snakemake.output[0], params.dpi)

from audio_debias.corpora.clips import read_clips
from audio_debias.jobs.log import job
from audio_debias.reports.figures.distributions import distribution_figure
from audio_debias.reports.figures.style import save_figure

params = snakemake.params
with job(snakemake.log[0], clips=snakemake.input.clips):
    clips = dict(zip(params.corpora, map(read_clips, snakemake.input.clips), strict=True))
    figure = distribution_figure(clips, params.labels, params.names)
    for path in snakemake.output:
        save_figure(figure, path, dpi=params.dpi)

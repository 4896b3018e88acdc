from audio_debias.files import read_parquet
from audio_debias.jobs.log import job
from audio_debias.reports.figures.cosines import cosine_figure
from audio_debias.reports.figures.style import save_figure
from audio_debias.reports.published_files import read_published_cosines, under_own_names

params, pair = snakemake.params, snakemake.wildcards.pair
with job(snakemake.log[0], cosines=snakemake.input.cosines):
    published = None
    if snakemake.input.published:
        paths = dict(zip(map(tuple, params.published), snakemake.input.published, strict=True))
        published = under_own_names(read_published_cosines(paths), params.same_as)
    cosines = read_parquet(snakemake.input.cosines)
    figure = cosine_figure(cosines, pair, params.names, published)
    for path in snakemake.output:
        save_figure(figure, path, dpi=params.dpi)

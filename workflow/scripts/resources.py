from pathlib import Path

from audio_debias.files import replacing
from audio_debias.jobs.benchmarks import summarise_benchmarks
from audio_debias.jobs.log import job
from audio_debias.reports.resources import html_resources

output, params = snakemake.output, snakemake.params
with job(snakemake.log[0], benchmarks=params.benchmarks, run=params.run) as log:
    summary = summarise_benchmarks(params.benchmarks, params.run, params.shared, params.made_of)
    log.info("jobs: %d", summary["jobs"].sum())
    with replacing(output.csv) as path:
        summary.to_csv(path, index=False)
    with replacing(output.html) as path:
        Path(path).write_text(html_resources(summary), encoding="utf-8")

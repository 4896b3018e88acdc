from io import StringIO
from pathlib import Path

from audio_debias.files import read_parquet, replacing
from audio_debias.jobs.log import job
from audio_debias.reports.published import compare, html_comparison
from audio_debias.reports.published_files import (
    read_published_labels,
    read_published_table,
    under_published_names,
)

inputs, output, params = snakemake.input, snakemake.output, snakemake.params
with job(snakemake.log[0], metrics=inputs.metrics, repeats=len(inputs.repeats)) as log:
    runs = [
        under_published_names(read_parquet(path), params.same_as)
        for path in [inputs.metrics, *inputs.repeats]
    ]
    labels = dict(zip(params.modes, inputs.labels, strict=True))
    comparison = compare(
        runs,
        read_published_table(StringIO(params.table)),
        read_published_labels(labels) if labels else None,
        params.seeded,
        params.tolerance,
    )
    for (level, verdict), count in comparison.value_counts(["level", "verdict"]).items():
        log.info("%s: %d %s", level, count, verdict)
    with replacing(output.csv) as path:
        comparison.to_csv(path, index=False)
    with replacing(output.html) as path:
        names = {params.same_as.get(name, name): shown for name, shown in params.names.items()}
        Path(path).write_text(html_comparison(comparison, names), encoding="utf-8")

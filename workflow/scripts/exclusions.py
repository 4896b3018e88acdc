from itertools import product
from pathlib import Path

from audio_debias.corpora.shared_sounds import read_shared
from audio_debias.files import read_parquet, replacing
from audio_debias.jobs.log import job
from audio_debias.models.embeddings import read_skipped
from audio_debias.reports.exclusions import count_exclusions, html_exclusions
from audio_debias.reports.summary import few_positives
from audio_debias.samples.matching import read_excluded

inputs, output, params = snakemake.input, snakemake.output, snakemake.params
with job(snakemake.log[0], corpora=params.corpora, models=params.models) as log:
    counts = count_exclusions(
        dict(zip(params.corpora, map(read_skipped, inputs.dropped), strict=True)),
        dict(
            zip(
                product(params.models, params.corpora),
                map(read_skipped, inputs.skipped),
                strict=True,
            )
        ),
        {
            (pair, model): read_excluded(path)
            for (pair, model), path in zip(params.samples, inputs.excluded, strict=True)
        },
        read_parquet(inputs.lacking),
        params.names,
        few_positives(read_parquet(inputs.metrics)),
        read_shared(inputs.shared),
        list(map(read_parquet, inputs.near)),
        dict(
            zip(
                product(params.models, params.corpora),
                map(read_skipped, inputs.suspicious),
                strict=True,
            )
        ),
    )
    log.info("left out: %d", counts["count"].sum())
    with replacing(output.csv) as path:
        counts.to_csv(path, index=False)
    with replacing(output.html) as path:
        Path(path).write_text(html_exclusions(counts), encoding="utf-8")

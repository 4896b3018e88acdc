"""``audio-debias measure`` and ``evaluate``: the bias of a table, before and after a correction."""

import json
from pathlib import Path

import click

from audio_debias.cli.options import (
    PATH,
    as_json,
    check_folder,
    overwrite,
    read,
    say,
    table_options,
)

_out = click.option(
    "--out", type=PATH, help="Folder for report.html and report.json.", metavar="FOLDER"
)
_seed = click.option("--seed", default=0, show_default=True, help="Of the split and the resamples.")


@click.command()
@click.argument("table", type=PATH)
@table_options
@_out
@_seed
@overwrite
@as_json
def measure(table: Path, out: Path | None, seed: int, overwrite: bool, as_json: bool, **options):
    """Measure the bias of embeddings: can the domain be told, and do labels carry over?

    Probes that never saw the test rows name the domain; labels are learnt on each domain and tried
    on every one. Columns of recording properties (loudness, bandwidth, noise_floor, …, as in the
    workflow's properties.parquet) are held against the domain.
    """
    _report(None, table, out, seed, overwrite, as_json, options)


@click.command()
@click.argument("eraser", type=PATH)
@click.argument("table", type=PATH)
@table_options
@_out
@_seed
@overwrite
@as_json
def evaluate(
    eraser: Path,
    table: Path,
    out: Path | None,
    seed: int,
    overwrite: bool,
    as_json: bool,
    **options,
):
    """Measure the bias of embeddings before and after a correction.

    New probes are trained on the corrected rows: what they still find is what the correction left.
    """
    _report(eraser, table, out, seed, overwrite, as_json, options)


def _report(eraser, table, out, seed, overwrite, as_json, options) -> None:
    from audio_debias.corrections.pooled import load_pooled
    from audio_debias.errors import InputError
    from audio_debias.evidence.measurement import measure_table
    from audio_debias.reports.measurement_page import sentences, write_report

    if out is not None:
        check_folder(out)
    if out is not None and (out / "report.html").exists() and not overwrite:
        raise InputError(f"{out}: holds a report already; give another --out, or --overwrite")
    correction = None if eraser is None else load_pooled(eraser)[0]
    measured = measure_table(
        read(table, options), correction, seed=seed, progress=lambda step: say(f"… {step}")
    )
    if out is not None:
        write_report(out, measured, None if eraser is None else eraser.name)
    if as_json:
        click.echo(json.dumps(measured, indent=1, allow_nan=False))
    else:
        for sentence in sentences(measured):
            click.echo(sentence)
    if out is not None:
        say(f"{out / 'report.html'}, {out / 'report.json'}")

"""``audio-debias fit``: one correction for all domains of a table."""

import json
from pathlib import Path

import click

from audio_debias.cli.options import (
    PATH,
    as_json,
    check_out,
    overwrite,
    read,
    say,
    table_options,
)


@click.command()
@click.argument("table", type=PATH)
@table_options
@click.option("--out", type=PATH, required=True, metavar="FILE", help="The .safetensors to write.")
@click.option(
    "--method",
    default="leace",
    show_default=True,
    help="The eraser: leace, mean, lda, inlp, splince, random; or, where each row's domain is "
    "known when it is applied, center, zscore, coral, combat; or one of your own.",
)
@click.option(
    "--strength", type=click.FloatRange(0, 1), help="How much of the correction is applied.  [1]"
)
@click.option(
    "--option", "settings", multiple=True, metavar="NAME=VALUE", help="Of the method; repeatable."
)
@click.option(
    "--with-labels", is_flag=True, help="Let the method know the labels (splince, combat)."
)
@click.option("--model", metavar="NAME", help="What the embeddings are of; told by the card.")
@click.option(
    "--licence", multiple=True, help="Of the data fitted on; told by the card; repeatable."
)
@click.option(
    "--seed", default=0, show_default=True, help="Of a split that is made, and the method."
)
@overwrite
@as_json
def fit(
    table: Path,
    out: Path,
    method: str,
    strength: float | None,
    settings: tuple[str, ...],
    with_labels: bool,
    model: str | None,
    licence: tuple[str, ...],
    seed: int,
    overwrite: bool,
    as_json: bool,
    **options,
):
    """Fit one correction over all domains on the training rows, without labels unless asked.

    What it removes is measured on the test rows and written on its card.
    """
    from dataclasses import replace

    from audio_debias.corrections.card import make_card
    from audio_debias.corrections.per_label import LABEL_FREE
    from audio_debias.corrections.pooled import fit_pooled
    from audio_debias.corrections.store import save_corrections
    from audio_debias.errors import InputError
    from audio_debias.evidence.measurement import removed_by
    from audio_debias.tables.formats import open_table
    from audio_debias.tables.splitting import split_of

    if out.suffix != ".safetensors":
        raise InputError(f"{out}: must be .safetensors")
    check_out(out, overwrite, open_table(table).path, options["embeddings"])
    rows = read(table, options)
    rows = replace(rows, split=split_of(rows, seed))
    given = _settings(settings) | ({} if strength is None else {"strength": strength})
    correction = fit_pooled(rows, eraser=method, options=given, with_labels=with_labels, seed=seed)
    card = make_card(correction, rows, model=model, licences=licence, with_labels=with_labels)
    say("… what it removes")
    card["removed"] = removed_by(rows, correction, seed=seed)
    save_corrections(out, {LABEL_FREE: correction}, card)
    if as_json:
        click.echo(json.dumps({name: value for name, value in card.items() if name != "seen"}))
    else:
        from audio_debias.cli.card import print_card

        print_card(card, correction)
    say(str(out))


def _settings(given: tuple[str, ...]) -> dict:
    """``name=value`` pairs; a value is a number where it can be one."""
    found: dict = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise click.BadParameter(f"{one!r}: write NAME=VALUE", param_hint="--option")
        found[name.strip()] = _number(value.strip())
    return found


def _number(value: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value

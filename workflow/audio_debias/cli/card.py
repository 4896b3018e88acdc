"""``audio-debias card``: what a correction was fitted on, what it needs, what it removes."""

import json
from pathlib import Path

import click

from audio_debias.cli.options import PATH, as_json


@click.command()
@click.argument("eraser", type=PATH)
@as_json
def card(eraser: Path, as_json: bool):
    """Tell what a correction was fitted on, what it needs and what it removes."""
    from audio_debias.corrections.pooled import load_pooled

    correction, content = load_pooled(eraser)
    if as_json:
        shown = {name: value for name, value in content.items() if name != "seen"}
        shown |= {"needs_domain": correction.needs_domain, "dim": correction.n_features_in_}
        click.echo(json.dumps(shown, indent=1))
    else:
        print_card(content, correction)


def print_card(content: dict, correction) -> None:
    """The card, a line a heading."""
    from audio_debias.corrections.card import describe

    for heading, text in describe(content, correction):
        click.echo(f"{heading:<9} {text}")

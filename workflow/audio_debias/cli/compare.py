"""``audio-debias compare``: what changed from one run of the workflow to another."""

from pathlib import Path

import click

from audio_debias.cli.options import PATH, check_out, overwrite, say


@click.command()
@click.argument("before", type=PATH)
@click.argument("after", type=PATH)
@click.option(
    "--out",
    type=PATH,
    default=Path("comparison.html"),
    show_default=True,
    metavar="FILE",
    help="The page to write.",
)
@overwrite
def compare(before: Path, after: Path, out: Path, overwrite: bool):
    """Compare two runs, such as results/a and results/b: what changed, with intervals.

    Needs the packages of the workflow (pip install 'audio-debias[workflow]').
    """
    from audio_debias.reports.compare import write_comparison

    check_out(out, overwrite)
    write_comparison(before, after, out)
    say(str(out))

"""``audio-debias apply``: a correction on a table of any size."""

import sys
from pathlib import Path

import click

from audio_debias.cli.options import PATH, check_out, overwrite, say


@click.command()
@click.argument("eraser", type=PATH)
@click.argument("table", type=PATH)
@click.option("--out", type=PATH, required=True, metavar="FILE", help=".parquet, .csv or .npz.")
@click.option("--id", "id_", metavar="COLUMN", help="What a row is called in an error.  [id]")
@click.option(
    "--domain", metavar="COLUMN", help="Where a row was recorded, if the correction needs it."
)
@click.option("--embedding", metavar="COLUMN", help="As in audio-debias measure.")
@click.option(
    "--model", metavar="NAME", help="What the embeddings are of: refused if the card differs."
)
@click.option("--force", is_flag=True, help="Correct rows that look like those of another model.")
@overwrite
def apply(
    eraser: Path,
    table: Path,
    out: Path,
    id_: str | None,
    domain: str | None,
    embedding: str | None,
    model: str | None,
    force: bool,
    overwrite: bool,
):
    """Correct the embeddings of a table, in a stream: memory does not grow with its rows.

    All other columns stay as they are. A warning says where the rows lie outside what the
    correction was fitted on.
    """
    import numpy as np

    from audio_debias.corrections.card import Outlook
    from audio_debias.corrections.pooled import apply_pooled, load_pooled
    from audio_debias.errors import InputError
    from audio_debias.tables.columns import find_columns, find_embedding, refuse_lists
    from audio_debias.tables.formats import open_table
    from audio_debias.tables.streaming import rewrite

    file = open_table(table)
    check_out(out, overwrite, file.path, eraser)
    correction, card = load_pooled(eraser)
    if model is not None and card.get("model") not in (None, model):
        raise InputError(
            f"{eraser}: --model: was fitted on embeddings of {card['model']!r}, not {model!r}; "
            "fit one on yours"
        )
    columns = find_columns(file.schema.names, {"id": id_, "domain": domain}, str(table))
    if correction.needs_domain and columns.domain is None:
        raise InputError(
            f"{table}: {correction.eraser} corrects each domain on its own; name the column of the "
            f"domain with --domain (fitted: {', '.join(map(str, correction.domains_))})"
        )
    where = find_embedding(file.schema, embedding, str(table))
    refuse_lists(file.schema, columns, where.names, str(table))
    outlook = Outlook(card["seen"]) if "seen" in card else None

    def corrected(x: np.ndarray, domains: np.ndarray | None) -> np.ndarray:
        """One portion of rows."""
        if x.shape[1] != correction.n_features_in_:
            raise InputError(
                f"{table}: has embeddings of {x.shape[1]} numbers; {eraser} takes "
                f"{correction.n_features_in_}: they are of another model"
            )
        if outlook is not None:
            outlook.add(x)
        try:
            return apply_pooled(correction, x, domains if correction.needs_domain else None)
        except ValueError as error:
            raise InputError(f"{table}: {error}; fit the correction with that domain") from None

    def finish() -> None:
        """Refuse rows of another model before the file appears."""
        if outlook is not None and outlook.strange and not force:
            raise InputError(
                f"{table}: {100 * outlook.share_beyond:.0f} % of its rows lie farther out than "
                f"99.9 % of those that {eraser} was fitted on: are they of another model? --force "
                "corrects them all the same"
            )

    with click.progressbar(
        length=file.rows or 0, label="rows", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        rows = rewrite(file, where, columns, corrected, out, finish=finish, progress=bar.update)
    for warning in outlook.warnings() if outlook is not None else ():
        say(f"warning: {table}: {warning}")
    say(f"{out}: {rows:,} rows")

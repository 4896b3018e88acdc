"""Options that several sub-commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from audio_debias.tables.embedding_table import EmbeddingTable

PATH = click.Path(path_type=Path)

_COLUMNS = [
    click.option("--id", "id_", metavar="COLUMN", help="What a row is called.  [id]"),
    click.option("--domain", metavar="COLUMN", help="Where a row was recorded.  [domain]"),
    click.option(
        "--label",
        metavar="COLUMN",
        multiple=True,
        help="What a row holds: a column of text (each value a label) or of 0 and 1; repeatable.  "
        "[label]",
    ),
    click.option(
        "--separator", metavar="TEXT", help="Between several labels in one cell, such as ';'."
    ),
    click.option("--split", metavar="COLUMN", help="train or test.  [split, else one is made]"),
    click.option(
        "--group",
        metavar="COLUMN",
        help="Rows of one value (a song, a session) stay on one side.  [group]",
    ),
]

_EMBEDDING = [
    click.option(
        "--embedding",
        metavar="COLUMN",
        help="The column of lists, or what stands before the numbers of columns e0, e1, …",
    ),
    click.option(
        "--embeddings",
        metavar="FILE",
        type=PATH,
        help="A file beside the table that holds its embeddings: joined by id, else row by row.",
    ),
]

as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")

overwrite = click.option("--overwrite", is_flag=True, help="Replace what is there.")


def table_options(command: Callable) -> Callable:
    """Add what says how a table is to be read."""
    for option in reversed(_COLUMNS + _EMBEDDING):
        command = option(command)
    return command


def read(table: Path, options: dict[str, Any]) -> "EmbeddingTable":
    """Read a table by the options of :func:`table_options`."""
    from audio_debias.tables.embedding_table import read_table

    return read_table(
        table,
        columns=columns_of(options),
        embedding=options["embedding"],
        embeddings=options["embeddings"],
        separator=options["separator"],
    )


def columns_of(options: dict[str, Any]) -> dict[str, Any]:
    """The columns that the options name."""
    names = ("domain", "label", "split", "group")
    return {"id": options.get("id_")} | {name: options.get(name) for name in names}


def check_out(path: Path, overwrite: bool, *read: Path | None) -> None:
    """Refuse, before anything is computed, a file that cannot or must not be written.

    Parameters
    ----------
    path : Path
        What ``--out`` names.
    overwrite : bool
        Whether a file that is there may be replaced.
    *read : Path or None
        What the command reads: never replaced.

    Raises
    ------
    InputError
        If it is there, is read, is a folder, or lies below a file.
    """
    from audio_debias.errors import InputError

    check_folder(path.parent)
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file with --out")
    if not path.exists():
        return
    if any(one is not None and one.exists() and one.samefile(path) for one in read):
        raise InputError(f"{path}: is read by this command; give another --out")
    if not overwrite:
        raise InputError(f"{path}: is there already; give another --out, or --overwrite")


def check_folder(path: Path) -> None:
    """Refuse a folder that cannot be: one that is a file, or lies below one.

    Raises
    ------
    InputError
        Naming the file.
    """
    from audio_debias.errors import InputError

    there = next(one for one in (path, *path.absolute().parents) if one.exists())
    if not there.is_dir():
        raise InputError(f"{there}: is a file, and --out wants a folder there; give another --out")


def say(text: str) -> None:
    """Tell a person something that is no result."""
    click.echo(text, err=True)

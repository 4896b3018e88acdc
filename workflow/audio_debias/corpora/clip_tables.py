"""The table of one's own clips: a CSV or any table of embeddings, as cells of text."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa

from audio_debias.corpora.csv_rows import read_rows
from audio_debias.corpora.text import as_known, key, plain
from audio_debias.errors import InputError, nearest
from audio_debias.sound.segments import fragment
from audio_debias.tables.formats import open_table
from audio_debias.tables.labels import label_table
from audio_debias.tables.text import as_text


def read_cells(path: Path, options: Mapping) -> pd.DataFrame:
    """All cells as text, an empty one where there is nothing; indexed by the row's number from 1.

    Parameters
    ----------
    path : Path
        A CSV, or what :func:`~audio_debias.tables.formats.open_table` reads; its columns of lists
        are left out.
    options : mapping
        ``columns``: the reader's names to the table's own. ``where``: columns and the value that
        kept rows have. ``text_labels``: columns each of whose values is a label; they become a
        column of 1 and 0 a value, empty where the cell is. ``separator``: between several in one.

    Raises
    ------
    InputError
        If the file is no such table, or a column is not there.
    """
    rows = read_rows(path) if path.suffix.lower() == ".csv" else _other(path)
    for column, value in options.get("where", {}).items():
        require(rows, column, path)
        kept = rows[column].map(plain) == plain(str(value))
        if not kept.any():
            known = rows[column].unique()
            raise InputError(
                f"{path}: options: where: {column}: no row is {value!r}{nearest(value, known)}"
            )
        rows = rows[kept]
    # All are looked up before any is set: one may be called as another's own.
    named = {name: require(rows, own, path) for name, own in options.get("columns", {}).items()}
    for name, cells in named.items():
        rows[name] = cells
    separator = options.get("separator")
    for column in options.get("text_labels", []):
        text = require(rows, column, path)
        if separator is None:
            # A class may be called none; what R and pandas write for an empty cell is no class.
            classes = [cell for cell in text if key(cell) in ("none", "null")]
            text = as_known(text, classes).fillna("").rename(column)
        for label, flags in label_table(text.to_frame(), str(path), separator).items():
            if label in rows:
                raise InputError(f"{path}: {column}: label {label!r} is a column too; rename one")
            rows[label] = flags.astype("Int64").astype("string").fillna("").astype("str")
    return rows


def with_parts(rows: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Rows whose ``start`` and ``end`` (s) name a part of their file: it becomes the path.

    Raises
    ------
    InputError
        If a column is missing, or a row names no part.
    """
    starts, ends, files = (require(rows, name, path) for name in ("start", "end", "path"))
    parts = []
    for number, start, end in zip(rows.index, starts, ends, strict=True):
        try:
            parts.append(fragment(float(start), float(end)))
        except ValueError:
            raise InputError(
                f"{path}: row {number}: start {start!r} and end {end!r} name no part of a file; "
                "write seconds, the start before the end"
            ) from None
    return rows.assign(path=files.str.strip() + pd.Series(parts, rows.index))


def require(rows: pd.DataFrame, name: str, path: Path) -> pd.Series:
    """A column of the table.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    if name not in rows:
        raise InputError(f"{path}: column {name!r} is missing{nearest(name, rows.columns)}")
    return rows[name]


def _other(path: Path) -> pd.DataFrame:
    table = open_table(path)
    names = [field.name for field in table.schema if not pa.types.is_nested(field.type)]
    frame = table.read(names).to_pandas(types_mapper=None)
    frame.index += 1
    return pd.DataFrame({name: as_text(frame[name]).fillna("") for name in names}, dtype="str")

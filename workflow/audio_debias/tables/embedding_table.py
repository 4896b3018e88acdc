"""A table of embeddings in memory: checked once, then plain arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from audio_debias.errors import InputError
from audio_debias.tables.columns import Columns, find_columns, find_embedding, refuse_lists
from audio_debias.tables.formats import TableFile, open_table
from audio_debias.tables.labels import label_table
from audio_debias.tables.matrices import read_by_id, read_matrix
from audio_debias.tables.text import as_text

SPLITS = ("train", "test")


@dataclass(frozen=True)
class EmbeddingTable:
    """Rows of embeddings and what is known of each.

    Attributes
    ----------
    source : str
        The file, for messages.
    ids : array of str, shape (n,)
        The row's number where the table has no ids.
    x : array of float32, shape (n, D)
    columns : Columns
        Which columns the rest came from.
    domain : array of str, shape (n,), or None
    labels : DataFrame of nullable boolean, shape (n, labels)
    split : array of str, shape (n,), or None
        ``train`` or ``test``.
    group : array of str, shape (n,), or None
        Rows of one value (a song, a session) stay together.
    others : DataFrame, shape (n, columns)
        The table's other columns.
    """

    source: str
    ids: np.ndarray
    x: np.ndarray
    columns: Columns
    domain: np.ndarray | None
    labels: pd.DataFrame
    split: np.ndarray | None
    group: np.ndarray | None
    others: pd.DataFrame

    def __len__(self) -> int:
        return len(self.x)

    def of(self, rows: np.ndarray) -> "EmbeddingTable":
        """Some of the rows."""
        rows = np.arange(len(self))[rows]
        parts: dict[str, Any] = {
            name: None if (value := getattr(self, name)) is None else value[rows]
            for name in ("ids", "x", "domain", "split", "group")
        }
        labels = self.labels.iloc[rows].reset_index(drop=True)
        others = self.others.iloc[rows].reset_index(drop=True)
        return replace(self, **parts, labels=labels, others=others)


def read_table(
    path: str | Path,
    *,
    columns: Mapping[str, Any] | None = None,
    embedding: str | None = None,
    embeddings: str | Path | None = None,
    separator: str | None = None,
) -> EmbeddingTable:
    """Read a table of embeddings, or a table and the file that holds its embeddings.

    Parameters
    ----------
    path : path
        See :func:`~audio_debias.tables.formats.open_table`.
    columns : mapping, optional
        ``id``, ``domain``, ``label`` (several), ``split``, ``group``; usual names are found.
    embedding : str, optional
        The column of lists, or what stands before the numbers of numbered columns.
    embeddings : path, optional
        Another table with the embeddings: joined by the id where both have one, else row by row.
    separator : str, optional
        Between several labels in one cell.

    Raises
    ------
    InputError
        One line that names the file, the column or row, and the mend.
    """
    source = str(path)
    table = open_table(path)
    wanted = find_columns(table.schema.names, columns or {}, source)
    if not (columns or {}).get("label"):
        # Found by its name alone: lists, of which nobody asked to make labels.
        words = [
            one for one in wanted.labels if not pa.types.is_nested(table.schema.field(one).type)
        ]
        wanted = replace(wanted, labels=tuple(words))
    if embeddings is None:
        where = find_embedding(table.schema, embedding, source)
        x = read_matrix(table, where, wanted.id)
        skipped = set(where.names)
    else:
        x = _beside(table, wanted.id, embeddings, embedding)
        skipped = set()
    refuse_lists(table.schema, wanted, tuple(skipped), source)
    kept = [name for name in table.schema.names if name not in skipped]
    frame = table.read(kept).to_pandas() if kept else pd.DataFrame(index=range(len(x)))
    if len(x) == 0:
        raise InputError(f"{source}: has no row")
    ids = _ids(frame, wanted.id, source)
    named = {wanted.id, wanted.domain, wanted.split, wanted.group, *wanted.labels}
    return EmbeddingTable(
        source,
        ids,
        x,
        wanted,
        domain=_filled(frame, wanted.domain, ids, "--domain", source),
        labels=label_table(frame[list(wanted.labels)], source, separator),
        split=_split(frame, wanted.split, ids, source),
        group=_groups(frame, wanted.group),
        others=frame.drop(columns=[name for name in named if name in frame]),
    )


def _beside(
    table: TableFile, id_column: str | None, path: str | Path, embedding: str | None
) -> np.ndarray:
    """Embeddings from another file, in the order of the table's rows."""
    own, x = read_by_id(path, None, embedding)
    wanted = table.read([id_column] if id_column else table.schema.names[:1])
    if not own or id_column is None:
        if len(x) != wanted.num_rows:
            raise InputError(
                f"{path}: holds {len(x)} embeddings, {table.path} {wanted.num_rows} rows; give "
                "both an id"
            )
        return x
    rows = {name: row for row, name in enumerate(own)}
    names = as_text(wanted.column(id_column).to_pandas()).fillna("").tolist()
    missing = [name for name in names if name not in rows]
    if missing:
        raise InputError(
            f"{path}: lacks {len(missing)} of {len(names)} ids of {table.path}, such as "
            f"{missing[0]!r}; it holds ids such as {own[0]!r}"
        )
    return x[[rows[name] for name in names]]


def _ids(frame: pd.DataFrame, name: str | None, source: str) -> np.ndarray:
    if name is None:
        return np.arange(len(frame)).astype(str).astype(object)
    ids = _filled(frame, name, np.arange(len(frame)).astype(str), "--id", source)
    twice = pd.Series(ids).duplicated()
    if twice.any():
        raise InputError(
            f"{source}: {name}: {ids[twice.to_numpy()][0]!r} occurs twice ({int(twice.sum())} such "
            "rows); keep one row a clip"
        )
    return ids


def _filled(frame, name: str | None, names: np.ndarray, option: str, source: str):
    """A column as text without an empty cell; None where there is no such column."""
    if name is None:
        return None
    text = as_text(frame[name])
    empty = (text.isna() | (text == "")).to_numpy(dtype=bool)
    if empty.any():
        raise InputError(
            f"{source}: {option} {name}: empty in row {names[empty.argmax()]!r} "
            f"({int(empty.sum())} such rows); fill it or leave the row out"
        )
    return text.to_numpy(dtype=object)


def _split(frame, name: str | None, ids: np.ndarray, source: str) -> np.ndarray | None:
    split = _filled(frame, name, ids, "--split", source)
    if split is None:
        return None
    split = np.array([one.lower() for one in split], dtype=object)
    odd = ~np.isin(split, SPLITS)
    if odd.any():
        raise InputError(
            f"{source}: {name}: is {split[odd][0]!r} in row {ids[odd][0]!r}; write train or test"
        )
    return split


def _groups(frame, name: str | None) -> np.ndarray | None:
    """Groups as text; a row without one is its own."""
    if name is None:
        return None
    text = as_text(frame[name])
    own = pd.Series([f"row {row}" for row in range(len(frame))], dtype="string", index=text.index)
    return text.mask(text == "").fillna(own).to_numpy(dtype=object)

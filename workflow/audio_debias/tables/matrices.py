"""The embeddings of a table as a matrix, whole or a few rows at a time."""

from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from audio_debias.errors import InputError
from audio_debias.tables.columns import EmbeddingColumns, find_columns, find_embedding
from audio_debias.tables.formats import TableFile, open_table
from audio_debias.tables.text import as_text


class Names(Protocol):
    """How to call each row in an error."""

    def __getitem__(self, row: int, /) -> str:
        """The name of a row of the batch."""


def matrix_of(
    batch: pa.RecordBatch | pa.Table,
    where: EmbeddingColumns,
    names: Names,
    source: str,
    finite: bool = True,
) -> np.ndarray:
    """The embeddings of some rows.

    Parameters
    ----------
    batch : RecordBatch or Table
    where : EmbeddingColumns
    names : list of str, or Names
        How to call each row in an error.
    source : str
    finite : bool
        Whether a row with NaN or infinity is an error.

    Returns
    -------
    array of float32, shape (n, D)

    Raises
    ------
    InputError
        If a row has no embedding, or one of another length, or one that is not finite in float32.
    """
    if where.prefix is not None:
        parts = [_numbers(batch.column(name)) for name in where.names]
        x = np.column_stack(parts)
    else:
        column = batch.column(where.names[0])
        chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
        x = np.concatenate([_lists(chunk, names, source) for chunk in chunks] or [np.empty((0, 0))])
    with np.errstate(over="ignore"):
        x = np.ascontiguousarray(x, dtype=np.float32)
    if finite:
        _refuse_not_finite(x, names, source)
    return x


def _refuse_not_finite(x: np.ndarray, names: Names, source: str) -> None:
    # In float64 no sum of a row of float32 overflows.
    odd = np.flatnonzero(~np.isfinite(x.sum(axis=1, dtype=np.float64)))
    if len(odd):
        raise InputError(
            f"{source}: row {names[odd[0]]!r}: its embedding holds NaN, infinity or what float32 "
            "cannot hold; leave the row out"
        )


def row_names(batch: pa.RecordBatch | pa.Table, column: str | None, start: int = 0) -> list[str]:
    """How to call each row: its id, or its number from `start`."""
    if column is None:
        return [str(start + number) for number in range(batch.num_rows)]
    return [str(one) for one in batch.column(column).to_pylist()]


def _numbers(column) -> np.ndarray:
    return column.to_numpy(zero_copy_only=False).astype(np.float64)


def _lists(array: pa.Array, names: Names, source: str) -> np.ndarray:
    if array.null_count:
        row = array.is_null().to_numpy(zero_copy_only=False).argmax()
        raise InputError(f"{source}: row {names[row]!r} has no embedding; leave the row out")
    if pa.types.is_fixed_size_list(array.type):
        width = array.type.list_size
    else:
        lengths = array.value_lengths().to_numpy(zero_copy_only=False)
        width = int(lengths[0]) if len(lengths) else 0
        odd = np.flatnonzero(lengths != width)
        if len(odd):
            raise InputError(
                f"{source}: row {names[odd[0]]!r}: its embedding has {lengths[odd[0]]} numbers, "
                f"the first {width}"
            )
    if width == 0:
        raise InputError(f"{source}: an embedding without a number")
    return array.flatten().to_numpy(zero_copy_only=False).reshape(-1, width)


def read_matrix(
    table: TableFile, where: EmbeddingColumns, id_column: str | None, finite: bool = True
) -> np.ndarray:
    """The embeddings of all rows, array of float32, shape (n, D).

    Raises
    ------
    InputError
        As :func:`matrix_of`.
    """
    parts: list[np.ndarray] = []
    start = 0
    wanted = [*where.names, *([id_column] if id_column else [])]
    for batch in table.batches(wanted):
        names = row_names(batch, id_column, start)
        part = matrix_of(batch, where, names, str(table.path), finite)
        if parts and part.shape[1] != parts[0].shape[1]:
            raise InputError(
                f"{table.path}: row {names[0]!r}: its embedding has {part.shape[1]} numbers, the "
                f"first {parts[0].shape[1]}"
            )
        parts.append(part)
        start += len(part)
    return np.concatenate(parts) if parts else np.empty((0, 0), np.float32)


def read_by_id(
    path: str | Path,
    id_column: str | None = None,
    embedding: str | None = None,
    finite: bool = True,
) -> tuple[list[str], np.ndarray]:
    """The ids and embeddings of a file, and nothing else of it.

    Parameters
    ----------
    path : path
    id_column : str, optional
        ``id`` or ``clip_id`` by default.
    embedding : str, optional
        As in :func:`read_table`.
    finite : bool
        Whether a row with NaN or infinity is an error.

    Returns
    -------
    ids : list of str
        Empty where the file has none.
    x : array of float32, shape (n, D)

    Raises
    ------
    InputError
        If an id occurs twice, or the file is not such a table.
    """
    file = open_table(path)
    where = find_embedding(file.schema, embedding, str(path))
    key = find_columns(file.schema.names, {"id": id_column}, str(path)).id
    x = read_matrix(file, where, key, finite)
    if key is None:
        return [], x
    text = as_text(file.read([key]).column(key).to_pandas())
    empty = text.fillna("") == ""
    if empty.any():
        raise InputError(
            f"{path}: {key}: empty, or NA, in row {int(empty.argmax()) + 1} "
            f"({int(empty.sum())} such rows); give every row an id"
        )
    ids = text.tolist()
    twice = pd.Series(ids).duplicated()
    if twice.any():
        first = ids[int(twice.argmax())]
        raise InputError(
            f"{path}: {key}: {first!r} occurs twice ({int(twice.sum())} such rows); keep one row a "
            "clip"
        )
    return ids, x

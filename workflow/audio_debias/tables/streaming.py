"""A table of any size with its embeddings replaced, a few thousand rows at a time."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from audio_debias.errors import InputError
from audio_debias.files import replacing
from audio_debias.tables.columns import Columns, EmbeddingColumns
from audio_debias.tables.formats import TableFile
from audio_debias.tables.matrices import matrix_of, row_names
from audio_debias.tables.text import as_text

OUTPUTS = (".parquet", ".csv", ".npz")

Transform = Callable[[np.ndarray, np.ndarray | None], np.ndarray]


def rewrite(
    table: TableFile,
    where: EmbeddingColumns,
    columns: Columns,
    transform: Transform,
    output: str | Path,
    *,
    finish: Callable[[], None] = lambda: None,
    progress: Callable[[int], None] = lambda rows: None,
) -> int:
    """Write a table again with other embeddings; all other columns stay as they are.

    Parameters
    ----------
    table : TableFile
    where : EmbeddingColumns
        Of the embeddings to be replaced.
    columns : Columns
        ``id`` names rows in errors; ``domain`` is handed to `transform`.
    transform : callable
        Takes rows of float32 (n, D) and their domains (n,) or None; gives rows (n, D').
    output : path
        ``.parquet``, ``.csv`` or ``.npz``; appears whole or not at all.
    finish : callable, optional
        Called after the last row and before the file appears; may raise.
    progress : callable, optional
        Called with the number of rows done since the last call.

    Returns
    -------
    int
        The number of rows.

    Raises
    ------
    InputError
        If a row is bad, or `output` has another suffix.
    """
    output = Path(output)
    if output.suffix not in OUTPUTS:
        raise InputError(f"{output}: must be one of {', '.join(OUTPUTS)}")
    rows = 0
    table = table.verbatim(where.names)

    def corrected() -> Iterator[pa.RecordBatch]:
        """The table's batches with their new embeddings."""
        nonlocal rows
        for batch in table.batches():
            names = _Names(batch, columns.id, rows)
            x = matrix_of(batch, where, names, str(table.path))
            domain = None
            if columns.domain is not None:
                cells = as_text(batch.column(columns.domain).to_pandas())
                domain = cells.fillna("").to_numpy(dtype=object)
            yield _replaced(batch, where, transform(x, domain))
            rows += len(x)
            progress(len(x))
        finish()

    try:
        with replacing(output) as temporary:
            _WRITERS[output.suffix](corrected(), temporary, table)
    except OSError as error:
        raise InputError(f"{output}: cannot be written: {error.strerror or error}") from None
    return rows


class _Names:
    """Names of rows, made only if an error asks for one."""

    def __init__(self, batch: pa.RecordBatch, column: str | None, start: int):
        self._batch, self._column, self._start = batch, column, start

    def __getitem__(self, row: int) -> str:
        return row_names(self._batch, self._column, self._start)[row]


def _replaced(batch: pa.RecordBatch, where: EmbeddingColumns, x: np.ndarray) -> pa.RecordBatch:
    """A batch with `x` (n, D') in the place of its embeddings, in their layout."""
    x = np.ascontiguousarray(x, dtype=np.float32)
    if where.prefix is None:
        new = {where.names[0]: pa.FixedSizeListArray.from_arrays(x.reshape(-1), x.shape[1])}
    else:
        first = int(where.names[0][len(where.prefix) :])
        names = where.names
        if len(names) != x.shape[1]:
            names = tuple(f"{where.prefix}{first + number}" for number in range(x.shape[1]))
        new = {name: pa.array(column) for name, column in zip(names, x.T, strict=True)}
    arrays: dict[str, Any] = {}
    for name in batch.schema.names:
        if name == where.names[0]:
            arrays |= new
        elif name not in where.names:
            arrays[name] = batch.column(name)
    return pa.RecordBatch.from_pydict(arrays)


def _write_parquet(batches: Iterator[pa.RecordBatch], path: Path, table: TableFile) -> None:
    # Embeddings hardly compress, and a dictionary of them helps nobody.
    writer = None
    try:
        for batch in batches:
            if writer is None:
                text = [field.name for field in batch.schema if pa.types.is_string(field.type)]
                writer = pq.ParquetWriter(
                    path, batch.schema, use_dictionary=text, write_page_checksum=True
                )
            writer.write_batch(batch)
        if writer is None:
            raise InputError(f"{table.path}: has no row")
    finally:
        if writer is not None:
            writer.close()


def _write_csv(batches: Iterator[pa.RecordBatch], path: Path, table: TableFile) -> None:
    from pyarrow import csv

    writer = None
    try:
        for batch in batches:
            if any(pa.types.is_nested(field.type) for field in batch.schema):
                names = [one.name for one in batch.schema if pa.types.is_nested(one.type)]
                raise InputError(
                    f"{table.path}: {names[0]}: a CSV holds no lists; write .parquet or .npz"
                )
            writer = writer or csv.CSVWriter(path, batch.schema)
            writer.write_batch(batch)
        if writer is None:
            raise InputError(f"{table.path}: has no row")
    finally:
        if writer is not None:
            writer.close()


def _write_npz(batches: Iterator[pa.RecordBatch], path: Path, table: TableFile) -> None:
    found = list(batches)
    if not found:
        raise InputError(f"{table.path}: has no row")
    whole = pa.Table.from_batches(found)
    arrays = {}
    for name in whole.schema.names:
        column = whole.column(name).combine_chunks()
        if pa.types.is_fixed_size_list(column.type):
            flat = column.flatten().to_numpy(zero_copy_only=False)
            arrays[name] = flat.reshape(-1, column.type.list_size)
        elif pa.types.is_nested(column.type):
            raise InputError(f"{table.path}: {name}: lists of unequal length; write .parquet")
        else:
            values = column.to_numpy(zero_copy_only=False)
            text = values.dtype == object
            arrays[name] = (
                np.array(["" if v is None else str(v) for v in values]) if text else values
            )
    # As np.savez, to which no array can be handed under the name of its own argument.
    with zipfile.ZipFile(path, "w", allowZip64=True) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


_WRITERS = {".parquet": _write_parquet, ".csv": _write_csv, ".npz": _write_npz}

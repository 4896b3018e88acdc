"""Tables in the formats that people have, as Arrow record batches."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from audio_debias.errors import InputError
from audio_debias.tables.columns import columns_of_numbers

ROWS = 4096
"""Rows of a batch: some megabytes at the usual widths, and a multiple of any BLAS's blocks."""

FOLDER_TABLES = ("metadata.parquet", "metadata.csv", "metadata.jsonl")
"""What a data set in Hugging Face's folder layout calls its table."""


def open_table(path: str | Path) -> "TableFile":
    """A table by its suffix: ``.parquet``, ``.csv``, ``.tsv``, ``.jsonl``, ``.npz``, ``.npy``,
    ``.h5``, or a folder with a ``metadata`` file.

    Raises
    ------
    InputError
        If it is not there, or is of no such kind.
    """
    path = Path(path)
    if path.is_dir():
        for name in FOLDER_TABLES:
            if (path / name).is_file():
                return open_table(path / name)
        raise InputError(f"{path}: is a folder without {', '.join(FOLDER_TABLES)}")
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    if path.suffix.lower() not in _KINDS:
        raise InputError(f"{path}: must be one of {', '.join(_KINDS)}")
    return _KINDS[path.suffix.lower()](path)


@dataclass(frozen=True)
class TableFile(ABC):
    """A table on the disk.

    Attributes
    ----------
    path : Path
    """

    path: Path

    @cached_property
    def schema(self) -> pa.Schema:
        """Names and types of the columns."""
        return self._guard(self._schema)

    @property
    def rows(self) -> int | None:
        """The number of rows where it is known without reading them."""
        return None

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows in order, some thousands at a time.

        Raises
        ------
        InputError
            If the file is damaged.
        """
        stream = self._guard(lambda: self._batches(columns))
        while True:
            batch = self._guard(lambda: next(stream, None))
            if batch is None:
                return
            if batch.num_rows:
                yield batch

    def read(self, columns: Sequence[str] | None = None) -> pa.Table:
        """All rows."""
        schema = self.schema if columns is None else pa.schema(map(self.schema.field, columns))
        return pa.Table.from_batches(self.batches(columns), schema.remove_metadata())

    def verbatim(self, numbers: Sequence[str]) -> "TableFile":
        """The same table with all columns but `numbers` as they are written, to be passed on."""
        return self

    def _guard(self, read):
        try:
            return read()
        except InputError:
            raise
        except (Exception, MemoryError) as error:  # Arrow, NumPy, zlib and HDF5 have each their own
            reason = " ".join(str(error).split())[:200]
            raise InputError(f"{self.path}: cannot be read ({reason})") from None

    @abstractmethod
    def _schema(self) -> pa.Schema: ...

    @abstractmethod
    def _batches(self, columns) -> Iterator[pa.RecordBatch]: ...


class _Parquet(TableFile):
    def _file(self) -> pq.ParquetFile:
        # Pages are read as they are needed: a row group may be larger than the memory.
        return pq.ParquetFile(
            self.path, pre_buffer=False, buffer_size=2**20, page_checksum_verification=True
        )

    def _schema(self):
        with self._file() as file:
            _refuse_twice(file.schema_arrow.names, self.path)
            return file.schema_arrow

    @property
    def rows(self):
        """The number of rows, from the file's footer."""
        return self._guard(lambda: pq.read_metadata(self.path).num_rows)

    def _batches(self, columns):
        with self._file() as file:
            yield from file.iter_batches(ROWS, columns=columns, use_threads=False)


@dataclass(frozen=True)
class _Csv(TableFile):
    """Numbered columns are numbers; all others stay text, so that an id 007 is not 7.

    Attributes
    ----------
    numbers : tuple of str, optional
        The only columns that are numbers; all others then stay as they are written, NA too.
    """

    numbers: tuple[str, ...] | None = None

    def verbatim(self, numbers):
        """See :meth:`TableFile.verbatim`."""
        return replace(self, numbers=tuple(numbers))

    def _open(self, types: pa.Schema | None = None):
        from pyarrow import csv

        with self.path.open(encoding="utf-8-sig") as file:
            header = file.readline()
        separator = max(",\t;", key=header.count)
        return csv.open_csv(
            self.path,
            read_options=csv.ReadOptions(block_size=2**23, use_threads=False),
            parse_options=csv.ParseOptions(delimiter=separator, newlines_in_values=True),
            # R's NA is nothing, not a text.
            convert_options=csv.ConvertOptions(
                strings_can_be_null=self.numbers is None,
                null_values=["", "NA"],
                column_types=types,
            ),
        )

    def _schema(self):
        with self._open() as reader:
            guessed = reader.schema
        _refuse_twice(guessed.names, self.path)
        numbered = set(self.numbers or ())
        if self.numbers is None:
            numbered = columns_of_numbers(guessed)
        return pa.schema(
            pa.field(name, pa.float64() if name in numbered else pa.string())
            for name in guessed.names
        )

    def _batches(self, columns):
        with self._open(self.schema) as reader:
            for batch in reader:
                batch = batch if columns is None else batch.select(columns)
                for start in range(0, batch.num_rows, ROWS):
                    yield batch.slice(start, ROWS)


class _InMemory(TableFile):
    @cached_property
    def _table(self) -> pa.Table:
        return self._load()

    @abstractmethod
    def _load(self) -> pa.Table: ...

    def _schema(self):
        _refuse_twice(self._table.schema.names, self.path)
        return self._table.schema

    @property
    def rows(self):
        """The number of rows."""
        return self._guard(lambda: self._table.num_rows)

    def _batches(self, columns):
        table = self._table if columns is None else self._table.select(columns)
        yield from table.to_batches(ROWS)


class _JsonLines(_InMemory):
    def _load(self):
        from pyarrow import json

        return json.read_json(self.path)


class _Npz(_InMemory):
    def _load(self):
        with np.load(self.path, allow_pickle=False) as file:
            return _of_arrays({name: file[name] for name in file.files}, self.path)


class _Npy(_InMemory):
    def _load(self):
        return _of_arrays({"embedding": np.load(self.path, allow_pickle=False)}, self.path)


class _Hdf5(_InMemory):
    def _load(self):
        try:
            import h5py
        except ImportError:
            raise InputError(f"{self.path}: needs h5py: pip install h5py") from None
        with h5py.File(self.path) as file:
            sets = {name: one for name, one in file.items() if isinstance(one, h5py.Dataset)}
            return _of_arrays({name: one[()] for name, one in sets.items()}, self.path)


_KINDS: dict[str, type[TableFile]] = {
    ".parquet": _Parquet,
    ".csv": _Csv,
    ".tsv": _Csv,
    ".jsonl": _JsonLines,
    ".npz": _Npz,
    ".npy": _Npy,
    ".h5": _Hdf5,
    ".hdf5": _Hdf5,
}


def _of_arrays(arrays: dict[str, np.ndarray], path: Path) -> pa.Table:
    """Columns from arrays: a vector is a column, a matrix of numbers a column of lists."""
    if not arrays:
        raise InputError(f"{path}: holds no array")
    columns = {}
    for name, array in arrays.items():
        if array.dtype.kind not in "biufSUO" or array.ndim not in (1, 2):
            raise InputError(
                f"{path}: {name}: is {array.dtype} of shape {array.shape}; needs numbers or text, "
                "one row a clip"
            )
        if array.dtype.kind == "S" or (array.dtype.kind == "O" and array.ndim == 1):
            array = np.array(
                [one.decode() if isinstance(one, bytes) else one for one in array], dtype=object
            )
        if array.ndim == 2:
            flat = pa.array(np.ascontiguousarray(array).reshape(-1))
            columns[name] = pa.FixedSizeListArray.from_arrays(flat, max(array.shape[1], 1))
        else:
            columns[name] = pa.array(array)
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        counts = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise InputError(f"{path}: its arrays differ in length ({counts}); one row a clip")
    return pa.table(columns)


def _refuse_twice(names: list[str], path: Path) -> None:
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise InputError(f"{path}: column {twice[0]!r} occurs twice; rename one")

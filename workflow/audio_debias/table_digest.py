"""The digest of a table: one for the same names, types, metadata and cells, however stored."""

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class TableDigest:
    """SHA-256 of a table that is given part by part; how it is cut into parts does not count.

    Parameters
    ----------
    schema : Schema
        Names, types, whether a cell may be empty, and metadata.
    """

    def __init__(self, schema: pa.Schema):
        self._head = hashlib.sha256()
        for field in schema:
            self._head.update(f"{field.name}\0{_kind(field.type)}\0{field.nullable}\n".encode())
        for key, value in sorted((schema.metadata or {}).items()):
            self._head.update(b"%d %s %d %s\n" % (len(key), key, len(value), value))
        # What is null, how long the texts are, the values: each a stream, so that parts can follow.
        self._columns = [[hashlib.sha256() for _ in range(3)] for _ in schema]
        self._rows = 0

    def update(self, part: pa.Table) -> None:
        """Add rows."""
        self._rows += part.num_rows
        for (nulls, lengths, values), column in zip(self._columns, part.columns, strict=True):
            for chunk in column.chunks:
                nulls.update(_bytes(chunk.is_null()))
                if pa.types.is_fixed_size_list(chunk.type):
                    chunk = chunk.flatten()
                if pa.types.is_null(chunk.type):
                    continue
                if pa.types.is_string(chunk.type) or pa.types.is_large_string(chunk.type):
                    lengths.update(_bytes(pc.binary_length(chunk).cast(pa.int64())))
                    values.update("".join(filter(None, chunk.to_pylist())).encode())
                elif pa.types.is_primitive(chunk.type):
                    values.update(_bytes(chunk))
                else:
                    values.update(repr(chunk.to_pylist()).encode())

    def hexdigest(self) -> str:
        """The digest of all rows so far."""
        whole = self._head.copy()
        whole.update(b"%d\n" % self._rows)
        for stream in (stream for column in self._columns for stream in column):
            whole.update(stream.digest())
        return whole.hexdigest()


def _kind(kind: pa.DataType) -> str:
    """A type's name; what Parquet calls the items of a list is no part of it."""
    if pa.types.is_fixed_size_list(kind):
        return f"{kind.value_type}[{kind.list_size}]"
    return str(kind)


def _bytes(values: pa.Array) -> memoryview:
    """The values of an array of numbers or truth values; what is null counts as zero."""
    if values.null_count:
        values = values.fill_null(False if pa.types.is_boolean(values.type) else 0)
    array = np.ascontiguousarray(values.to_numpy(zero_copy_only=False))
    return array.data.cast("B") if array.size else memoryview(b"")

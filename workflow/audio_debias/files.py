"""Files between stages: written beside and then renamed, read with damage in one line."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from audio_debias.errors import InputError
from audio_debias.makers import remake
from audio_debias.table_digest import TableDigest

_DIGEST, _ATTRS = b"audio_debias_digest", b"audio_debias_attrs"


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Give a temporary path in the folder of `path`; rename it to `path` if the block succeeds.

    The temporary name keeps the suffix of `path`, since some writers choose a format by it.
    On an exception the temporary file is removed and `path` is left as it was.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def reading(path: str | Path) -> Iterator[None]:
    """One line for whatever a damaged file makes its reader do.

    Raises
    ------
    InputError
        For every exception inside, with the rule that makes the file again.
    """
    try:
        yield
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; {remake(path)}") from None
    except Exception as error:  # Arrow, pandas and JSON have each their own
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise InputError(f"{path}: damaged ({reason}); {remake(path)}") from None


def read_table(path: str | Path) -> pa.Table:
    """Read a table that :func:`write_table` or a :class:`TableWriter` wrote, as it was written.

    The checksums of pages do not cover page heads nor the footer, where the names and types of
    columns stand: the digest of the whole content does.

    Raises
    ------
    InputError
        If it is damaged, or was written by another version.
    """
    with reading(path):
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            table, digest = file.read(), (file.metadata.metadata or {}).get(_DIGEST)
        # Whether Arrow counts it among the schema's metadata depends on what else is there.
        metadata = dict(table.schema.metadata or {})
        metadata.pop(_DIGEST, None)
        table = table.replace_schema_metadata(metadata or None)
        if digest is None:
            raise ValueError("it has no digest")
        found = TableDigest(table.schema)
        found.update(table)
        if found.hexdigest().encode() != digest:
            raise ValueError("it holds something else than was written")
        return table


class TableWriter:
    """Write one table part by part, with its digest at the end.

    Parameters
    ----------
    path : path
        As it is: see :func:`replacing`.
    schema : Schema
        Names, types and metadata.
    """

    def __init__(self, path: str | Path, schema: pa.Schema):
        self._writer = pq.ParquetWriter(path, schema, write_page_checksum=True)
        self._digest = TableDigest(schema)

    def write(self, part: pa.Table) -> None:
        """Append rows."""
        self._digest.update(part)
        self._writer.write_table(part)

    def __enter__(self) -> "TableWriter":
        return self

    def __exit__(self, kind, *_) -> None:
        if kind is None:
            self._writer.add_key_value_metadata({_DIGEST: self._digest.hexdigest()})
        self._writer.close()


def write_table(path: str | Path, table: pa.Table) -> None:
    """Write a table whole: every page carries a checksum, and all of it a digest."""
    with replacing(path) as temporary, TableWriter(temporary, table.schema) as writer:
        writer.write(table)


def read_parquet(path: str | Path) -> pd.DataFrame:
    """Read what :func:`write_parquet` wrote, and its ``attrs``.

    Raises
    ------
    InputError
        If it is damaged.
    """
    table = read_table(path)
    with reading(path):
        frame = table.to_pandas()
        frame.attrs = json.loads(table.schema.metadata[_ATTRS])
        return frame


def write_parquet(path: str | Path, table: pd.DataFrame) -> None:
    """Write a table and its ``attrs``, without its index."""
    whole = pa.Table.from_pandas(table, preserve_index=False)
    metadata = {**whole.schema.metadata, _ATTRS: json.dumps(table.attrs)}
    write_table(path, whole.replace_schema_metadata(metadata))


def write_text(path: str | Path, text: str) -> None:
    """Write a text in UTF-8."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")

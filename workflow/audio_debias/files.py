"""Files between stages: written beside and then renamed, read with damage in one line."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow as pa

from audio_debias.errors import InputError


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


def read_parquet(path: str | Path) -> pd.DataFrame:
    """Read a table that an earlier job wrote; the checksums of its pages are verified.

    Raises
    ------
    InputError
        If it is damaged.
    """
    try:
        return pd.read_parquet(path, page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: damaged ({reason}); delete it and run again") from None


def write_parquet(path: str | Path, table: pd.DataFrame) -> None:
    """Write a table, without its index; every page carries a checksum."""
    with replacing(path) as temporary:
        table.to_parquet(temporary, index=False, write_page_checksum=True)

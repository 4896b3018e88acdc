"""Tables that people bring as CSV: every cell as text, or one line that says what is wrong."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from audio_debias.corpora.clips import RESERVED
from audio_debias.corpora.text import key, plain
from audio_debias.errors import InputError

_SEPARATORS = {";": "semicolons (;)", "\t": "tabs", "|": "bars (|)"}


def read_rows(path: Path) -> pd.DataFrame:
    """Read a CSV: all cells as they are, under the header's plain names.

    Parameters
    ----------
    path : Path
        UTF-8, with or without a byte order mark, separated by commas.

    Returns
    -------
    DataFrame of str
        Indexed by the number of the row, from 1, the header not counted.

    Raises
    ------
    InputError
        If it cannot be read, is empty, has another separator, or a row another length than the
        header.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *cells = csv.reader(file, strict=True)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: not readable as UTF-8 CSV: {error}; save it as CSV UTF-8"
        ) from None
    except (OSError, csv.Error) as error:
        raise InputError(f"{path}: not readable as UTF-8 CSV: {error}") from None
    except ValueError:
        raise InputError(f"{path}: is empty; it needs a header and a row per clip") from None
    _refuse_separator(header, path)
    header = [plain(name) for name in header]
    repeated = [name for name in header if header.count(name) > 1]
    if repeated:
        raise InputError(f"{path}: column {repeated[0]!r} occurs twice; rename one")
    numbers = [number for number, row in enumerate(cells, start=1) if row]
    cells = [row for row in cells if row]
    for number, row in zip(numbers, cells, strict=True):
        if len(row) != len(header):
            raise InputError(
                f"{path}: row {number} has {len(row)} cells, the header {len(header)}; quote "
                "cells that hold a comma"
            )
    return pd.DataFrame(cells, columns=header, index=numbers, dtype="str")


def refuse_control_characters(rows: pd.DataFrame, columns: Sequence[str], path: Path) -> None:
    """Refuse a name with a line break, a null or the like: a lost quote swallows rows so.

    Raises
    ------
    InputError
        Naming the first such row and column.
    """
    for column in columns:
        odd = [any(ord(character) < 32 for character in cell) for cell in rows[column]]
        if any(odd):
            number, cell = rows.index[odd][0], rows.loc[odd, column].iloc[0]
            raise InputError(
                f"{path}: row {number}: {column} is {cell[:80]!r}, which holds a line break or "
                "another control character; mend the quotes around it"
            )


def _refuse_separator(header: list[str], path: Path) -> None:
    """Refuse a table whose header holds another separator, and no column that is known."""
    if any(key(name) in RESERVED for name in header):
        return
    if not header:
        raise InputError(f"{path}: its first line is blank; begin with the header")
    line = ",".join(header)
    counts = {separator: line.count(separator) for separator in _SEPARATORS}
    most = max(counts, key=counts.__getitem__)
    if counts[most] > len(header) - 1:
        raise InputError(
            f"{path}: its columns are separated by {_SEPARATORS[most]}; save it with commas "
            f"(the header is {line[:80]!r})"
        )

"""Rows of a table that are one clip: joined where they agree, refused where they do not."""

import logging
from pathlib import Path

import pandas as pd

from audio_debias.errors import InputError

_log = logging.getLogger("audio_debias")


def repeated_paths(rows: pd.DataFrame) -> pd.Series:
    """Index of every row that names the file of an earlier row, to the index of that one."""
    first = rows.groupby("path")["path"].transform(lambda paths: paths.index[0])
    return first[first != first.index]


def join_rows(
    own: pd.DataFrame,
    rows: pd.DataFrame,
    copies: pd.Series,
    what: str,
    path: Path,
    drop: bool = True,
) -> tuple[pd.DataFrame, pd.DataFrame, list[tuple[str, str, str]]]:
    """Join the annotations of rows that are one clip, and keep the first.

    Parameters
    ----------
    own : DataFrame of nullable bool
        One column per label.
    rows : DataFrame
        ``clip_id``; indexed, as `own` is, by the number of the row in its table.
    copies : Series
        Index of a row to the index of the row that it repeats.
    what : str
        What the two have in common, for people: ``file`` or ``sound``.
    path : Path
        The table, to name in an error.
    drop : bool
        False looks for contradictions alone and keeps all rows.

    Returns
    -------
    own, rows : DataFrame
    dropped : list of (clip_id, reason, detail)
        The reason is ``duplicate``.

    Raises
    ------
    InputError
        If two rows say different things of one label, or two rows of one file of its split, track
        or genre; naming both.
    """
    if copies.empty:
        return own, rows, []
    own, rows, ids, dropped = own.copy(), rows.copy(), rows["clip_id"], []
    joined = pd.Series(False, index=copies.index)
    for copy, first in copies.items():
        known, said = own.loc[first], own.loc[copy]
        other = known.notna() & said.notna() & (known != said)
        if other.any():
            label = other.index[other.fillna(False).astype(bool)][0]
            raise InputError(
                f"{path}: rows {first} ({ids[first]!r}) and {copy} ({ids[copy]!r}) are the same "
                f"{what}, but {label} is {int(known[label])} in one and {int(said[label])} in the "
                "other; keep one row"
            )
        if what == "file":
            _agree(rows, first, copy, path)
        joined[copy] = bool((known.isna() & said.notna()).any())
        own.loc[first] = known.where(known.notna(), said)
        note = "; its labels are joined" if joined[copy] else ""
        dropped.append(
            (ids[copy], "duplicate", f"same {what} as {ids[first]} (rows {first} and {copy}){note}")
        )
    kept = f": one of each is kept, and the labels of {int(joined.sum())} joined" if drop else ""
    _log.warning(
        "warning: %s: %d rows are copies of others, such as rows %d and %d (the same %s)%s",
        *(path, len(copies), copies.iloc[0], copies.index[0], what, kept),
    )
    if not drop:
        return own, rows, []
    return own.drop(index=copies.index), rows.drop(index=copies.index), dropped


def _agree(rows: pd.DataFrame, first, copy, path: Path) -> None:
    """Give the first row of a file what only a later one says of its split, track and genre."""
    for column in (name for name in ("split", "track_id", "genre") if name in rows):
        known, said = rows.loc[first, column], rows.loc[copy, column]
        if pd.isna(said) or said == "" or known == said:
            continue
        if not (pd.isna(known) or known == ""):
            raise InputError(
                f"{path}: rows {first} and {copy} are the same file, but {column} is {known!r} in "
                f"one and {said!r} in the other; keep one row"
            )
        rows.loc[first, column] = said

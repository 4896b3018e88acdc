"""One's own clips: a table with a row per clip."""

import difflib
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from audio_debias.corpora.clip_rows import clips_of_rows
from audio_debias.corpora.clip_tables import read_cells, with_parts
from audio_debias.corpora.clips import RESERVED
from audio_debias.corpora.text import key
from audio_debias.errors import InputError, nearest
from audio_debias.plugins import check_options

OPTIONS = {
    "csv": str,
    "columns": dict,
    "where": dict,
    "text_labels": list,
    "separator": str,
    "class_align": dict,
    "split": str,
    "test_fraction": float,
    "seed": int,
    "audio": bool,
    "drop_duplicates": bool,
}
"""Type of every option."""


def read(
    root: Path, *, labels: list[str], genres: list[str], options: Mapping
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the clips that a table lists.

    Columns: ``path`` (absolute, or from the CSV's folder); one per label, 1 = present, 0 = absent,
    empty = not annotated; and, where wanted, ``clip_id`` (default: the file's name without its
    suffix, which must then be unique), ``split`` (``train``, ``test``), ``genre`` (empty = none)
    and ``track_id`` (clips of one track stay on one side of the split). Others are ignored.

    Genres and tracks that differ in case, blanks or Unicode form alone are one; ``NA`` is an empty
    cell. Rows of one sound are one clip, whose labels are joined.

    Parameters
    ----------
    root : Path
        The folder of the CSV.
    labels, genres : list of str
        Of the run. A clip of another genre is dropped; one without a genre is kept.
    options : mapping
        ``csv``: file name (default ``clips.csv``); any table that ``audio-debias`` reads will do.
        ``columns``: of the names above to the table's own, such as ``{clip_id: id}``. With
        ``start`` and ``end`` among them (s from the beginning of the file), a row is that part of
        its file, which is never decoded whole; parts of one file are one track.
        ``where``: column and value, such as ``{device: phone A}``: other rows are not of this
        corpus.
        ``text_labels``: columns of text, each value of which is a label; ``separator``: what
        stands between several in one cell.
        ``class_align``: the CSV's label column to the run's label (default: the same name).
        ``split``: ``column``, ``stratified`` (by label and genre, whole tracks) or ``hash`` (by
        track, or where there is none by the bytes of the file, without sound by clip_id);
        default: the column if there is one, else stratified.
        ``test_fraction`` (default 0.25) and ``seed`` (default 0) of a split that is made.
        ``audio`` (default true): whether the sound files are there; without, ``path`` may be left
        out if there is a ``clip_id``, for models of the kind ``precomputed``.
        ``drop_duplicates`` (default true): keep one of the clips that have the same samples, of a
        training and a test clip the training clip. Without, all are kept, and a split that is made
        has them on one side.

    Returns
    -------
    clips, dropped : DataFrame

    Raises
    ------
    InputError
        If a column is missing, a clip_id occurs twice, a label is neither 0, 1 nor empty, a track
        is on both sides of the split, or two rows of one sound contradict each other.
    """
    check_options(options, OPTIONS, str(root))
    path = root / options.get("csv", "clips.csv")
    named = {*labels, *options.get("class_align", {}), *options.get("text_labels", [])}
    named |= {*options.get("columns", {}).values(), *options.get("where", {})}
    rows = _known_columns(read_cells(path, options), named, path)
    if options.get("audio", True) or "clip_id" not in rows:
        _column(rows, "path", path)
    if {"start", "end"} & options.get("columns", {}).keys():
        rows = with_parts(rows, path)
    return clips_of_rows(rows, root, path, labels=labels, genres=genres, options=options)


def _known_columns(rows: pd.DataFrame, labels: set[str], path: Path) -> pd.DataFrame:
    """Give reserved columns their own spelling; refuse one that is nearly called so."""
    for name in RESERVED:
        same = [column for column in rows if key(column) == name and column not in labels]
        if len(same) > 1:
            raise InputError(f"{path}: columns {same[0]!r} and {same[1]!r} are one; remove one")
        if same:
            rows = rows.rename(columns={same[0]: name})
    free = [column for column in rows if column not in RESERVED and column not in labels]
    for column in free:
        close = difflib.get_close_matches(key(column), RESERVED, n=1, cutoff=0.75)
        if close and close[0] not in rows and close[0] != "seconds":
            raise InputError(
                f"{path}: column {column!r} is not read; did you mean {close[0]!r}? rename it to "
                "that, or to something else"
            )
    return rows


def _column(rows: pd.DataFrame, name: str, path: Path) -> pd.Series:
    if name not in rows:
        raise InputError(f"{path}: column {name!r} is missing{nearest(name, rows.columns)}")
    return rows[name]

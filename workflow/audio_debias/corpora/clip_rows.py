"""From rows of text, a clip each, to a clip table: what a reader of any catalogue ends with."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from audio_debias.corpora.clips import RESERVED, align_labels, dropped_frame
from audio_debias.corpora.copies import copies_of
from audio_debias.corpora.csv_rows import refuse_control_characters
from audio_debias.corpora.name_groups import groups_of_names
from audio_debias.corpora.one_clip import join_rows, repeated_paths
from audio_debias.corpora.paths import Files
from audio_debias.corpora.sound_headers import probe
from audio_debias.corpora.splits import refuse_shared_tracks
from audio_debias.corpora.table_split import split_of
from audio_debias.corpora.text import MISSING, as_known, missing, plain
from audio_debias.errors import InputError, nearest
from audio_debias.sound.segments import split_fragment

TRUTH = {
    **dict.fromkeys(("1", "1.0", "true"), True),
    **dict.fromkeys(("0", "0.0", "false"), False),
    **dict.fromkeys(MISSING, pd.NA),
}
"""How a label's cell may be written, in lower case."""

_log = logging.getLogger("audio_debias")


def clips_of_rows(
    rows: pd.DataFrame,
    root: Path,
    path: Path,
    *,
    labels: list[str],
    genres: list[str],
    options: Mapping,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Look at the sound of the rows, join rows of one sound, and split them.

    Parameters
    ----------
    rows : DataFrame of str
        Indexed by what an error calls a row: ``path`` and, where wanted, ``clip_id``, ``split``,
        ``genre``, ``track_id``; a column of 1, 0 or nothing per label. Others are ignored. Paths
        that name parts of one file (:mod:`audio_debias.sound.segments`) are one track.
    root : Path
        What relative paths start from.
    path : Path
        What the rows are from, to name in an error.
    labels, genres : list of str
        Of the run.
    options : mapping
        ``class_align``, ``audio``, ``split``, ``test_fraction``, ``seed``, ``drop_duplicates`` as
        in :func:`audio_debias.corpora.readers.table.read`.

    Returns
    -------
    clips, dropped : DataFrame

    Raises
    ------
    InputError
        As that reader.
    """
    refuse_control_characters(rows, [name for name in RESERVED if name in rows], path)
    audio, files = options.get("audio", True), Files(root)
    if "path" in rows:
        rows["path"] = rows["path"].map(files.find if audio else str.strip)
        rows = _with_tracks_of_parts(rows)
    given = "clip_id" in rows
    rows["clip_id"] = _clip_ids(rows, path)
    own = _annotations(rows, labels, options.get("class_align", {}), path)
    rows = _names(rows, genres, path)

    twice = repeated_paths(rows) if not given else pd.Series(dtype=object)
    own, rows, dropped = join_rows(own, rows, twice, "file", path)
    if rows["clip_id"].duplicated().any():
        clip_id = rows.loc[rows["clip_id"].duplicated(), "clip_id"].iloc[0]
        numbers = " and ".join(map(str, rows.index[rows["clip_id"].eq(clip_id)][:2]))
        mend = "make them unique" if given else "add a column clip_id: two files have this name"
        raise InputError(f"{path}: clip_id {clip_id!r} occurs twice; {mend} (rows {numbers})")

    other = rows["genre"].notna() & ~rows["genre"].isin(genres)
    dropped += [(row.clip_id, "other_genre", row.genre) for row in rows[other].itertuples()]
    sides = rows.set_index("clip_id")["split"] if "split" in rows else None
    clips, copies = rows[~other], pd.Series(dtype=object)
    if audio:
        seconds, broken = probe(root, zip(clips["clip_id"], clips["path"], strict=True))
        dropped += broken
        clips = clips[clips["clip_id"].isin(seconds)]
        clips = clips.assign(seconds=clips["clip_id"].map(seconds).astype(float))
        copies = copies_of(clips, root)
    else:
        clips = clips.assign(path=None, seconds=None)
    drop = options.get("drop_duplicates", True)
    own, clips, joined = join_rows(own, clips, copies, "sound", path, drop=drop)
    dropped += joined
    clips = clips.join(own).sort_values("clip_id")
    if not clips.empty:
        copies = copies if not drop else copies[:0]
        if "track_id" in clips and clips["track_id"].isna().all() and audio:
            _propose_tracks(clips, labels, path)
        clips["split"] = split_of(clips, labels, root, path, options, copies)
        refuse_shared_tracks(clips, str(path))
    return clips.reset_index(drop=True), dropped_frame(dropped, sides)


def _clip_ids(rows: pd.DataFrame, path: Path) -> pd.Series:
    given = "clip_id" in rows
    ids = (rows["clip_id"] if given else rows["path"].map(_name_of)).map(plain)
    if ids.eq("").any():
        number = ids.index[ids.eq("")][0]
        raise InputError(f"{path}: row {number}: {'clip_id' if given else 'path'} is empty")
    return ids.astype("str")


def _name_of(path: str) -> str:
    """A file's name without its suffix; of a part, with the part."""
    file, part = split_fragment(path)
    return Path(file).stem + part


def _with_tracks_of_parts(rows: pd.DataFrame) -> pd.DataFrame:
    """A file of which there are parts is a track, its parts are of it, and so is the file itself,
    unless the row says another."""
    named = [split_fragment(path) for path in rows["path"]]
    files = pd.Series([os.path.normpath(file) for file, _ in named], rows.index)
    in_parts = files.isin({file for file, (_, part) in zip(files, named, strict=True) if part})
    if not in_parts.any():
        return rows
    tracks = rows["track_id"] if "track_id" in rows else pd.Series("", rows.index)
    return rows.assign(track_id=tracks.mask(in_parts & tracks.map(missing), files))


def _names(rows: pd.DataFrame, genres: list[str], path: Path) -> pd.DataFrame:
    """The reserved columns, with genres, tracks and splits spelled alike."""
    rows = rows[[name for name in RESERVED if name in rows and name != "seconds"]].copy()
    for column, known in (("genre", genres), ("track_id", None)):
        cells = rows[column] if column in rows else pd.Series("", rows.index)
        rows[column] = as_known(cells, known)
        nothing = cells[rows[column].isna() & cells.str.strip().ne("")]
        if len(nothing):
            _log.info(
                "%s: %s: %d cells, such as %r in row %d, are read as empty",
                *(path, column, len(nothing), nothing.iloc[0], nothing.index[0]),
            )
    if not genres:
        rows["genre"] = None
    if "split" in rows:
        rows["split"] = rows["split"].map(lambda cell: plain(cell).lower())
    return rows


def _annotations(
    rows: pd.DataFrame, labels: list[str], class_align: Mapping[str, str], path: Path
) -> pd.DataFrame:
    """The run's labels as nullable booleans, one row per row of the CSV."""
    columns = [
        column
        for column in rows
        if column not in RESERVED and (column in class_align or column in labels)
    ]
    own = {}
    for column in columns:
        cells = rows[column].map(lambda cell: plain(cell).lower())
        odd = ~cells.isin(TRUTH)
        if odd.any():
            row = rows[odd].iloc[0]
            raise InputError(
                f"{path}: column {column!r} of clip {row['clip_id']!r} is {row[column].strip()!r}; "
                f"write 1 (present), 0 (absent) or nothing (not annotated; row {row.name})"
            )
        own[column] = cells.map(TRUTH).astype("boolean")
    aligned = align_labels(
        pd.DataFrame(own, index=rows.index), labels, class_align, source=str(path)
    )
    for label in labels:
        if label not in {class_align.get(column, column) for column in columns}:
            raise InputError(
                f"{path}: label column {label!r} is missing{nearest(label, rows.columns)} (leave "
                "its cells empty if it was not annotated)"
            )
    return aligned


def _propose_tracks(clips: pd.DataFrame, labels: list[str], path: Path) -> None:
    """Say so if names look like parts of recordings and no column says which."""
    groups = groups_of_names(clips["path"], clips[labels])
    if groups is not None:
        first = clips.loc[groups.eq(groups.dropna().iloc[0]), "path"].tolist()
        _log.warning(
            "warning: %s: track_id: none is given, and names such as %r and %r look like parts of "
            "one recording (%d such runs); a column track_id keeps them on one side of the split",
            *(path, first[0], first[1], groups.nunique()),
        )

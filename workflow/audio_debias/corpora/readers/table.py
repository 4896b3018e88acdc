"""One's own clips: a table with a row per clip."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from audio_debias.corpora.clip_tables import read_cells, require
from audio_debias.corpora.clips import (
    RESERVED,
    SPLITS,
    align_labels,
    dropped_frame,
)
from audio_debias.corpora.sound_headers import probe
from audio_debias.corpora.splits import hash_split, refuse_shared_tracks, stratified_split
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
}
"""Type of every option."""

TRUTH = {"1": True, "0": False, "": pd.NA}


def read(
    root: Path, *, labels: list[str], genres: list[str], options: Mapping
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the clips that a table lists.

    Columns: ``path`` (absolute, or from the CSV's folder); one per label, 1 = present, 0 = absent,
    empty = not annotated; and, where wanted, ``clip_id`` (default: the file's name without its
    suffix, which must then be unique), ``split`` (``train``, ``test``), ``genre`` (empty = none)
    and ``track_id`` (clips of one track stay on one side of the split). Others are ignored.

    Parameters
    ----------
    root : Path
        The folder of the CSV.
    labels, genres : list of str
        Of the run. A clip of another genre is dropped; one without a genre is kept.
    options : mapping
        ``csv``: file name (default ``clips.csv``); any table that ``audio-debias`` reads will do.
        ``columns``: of the names above to the table's own, such as ``{clip_id: id}``.
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

    Returns
    -------
    clips, dropped : DataFrame

    Raises
    ------
    InputError
        If a column is missing, a clip_id occurs twice, a label is neither 0, 1 nor empty, or a
        track is on both sides of the split.
    """
    check_options(options, OPTIONS, str(root))
    path = root / options.get("csv", "clips.csv")
    rows = read_cells(path, options)
    audio = options.get("audio", True)
    if audio or "clip_id" not in rows:
        require(rows, "path", path)
    rows["clip_id"] = _clip_ids(rows, path)
    own = _annotations(rows, labels, options.get("class_align", {}), path)
    rows = rows[[column for column in RESERVED if column in rows and column != "seconds"]]
    for column in ("genre", "track_id"):
        rows[column] = rows[column].where(rows[column] != "") if column in rows else None
    if not genres:
        rows["genre"] = None

    other = rows["genre"].notna() & ~rows["genre"].isin(genres)
    dropped = [(row.clip_id, "other_genre", row.genre) for row in rows[other].itertuples()]
    kept = rows[~other]
    if audio:
        seconds, broken = probe(root, zip(kept["clip_id"], kept["path"], strict=True))
        dropped += broken
        kept = kept[kept["clip_id"].isin(seconds)]
        clips = kept.join(own).assign(seconds=kept["clip_id"].map(seconds).astype(float))
    else:
        clips = kept.join(own).assign(path=None, seconds=None)
    clips = clips.sort_values("clip_id", ignore_index=True)
    if not clips.empty:
        clips["split"] = _split(clips, labels, root, path, options)
        refuse_shared_tracks(clips, str(path))
    return clips, dropped_frame(dropped)


def _clip_ids(rows: pd.DataFrame, path: Path) -> pd.Series:
    given = "clip_id" in rows
    ids = rows["clip_id"] if given else pd.Series([Path(p).stem for p in rows["path"]], dtype="str")
    if ids.eq("").any():
        number = int(ids.eq("").argmax()) + 1
        raise InputError(f"{path}: row {number}: {'clip_id' if given else 'path'} is empty")
    if ids.duplicated().any():
        mend = "make them unique" if given else "add a column clip_id: two files have this name"
        raise InputError(f"{path}: clip_id {ids[ids.duplicated()].iloc[0]!r} occurs twice; {mend}")
    return ids


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
        odd = ~rows[column].isin(TRUTH)
        if odd.any():
            row = rows[odd].iloc[0]
            raise InputError(
                f"{path}: column {column!r} of clip {row['clip_id']!r} is {row[column]!r}; "
                "write 1 (present), 0 (absent) or nothing (not annotated)"
            )
        own[column] = rows[column].map(TRUTH).astype("boolean")
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


def _split(
    clips: pd.DataFrame, labels: list[str], root: Path, path: Path, options: Mapping
) -> pd.Series:
    kind = options.get("split", "column" if "split" in clips else "stratified")
    fraction, seed = options.get("test_fraction", 0.25), options.get("seed", 0)
    if not 0 < fraction <= 0.5:
        raise InputError(f"{path}: options: test_fraction {fraction} is not in (0, 0.5]")
    if kind == "column":
        split = require(clips, "split", path)
        odd = ~split.isin(SPLITS)
        if odd.any():
            raise InputError(
                f"{path}: split of clip {clips.loc[odd, 'clip_id'].iloc[0]!r} is "
                f"{split[odd].iloc[0]!r}; write train or test in every row, or leave the column out"
            )
        return split
    if kind == "stratified":
        groups = clips["track_id"].fillna(clips["clip_id"])
        try:
            return stratified_split(
                clips[labels], clips["genre"], groups, test_fraction=fraction, seed=seed
            )
        except ValueError as error:
            raise InputError(f"{path}: too few clips or tracks to split: {error}") from None
    if kind == "hash":
        keys = clips["clip_id"]
        if options.get("audio", True):
            keys = clips["path"].map(lambda p: hashlib.sha256((root / p).read_bytes()).hexdigest())
        keys = clips["track_id"].fillna(keys)
        return hash_split(keys, test_fraction=fraction, seed=seed)
    raise InputError(
        f"{path}: options: split: unknown value {kind!r}"
        f"{nearest(kind, ('column', 'stratified', 'hash'))}"
    )

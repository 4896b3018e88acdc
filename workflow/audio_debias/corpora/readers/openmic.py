"""OpenMIC-2018: 10 s excerpts of the Free Music Archive, several instruments, partly annotated.

The unpacked archive (Humphrey, Durand & McFee, ISMIR 2018) holds ``openmic-2018.npz`` (``Y_true``,
``Y_mask``: n x 20; ``sample_key``: n), ``class-map.json``, ``openmic-2018-metadata.csv``,
``partitions/split01_{train,test}.csv`` and ``audio/000/000046_3840.ogg``. Everything is joined by
the sample key (the number of the track and the start of the excerpt), never by row position.

``sample_key`` is an array of Python objects, that is, a pickle. Nothing of it is ever executed:
its opcodes are listed with :mod:`pickletools` and accepted only if they spell an array of strings.
The other sources of the keys do not say which row of ``Y_true`` is whose.
"""

import ast
import json
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from audio_debias.corpora.clips import align_labels, dropped_frame
from audio_debias.corpora.copies import without_copies
from audio_debias.corpora.npz_arrays import read_member, read_numbers, read_strings
from audio_debias.corpora.sound_headers import probe
from audio_debias.corpora.splits import read_split
from audio_debias.errors import InputError
from audio_debias.plugins import check_options

OPTIONS: dict[str, type | tuple[type, ...]] = {
    "split": (str, dict),
    "audio": bool,
    "class_align": dict,
    "drop_duplicates": bool,
}
"""Type of every option."""

PARTITION = {split: f"partitions/split01_{split}.csv" for split in ("train", "test")}

MAX_CELL = 20_000
"""Upper limit of a ``track_genres`` cell, characters (the real ones have at most 1,500)."""

_KEY = re.compile(r"(\d+)_\d+", re.ASCII)
# What ast.literal_eval may raise, and a literal that is no list of dicts with text titles.
_BAD_LITERAL = (
    *(ValueError, SyntaxError, MemoryError, RecursionError),
    *(TypeError, KeyError, AttributeError),
)
_LETTERS = re.compile(r"[^\W\d_]+")


def read(
    root: Path, *, labels: list[str], genres: list[str], options: Mapping
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the unpacked OpenMIC-2018 archive in `root`.

    A label is present where its likelihood is at least 0.5, and null where it was not annotated.

    Parameters
    ----------
    root : Path
        The folder ``openmic-2018`` of the archive.
    labels, genres : list of str
        Of the run. A clip has the first genre that shares a word with a genre title of its track;
        a clip without one is dropped unless `genres` is empty.
    options : mapping
        ``split``: see :func:`audio_debias.corpora.splits.read_split` (default: the data set's
        own split01).
        ``audio``: False looks for no file (default True).
        ``class_align``: OpenMIC's label to the run's (default: the same name).
        ``drop_duplicates`` (default True): keep one of the clips that have the same samples, of a
        training and a test clip the training clip. The paper kept all.

    Returns
    -------
    clips, dropped : DataFrame

    Raises
    ------
    InputError
        If a file of the archive is missing or does not hold what it should.
    """
    check_options(options, OPTIONS, str(root))
    split = read_split(root, options.get("split", PARTITION))
    own = read_annotations(root / "openmic-2018.npz", root / "class-map.json")
    titles = _track_genres(root / "openmic-2018-metadata.csv") if genres else {}

    rows, dropped = [], []
    for clip_id in sorted(split.keys() | set(own.index)):
        key = _KEY.fullmatch(clip_id)
        genre, problem = first_genre(titles.get(clip_id, ""), genres) if genres else (None, None)
        if key is None:
            dropped.append((clip_id, "unknown_name", "not a sample key"))
        elif clip_id not in own.index:
            dropped.append((clip_id, "no_annotation", "not in openmic-2018.npz"))
        elif clip_id not in split:
            dropped.append((clip_id, "not_in_split", "neither in train nor in test"))
        elif problem is not None:
            dropped.append((clip_id, *problem))
        else:
            rows.append((clip_id, split[clip_id], genre, key[1]))
    clips = pd.DataFrame(rows, columns=["clip_id", "split", "genre", "track_id"])

    if options.get("audio", True):
        clips["path"] = [f"audio/{key[:3]}/{key}.ogg" for key in clips["clip_id"]]
        seconds, broken = probe(root, zip(clips["clip_id"], clips["path"], strict=True))
        dropped += broken
        clips = clips[clips["clip_id"].isin(seconds)].reset_index(drop=True)
        clips["seconds"] = clips["clip_id"].map(seconds).astype(float)
        drop = options.get("drop_duplicates", True)
        clips, copies = without_copies(clips, root, drop=drop, source=str(root))
        dropped += copies
    else:
        clips = clips.assign(path=None, seconds=None)
    aligned = align_labels(own, labels, options.get("class_align", {}), source=str(root))
    return clips.join(aligned, on="clip_id"), dropped_frame(dropped, split)


def read_annotations(npz: Path, class_map: Path) -> pd.DataFrame:
    """Read the labels of every clip.

    Returns
    -------
    DataFrame of dtype boolean, (n, n_classes)
        Index: sample key. Columns: the names of the class map. Null = not annotated.

    Raises
    ------
    InputError
        If an array is missing, has another shape, is not finite where annotated, or holds Python
        objects other than key strings.
    """
    try:
        classes = json.loads(class_map.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{class_map}: not readable as JSON: {error}") from None
    columns = list(classes.values()) if isinstance(classes, dict) else []
    integers = sorted(column for column in columns if isinstance(column, int))
    if not columns or integers != list(range(len(columns))):
        raise InputError(f"{class_map}: must map every label to its column, 0 to n - 1")
    keys = read_strings(read_member(npz, "sample_key"), f"{npz}: sample_key")
    likelihood, observed = (read_numbers(npz, name) for name in ("Y_true", "Y_mask"))
    shape = (len(keys), len(classes))
    for name, array in (("Y_true", likelihood), ("Y_mask", observed)):
        if array.shape != shape:
            raise InputError(f"{npz}: {name} has shape {array.shape}, not keys x classes {shape}")
    observed = observed.astype(bool)
    bad = observed & ~((likelihood >= 0) & (likelihood <= 1))
    if bad.any():
        key = keys[int(np.nonzero(bad)[0][0])]
        raise InputError(f"{npz}: Y_true of {key!r} is annotated, but not in [0, 1]")
    repeated = pd.Index(keys).duplicated()
    if repeated.any():
        raise InputError(f"{npz}: sample_key {keys[int(repeated.argmax())]!r} occurs twice")
    names = sorted(classes, key=classes.get)
    present = pd.DataFrame(likelihood >= 0.5, index=keys, columns=names).astype("boolean")
    return present.mask(~observed)


def first_genre(cell: str, genres: list[str]) -> tuple[str | None, tuple[str, str] | None]:
    """The first of `genres` that shares a word with a genre title in a ``track_genres`` cell.

    Words are runs of letters, compared without case: ``Psych-Rock`` is ``pop_rock``.

    Parameters
    ----------
    cell : str
        A Python literal, a list of dicts with the key ``genre_title``; read without evaluating it.
    genres : list of str

    Returns
    -------
    genre : str or None
    problem : (reason, detail) or None
        Why there is no genre: ``no_genre``, ``other_genre`` or ``bad_genre``.
    """
    if not cell:
        return None, ("no_genre", "no genre metadata")
    if len(cell) > MAX_CELL:
        return None, ("bad_genre", f"track_genres has {len(cell)} characters")
    try:
        titles = [entry["genre_title"] for entry in ast.literal_eval(cell)]
        words = {word for title in titles for word in _words(title)}
    except _BAD_LITERAL as error:
        return None, ("bad_genre", f"track_genres is no list of genres: {type(error).__name__}")
    for genre in genres:
        if words.intersection(_words(genre)):
            return genre, None
    return None, ("other_genre" if titles else "no_genre", "; ".join(titles))


def _words(text: str) -> list[str]:
    return _LETTERS.findall(text.lower())


def _track_genres(path: Path) -> dict[str, str]:
    try:
        frame = pd.read_csv(
            path,
            usecols=["sample_key", "track_genres"],
            dtype="str",
            keep_default_na=False,
            encoding="utf-8",
        )
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not readable: {' '.join(str(error).split())}") from None
    repeated = frame["sample_key"].duplicated()
    if repeated.any():
        key = frame.loc[repeated, "sample_key"].iloc[0]
        raise InputError(f"{path}: sample_key {key!r} occurs twice; keep one row")
    return dict(zip(frame["sample_key"], frame["track_genres"], strict=True))

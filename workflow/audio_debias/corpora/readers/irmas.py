"""IRMAS: 3 s excerpts whose label and genre are in the file name.

The training part of IRMAS (Bosch, Janer, Fuhrmann & Herrera, ISMIR 2012) names its files
``001__[gel][dru][pop_roc]0829__1.wav`` or ``[cel][cla]0001__1.wav``: a counter (not always), the
predominant instrument, whether there are drums (``dru``, ``nod``, ``---``; not always), the genre,
the number of the song and that of the excerpt. The files lie in one folder per instrument or all
together. The song's number identifies it: the 12 numbers that occur under two prefixes carry the
same instrument and genre.
"""

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import pandas as pd

from audio_debias.corpora.clips import align_labels, dropped_frame
from audio_debias.corpora.copies import without_copies
from audio_debias.corpora.sound_files import NOT_CLIPS, find_sounds
from audio_debias.corpora.sound_headers import probe
from audio_debias.corpora.splits import read_split, refuse_shared_tracks
from audio_debias.errors import InputError
from audio_debias.plugins import check_options

LABELS = {
    "cel": "cello",
    "cla": "clarinet",
    "flu": "flute",
    "gac": "guitar",
    "gel": "guitar",
    "org": "organ",
    "pia": "piano",
    "sax": "saxophone",
    "tru": "trumpet",
    "vio": "violin",
    "voi": "voice",
}
"""Instrument code to label: acoustic and electric guitar are one."""

GENRES = {
    "pop_roc": "pop_rock",
    "jaz_blu": "jazz_blue",
    "cla": "classical",
    "cou_fol": "country_folk",
    "lat_sou": "latin_soul",
}
"""Genre code to genre."""

OPTIONS: dict[str, type | tuple[type, ...]] = {
    "split": (str, dict),
    "audio": bool,
    "class_align": dict,
    "drop_duplicates": bool,
}
"""Type of every option."""

_NAME = re.compile(
    r"(?:\d+__)?\[(?P<label>\w{3})\](?:\[(?:dru|nod|---)\])?(?:\[(?P<genre>\w{3,7})\])?"
    r"(?P<song>\d+)__\d+",
    re.ASCII,
)


def read(
    root: Path, *, labels: list[str], genres: list[str], options: Mapping
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the IRMAS training excerpts below `root`.

    Every label that IRMAS knows is annotated in every clip: one-vs-rest by the predominant
    instrument.

    Parameters
    ----------
    root : Path
        Folder of wav files, at any depth.
    labels, genres : list of str
        Of the run. A clip of another genre, or of none, is dropped unless `genres` is empty.
    options : mapping
        ``split`` (required): see :func:`audio_debias.corpora.splits.read_split`.
        ``audio``: False takes the names from the split and looks for no file (default True).
        ``class_align``: instrument code to label, instead of :data:`LABELS`.
        ``drop_duplicates`` (default True): keep one of the clips that have the same samples, of a
        training and a test clip the training clip.

    Returns
    -------
    clips, dropped : DataFrame

    Raises
    ------
    InputError
        If the split is missing or has one song on both sides, or two files have one name.
    """
    check_options(options, OPTIONS, str(root))
    if "split" not in options:
        raise InputError(f"{root}: options: split is missing: IRMAS has no split of its own")
    split = read_split(root, options["split"])
    audio = options.get("audio", True)
    files, dropped = _files(root) if audio else (dict.fromkeys(split), [])
    listed = {clip_id for clip_id, _, _ in dropped}

    rows = []
    for clip_id in sorted((files.keys() | split.keys()) - listed):
        name = _NAME.fullmatch(clip_id)
        code = name and name["label"]
        genre = GENRES.get(name["genre"]) if name else None
        if name is None or code not in LABELS:
            dropped.append((clip_id, "unknown_name", "not an IRMAS file name"))
        elif genres and genre is None:
            dropped.append((clip_id, "no_genre", f"genre code {name['genre']}"))
        elif genre is not None and genres and genre not in genres:
            dropped.append((clip_id, "other_genre", genre))
        elif clip_id not in split:
            dropped.append((clip_id, "not_in_split", "neither in train nor in test"))
        elif clip_id not in files:
            dropped.append((clip_id, "missing", "in the split, but no such file"))
        else:
            rows.append((clip_id, files[clip_id], split[clip_id], genre, name["song"], code))
    clips = pd.DataFrame(rows, columns=["clip_id", "path", "split", "genre", "track_id", "code"])
    refuse_shared_tracks(clips, str(root))
    if not genres:
        clips["genre"] = None

    if audio:
        seconds, broken = probe(root, zip(clips["clip_id"], clips["path"], strict=True))
        dropped += broken
        clips = clips[clips["clip_id"].isin(seconds)].reset_index(drop=True)
        clips["seconds"] = clips["clip_id"].map(seconds).astype(float)
        drop = options.get("drop_duplicates", True)
        clips, copies = without_copies(clips, root, drop=drop, source=str(root))
        dropped += copies
    else:
        clips["seconds"] = None
    own = pd.DataFrame({code: clips["code"].eq(code) for code in LABELS}, dtype="boolean")
    known = {code: label for code, label in LABELS.items() if label in labels}
    aligned = align_labels(own, labels, options.get("class_align", known), source=str(root))
    return clips.drop(columns="code").join(aligned), dropped_frame(dropped, split)


def _files(root: Path) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """Stem to path relative to `root` of every wav file, and what else lies there."""
    files: dict[str, str] = {}
    found = find_sounds(root, {".wav"})
    for relative in found.files:
        stem = PurePosixPath(relative).stem
        if stem in files:
            raise InputError(
                f"{root}: {files[stem]} and {relative} have the same name; keep one of them"
            )
        files[stem] = relative
    return files, [
        (PurePosixPath(path).stem, "missing", f"{path}: a link to nothing")
        if reason == "missing"
        else (path, reason, NOT_CLIPS[reason])
        for path, reason in found.left_out
    ]

"""The clips of folders of sound files named by label, for a `table` corpus."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pandas as pd

from audio_debias.corpora.clips import RESERVED, SPLITS
from audio_debias.corpora.copies import copies_of
from audio_debias.corpora.name_groups import groups_of_names
from audio_debias.corpora.sound_files import find_sounds, told
from audio_debias.corpora.text import key, plain
from audio_debias.errors import InputError

LIKE_SPLITS = {
    *("train", "training", "trn", "test", "testing", "tst", "eval", "evaluation"),
    *("val", "valid", "validation", "dev", "devel", "development"),
}
"""Names of folders that are rather sides of a split than labels."""


@dataclass(frozen=True)
class FolderClips:
    """The clips that :func:`clips_of_folders` found.

    Attributes
    ----------
    table : DataFrame
        ``path`` (relative to the root); ``clip_id`` if two files have one name; ``split`` if
        folders name it; ``track_id`` if names propose one; then a column of 0 and 1 per label;
        sorted by path.
    labels : list of str
        The columns of labels.
    left_out : list of (path, reason)
        What else lies there, as :func:`~audio_debias.corpora.sound_files.find_sounds` says it.
    """

    table: pd.DataFrame
    labels: list[str]
    left_out: list[tuple[str, str]]


def clips_of_folders(root: str | Path, folders_are: str | None = None) -> FolderClips:
    """List the sound files in ``root/{label}/``, at any depth below the label's folder.

    Each clip carries the label of its folder and none of the others. Runs of names that share a
    stem (``song-01``, ``song-02``) are proposed as tracks.

    Parameters
    ----------
    root : path
        Folder of folders.
    folders_are : {"labels", "splits"}, optional
        ``splits``: the folders are ``root/{train,test}/{label}/``. Without, folders called like
        sides of a split are refused.

    Raises
    ------
    InputError
        If there are no two labels with sound files; a folder is called like a side of a split, and
        nobody said what it is; a folder has the name of a column that every clip table has; or a
        name is not UTF-8.
    """
    root = Path(root)
    if not root.is_dir():
        raise InputError(f"{root}: no such folder")
    found = find_sounds(root)
    depth = 1 if folders_are == "splits" else 0
    paths = [path for path in found.files if path.count("/") > depth]
    parts = [PurePosixPath(path).parts for path in paths]
    _ask_for_splits(root, {part[0] for part in parts}, folders_are)
    for path in paths:
        if not path.isprintable():
            raise InputError(f"{root}: {path!r}: the name is no plain UTF-8; rename the file")
    clips = pd.DataFrame({"path": paths, "label": [plain(part[depth]) for part in parts]})
    clips["split"] = [key(part[0]) for part in parts]
    if clips["label"].nunique() < 2:
        reasons = "; ".join(told(found.left_out))
        raise InputError(
            f"{root}: needs at least two folders of sound files, named by label"
            f"{f' ({reasons})' if reasons else ''}"
        )
    _check_labels(root, clips["label"].unique())
    clips, one_hot, copies = _one_of_each_sound(root, clips)
    table, paths = clips[["path"]].copy(), clips["path"].tolist()
    stems = [str(PurePosixPath(path).with_suffix("")) for path in paths]
    if pd.Series([key(PurePosixPath(stem).name) for stem in stems]).duplicated().any():
        # Two formats of one name lie side by side: the suffix tells them apart.
        twice = pd.Series(stems).duplicated(keep=False)
        table["clip_id"] = [
            path if two else stem for path, stem, two in zip(paths, stems, twice, strict=True)
        ]
    if folders_are == "splits":
        table["split"] = clips["split"]
    tracks = groups_of_names(paths, one_hot.astype(bool))
    if tracks is not None:
        table["track_id"] = tracks.fillna("")
    left_out = sorted(found.left_out + [(path, "duplicate") for path in copies])
    return FolderClips(table.join(one_hot), list(one_hot.columns), left_out)


def _one_of_each_sound(
    root: Path, clips: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """One clip of each sound with the labels of all folders that it is in, and its copies' paths.

    The table's reader refuses rows of one sound that say different things.
    """
    copies = copies_of(clips.assign(clip_id=clips["path"]), root)
    one_hot = pd.get_dummies(clips["label"], dtype=int)
    for copy, first in copies.items():
        one_hot.loc[first] |= one_hot.loc[copy]
    kept = clips.drop(index=copies.index).reset_index(drop=True)
    one_hot = one_hot.drop(index=copies.index).reset_index(drop=True)
    return kept, one_hot, clips["path"][copies.index].tolist()


def _ask_for_splits(root: Path, folders: Iterable[str], folders_are: str | None) -> None:
    """Refuse folders that may be labels or sides of a split, or are sides that nobody knows."""
    names = sorted(name for name in folders if key(name) in LIKE_SPLITS)
    if folders_are is None and names:
        raise InputError(
            f"{root}: {', '.join(names)}: are these labels, or sides of a split? say "
            "--folders-are labels, or --folders-are splits for FOLDER/{train,test}/{label}/"
        )
    odd = sorted(name for name in folders if key(name) not in SPLITS)
    if folders_are == "splits" and odd:
        raise InputError(
            f"{root}: {odd[0]}: is neither train nor test; move its clips into one of them, or it "
            "away"
        )


def _check_labels(root: Path, labels: Iterable[str]) -> None:
    """Refuse labels that the table's reader would take for something else."""
    first: dict[str, str] = {}
    for label in labels:
        if key(label) in RESERVED:
            raise InputError(f"{root / label}: no label may be called so; rename the folder")
        other = first.setdefault(key(label), label)
        if other != label:
            raise InputError(f"{root}: {other!r} and {label!r} are one label; join the folders")


def told_folders(clips: FolderClips) -> list[str]:
    """What was left out, by reason, and a line for each folder that gave no label for that."""
    depth = 1 if "split" in clips.table else 0
    parts = [PurePosixPath(path).parts for path, reason in clips.left_out if reason != "hidden"]
    folders = {plain(part[depth]) for part in parts if len(part) > depth + 1}
    return told(clips.left_out) + [
        f"{folder}: is no label of the table: none of its files can be read"
        for folder in sorted(folders - set(clips.labels))
    ]

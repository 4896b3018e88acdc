"""The sound files below a folder, and what else lies there, by reason."""

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import soundfile

READABLE = {f".{name.lower()}" for name in soundfile.available_formats()} | {".aif", ".opus"}
READABLE -= {".raw"}  # samples without a header: no rate, no width
"""Suffixes of the files that are read, in lower case."""

OTHER_SOUND = {".m4a", ".mp4", ".aac", ".wma", ".ape", ".wv", ".mka", ".webm", ".amr", ".ac3"}
"""Suffixes of sound that it does not."""

if find_spec("av"):  # PyAV reads them
    READABLE |= OTHER_SOUND

NOT_CLIPS = {
    "hidden": "a hidden file or folder, or a Mac's copy of a file's attributes",
    "other_format": "sound that is not read without PyAV: pip install av, or convert it",
    "linked_again": "a link to a folder that is listed already",
}
"""Reasons for which a file counts as no clip of the corpus, and what they mean."""


@dataclass(frozen=True)
class SoundFiles:
    """What :func:`find_sounds` found.

    Attributes
    ----------
    files : list of str
        Paths relative to the root, with slashes, sorted.
    left_out : list of (path, reason)
        `NOT_CLIPS`, or ``missing``: a link to nothing.
    """

    files: list[str]
    left_out: list[tuple[str, str]]


def find_sounds(root: Path, suffixes: Collection[str] | None = None) -> SoundFiles:
    """List the sound files below `root`, at any depth, through links to folders.

    Files that are hidden or lie in a hidden folder are no clips: what notebooks, Macs (``._name``,
    ``__MACOSX``) and version control leave there. What is no sound by its suffix is not listed.

    Parameters
    ----------
    root : Path
    suffixes : collection of str, optional
        In lower case; case does not matter. `READABLE` by default.
    """
    suffixes = READABLE if suffixes is None else suffixes
    sound = READABLE | OTHER_SOUND
    files, left_out = [], []
    for path, hidden, again in _walk(root, "", False, {os.path.realpath(root)}):
        full = root / path
        suffix = full.suffix.lower()
        if again:
            left_out.append((path, "linked_again"))
        elif suffix not in sound:
            continue
        elif hidden:
            left_out.append((path, "hidden"))
        elif suffix not in suffixes:
            left_out.append((path, "other_format"))
        elif full.is_file():
            files.append(path)
        elif full.is_symlink():
            left_out.append((path, "missing"))
    return SoundFiles(sorted(files), sorted(left_out))


def told(left_out: Iterable[tuple[str, str]]) -> list[str]:
    """One line per reason and suffix: how many, one example, what it means."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path, reason in left_out:
        suffix = Path(path).suffix.lower() if reason == "other_format" else ""
        groups[reason, suffix].append(path)
    meanings = NOT_CLIPS | {
        "missing": "a link to nothing",
        "duplicate": "the same samples as another file; one is kept, with the labels of both",
    }
    return [
        f"{len(paths)} {suffix or reason} left out, such as {paths[0]}: {meanings[reason]}"
        for (reason, suffix), paths in groups.items()
    ]


def _walk(
    root: Path, folder: str, hidden: bool, entered: set[str]
) -> Iterator[tuple[str, bool, bool]]:
    """Files below a folder: path, whether hidden, whether a link to a folder that was entered."""
    for name in sorted(os.listdir(root / folder)):
        path = f"{folder}/{name}" if folder else name
        below = hidden or name.startswith(".") or name == "__MACOSX"
        if not (root / path).is_dir():
            yield path, below, False
        elif name != ".git":
            real = os.path.realpath(root / path)
            if real in entered:
                yield path, below, True
            else:
                entered.add(real)
                yield from _walk(root, path, below, entered)

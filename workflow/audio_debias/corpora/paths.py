"""Paths as tables give them, and the files that they mean."""

import os
from pathlib import Path

from audio_debias.corpora.text import key
from audio_debias.errors import nearest
from audio_debias.sound.segments import split_fragment

COMPARED = 20
"""How many missing files are compared with the names that are there."""


class Files:
    """The files below a corpus's root, found by what a person would call the same path.

    Parameters
    ----------
    root : Path
        What relative paths start from.
    """

    def __init__(self, root: Path):
        self._root = root
        self._names: dict[Path, dict[str, list[str]]] = {}
        self._compared = 0

    def find(self, path: str) -> str:
        """The path on the disk; as given, without outer blanks, where there is none.

        Case, Unicode form, outer blanks and the direction of slashes may differ, if one file
        alone is meant. The name of a part of a file keeps its fragment.
        """
        file, part = split_fragment(path.strip())
        if part and not self._exists(path):
            return self.find(file) + part
        given = path.strip()
        for candidate in (path, given, given.replace("\\", "/")):
            if candidate and self._exists(candidate):
                return candidate
        found = Path()
        for part in Path(given.replace("\\", "/")).parts:
            if not self._exists(str(found / part)):
                spellings = self._spellings(self._root / found).get(key(part), [])
                if len(spellings) != 1:
                    return given
                part = spellings[0]
            found /= part
        return str(found) if str(found) != "." else given

    def missing(self, path: str) -> str:
        """Why there is no such file: a link to nothing, or the nearest name in its folder."""
        path = split_fragment(path)[0]
        full = self._root / path
        if full.is_symlink():
            return f"{path}: a link to nothing ({os.readlink(full)})"
        names = [name for group in self._spellings(full.parent).values() for name in group]
        if not names:
            return f"{path}: no such file, nor its folder"
        self._compared += 1
        # Of thousands that are missing, the first say what is wrong with all.
        near = nearest(full.name, names) if self._compared <= COMPARED else ""
        return f"{path}: no such file{near}"

    def _exists(self, path: str) -> bool:
        try:
            return os.path.lexists(self._root / path)
        except ValueError:  # a null byte in it
            return False

    def _spellings(self, folder: Path) -> dict[str, list[str]]:
        """The names in a folder, by what a person compares them by."""
        if folder not in self._names:
            spellings: dict[str, list[str]] = {}
            try:
                listed = sorted(os.listdir(folder))
            except (OSError, ValueError):
                listed = []
            for name in listed:
                spellings.setdefault(key(name), []).append(name)
            self._names[folder] = spellings
        return self._names[folder]

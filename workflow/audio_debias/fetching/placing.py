"""Lay the fetched files of a corpus out in one folder, archives unpacked."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from audio_debias.errors import InputError
from audio_debias.fetching.unpack import unpack


def place(
    sources: Mapping[str, str | Path], files: Mapping[str, Mapping], root: str | Path
) -> list[Path]:
    """Unpack archives into ``root/{stem}/`` and link other files as ``root/{name}``.

    Parameters
    ----------
    sources : mapping of str to path
        File name to where it is on disk; an archive may be there as a folder, unpacked already.
    files : mapping of str to mapping
        The corpus's ``files:``; ``unpack`` says that a file is an archive, ``members`` which of
        its members are wanted.
    root : path
        The corpus's folder. What an earlier call left there is replaced.

    Returns
    -------
    list of Path
        Every file below `root`.

    Raises
    ------
    InputError
        If an archive is broken or unsafe.
    """
    root = Path(root)
    if root.exists():
        shutil.rmtree(root)
    root.mkdir(parents=True)
    taken: dict[str, str] = {}
    for name in sources:
        target = _stem(name) if files[name].get("unpack") else name
        if target in taken:
            raise InputError(f"files: {name} and {taken[target]} would both lie in {target}")
        taken[target] = name
    placed = []
    for name, source in sources.items():
        source = Path(source)
        if source.is_dir():
            folder = root / _stem(name)
            folder.symlink_to(source.resolve(), target_is_directory=True)
            placed += [path for path in sorted(folder.rglob("*")) if path.is_file()]
        elif files[name].get("unpack"):
            placed += unpack(source, root / _stem(name), members=files[name].get("members"))
        else:
            # Of a fetched file the link is relative, so that the project can be moved.
            link = source if source.is_absolute() else os.path.relpath(source, root)
            (root / name).symlink_to(link)
            placed.append(root / name)
    return placed


def _stem(name: str) -> str:
    for suffix in (".tar.gz", ".tgz", ".tar", ".zip"):
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return Path(name).stem

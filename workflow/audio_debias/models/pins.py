"""A pin: a small file that says which folder holds a model's weights, and what it hashes to.

A library such as TensorFlow Hub or Hugging Face's keeps the folder in a cache of its own. The pin
is written when the folder is first resolved; from then on the folder must hash to the same.
"""

import hashlib
import json
from pathlib import Path

from audio_debias.errors import InputError
from audio_debias.files import replacing

_KEYS = {"source", "folder", "sha256"}
_MAX_BYTES = 1 << 16


def fingerprint(path: str | Path) -> str:
    """Sha256 of a file, or of a folder's file names and contents in name order."""
    path = Path(path)
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    if not path.is_dir():
        raise InputError(f"{path}: no such weights; fetch them or correct the path")
    digest = hashlib.sha256()
    for inside in sorted(path.rglob("*")):
        if inside.is_file():
            name = inside.relative_to(path).as_posix()
            digest.update(f"{name} {fingerprint(inside)}\n".encode())
    return digest.hexdigest()


def write_pin(path: str | Path, source: str, folder: str | Path) -> Path:
    """Pin a folder of weights under `path`.

    Parameters
    ----------
    path : path
        JSON: source, folder (absolute), sha256.
    source : str
        The handle it was resolved from.
    folder : path

    Raises
    ------
    InputError
        If there is no such folder.
    """
    folder = Path(folder).resolve()
    pin = {"source": source, "folder": str(folder), "sha256": fingerprint(folder)}
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(pin, indent=1) + "\n")
    return Path(path)


def read_pin(path: str | Path) -> dict | None:
    """What a pin says; None if `path` is a folder or a file of another sort."""
    path = Path(path)
    if not path.is_file() or path.stat().st_size > _MAX_BYTES:
        return None
    try:
        pin = json.loads(path.read_bytes())
    except ValueError:
        return None
    return pin if isinstance(pin, dict) and set(pin) == _KEYS else None


def pinned_folder(path: str | Path) -> Path:
    """The folder that a pin names, verified; `path` itself if it is no pin.

    Raises
    ------
    InputError
        If the folder is gone, or holds something else than when it was pinned.
    """
    pin = read_pin(path)
    if pin is None:
        return Path(path)
    folder = Path(pin["folder"])
    if not folder.is_dir():
        raise InputError(f"{path}: {folder} is gone; delete the pin and fetch the model again")
    found = fingerprint(folder)
    if found != pin["sha256"]:
        raise InputError(
            f"{folder}: sha256 is {found}, but {pin['source']} was pinned as {pin['sha256']}; "
            f"delete {path} if the change is meant"
        )
    return folder

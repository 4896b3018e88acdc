"""What a fetched file must be, and what is wrong with one that is not."""

import json
from dataclasses import dataclass
from pathlib import Path

from audio_debias.fetching.checksums import Checksum

_LONGEST_MESSAGE = 100_000

_FIRST_BYTES = {
    ".zip": b"PK",
    ".whl": b"PK",
    ".npz": b"PK",
    ".gz": b"\x1f\x8b",
    ".tgz": b"\x1f\x8b",
    ".h5": b"\x89HDF",
    ".hdf5": b"\x89HDF",
}


@dataclass(frozen=True)
class Wanted:
    """What the file must be."""

    name: str
    checksum: Checksum | None
    size: int | None

    def fault(self, path: Path) -> str | None:
        """Say what is wrong with the file at `path`; None where it is the one wanted."""
        size = path.stat().st_size
        mismatch = self.checksum.mismatch(path) if self.checksum else None
        if self.checksum and not mismatch and self.size in (None, size):
            return None
        if size == 0 and self.size != 0:
            return "is empty"
        if foreign := _foreign_content(path, self.name):
            return foreign
        if self.size not in (None, size):
            return f"has {size} bytes, expected {self.size}; correct the file or its `size:`"
        return mismatch


def _foreign_content(path: Path, name: str) -> str | None:
    """Say that a file is a page or a message, or not the archive that its name promises."""
    suffix = Path(name).suffix.lower()
    with open(path, "rb") as file:
        head = file.read(1024)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if (
        suffix not in (".html", ".htm")
        and text.startswith(b"<")
        and (b"<html" in text or b"<!doctype html" in text)
    ):
        return "is an HTML page, not the file: the address may lead to a login or a licence page"
    expected = _FIRST_BYTES.get(suffix)
    if expected and not head.startswith(expected):
        return f"is no {suffix} file: it begins with {head[:8]!r}"
    if suffix not in (".json", ".ipynb") and text.startswith((b"{", b"[")) and _is_json(path):
        return "is a JSON message, not the file: the address may want an account"
    return None


def _is_json(path: Path) -> bool:
    """Whether a short file is JSON, as the error of an interface is."""
    if path.stat().st_size > _LONGEST_MESSAGE:
        return False
    try:
        json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return False
    return True

"""The file that a download grows in: of one process, with a note of where its bytes came from."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from audio_debias.errors import InputError
from audio_debias.files import replacing

_LONGEST_NOTE = 10_000


@dataclass(frozen=True)
class Origin:
    """Where the bytes of a partial file came from, and the server's name for that version.

    Attributes
    ----------
    url : str
    validator : str or None
    total : int or None
        The size of the whole file as the server first declared it.
    """

    url: str = ""
    validator: str | None = None
    total: int | None = None


class Partial:
    """The file that a download grows in, with a note of its origin beside it."""

    def __init__(self, file: BinaryIO, path: Path):
        self.file = file
        self.path = path
        self.note = path.with_name(f"{path.name}.json")
        # Whether the bytes may be pieces of different versions, or end too soon.
        self.doubtful = False

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self.file.seek(0, os.SEEK_END)

    @property
    def origin(self) -> Origin:
        """Where they came from, as the note says; nowhere if it cannot be read."""
        if not self.note.is_file() or self.note.is_symlink():
            return Origin()
        try:
            with self.note.open(encoding="utf-8") as file:
                noted = json.loads(file.read(_LONGEST_NOTE))
            origin = Origin(**noted)
        except (OSError, ValueError, TypeError, RecursionError):
            return Origin()
        types = (origin.url, str), (origin.validator, str | None), (origin.total, int | None)
        return origin if all(isinstance(value, kind) for value, kind in types) else Origin()

    def restart(self, origin: Origin) -> None:
        """Forget the bytes, then note where the next ones come from: never the other way round."""
        self.file.truncate(0)
        self.doubtful = False
        with replacing(self.note) as temporary:
            temporary.write_text(json.dumps(asdict(origin)), encoding="utf-8")


@contextmanager
def partial_file(destination: Path) -> Iterator[Partial]:
    """Open the partial file of `destination` for this process alone; remove it when empty."""
    path = destination.with_name(f".{destination.name}.part")
    for beside in (path, path.with_name(f"{path.name}.json")):
        _refuse_odd(beside)
    # Never through a link, and never waiting for a reader of a pipe.
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK
    with open(os.open(path, flags, 0o666), "ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            mine = path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat())
        except BlockingIOError:
            mine = False
        except OSError:  # a file system without locks
            mine = True
        if not mine:
            raise InputError(f"{destination}: another process is fetching it; wait for its end")
        partial = Partial(file, path)
        try:
            yield partial
        finally:
            if not partial.size:
                path.unlink(missing_ok=True)
            if not path.exists():
                partial.note.unlink(missing_ok=True)


def _refuse_odd(path: Path) -> None:
    """Refuse a link, a folder or a device where a download is to grow.

    Raises
    ------
    InputError
        If something that is no plain file lies there.
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise InputError(f"{path}: is no plain file, a download cannot go there; delete it")

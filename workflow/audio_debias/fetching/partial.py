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


@dataclass(frozen=True)
class Origin:
    """Where the bytes of a partial file came from, and the server's name for that version."""

    url: str = ""
    validator: str | None = None


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
        try:
            return Origin(**json.loads(self.note.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return Origin()

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
    with open(path, "ab") as file:
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

"""Checksums: declared where a resource is described, or pinned when its file is first seen."""

import hashlib
import logging
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from audio_debias.errors import InputError
from audio_debias.files import replacing

_log = logging.getLogger(__name__)

_HEX_DIGITS = {"md5": 32, "sha256": 64}


@dataclass(frozen=True)
class Checksum:
    """What a file must hash to, and what to do when it does not.

    Attributes
    ----------
    algorithm : {'md5', 'sha256'}
    digest : str
        Lower-case hexadecimal.
    mend : str
        The advice that ends the message of a mismatch.
    """

    algorithm: str
    digest: str
    mend: str = "correct the file or the `checksum:` that is declared for it"

    def mismatch(self, path: Path) -> str | None:
        """Say how `path` differs from this checksum; None where it agrees."""
        observed = file_digest(path, self.algorithm)
        if observed == self.digest:
            return None
        return f"{self.algorithm} is {observed}, expected {self.digest}; {self.mend}"


def file_digest(path: str | Path, algorithm: str = "sha256") -> str:
    """Hash a file of any size; lower-case hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def parse_checksum(checksum: str) -> Checksum:
    """Read ``sha256:<hex>`` or ``md5:<hex>``.

    Raises
    ------
    InputError
        If the algorithm or the number of digits is another.
    """
    algorithm, _, digest = str(checksum).strip().lower().partition(":")
    n_digits = _HEX_DIGITS.get(algorithm)
    if n_digits is None or not re.fullmatch(rf"[0-9a-f]{{{n_digits}}}", digest):
        raise InputError(
            f"checksum: {checksum!r} is neither 'sha256:' with 64 nor 'md5:' with 32 "
            "hexadecimal digits; correct it"
        )
    return Checksum(algorithm, digest)


def pin_path(path: Path) -> Path:
    """Where the sha256 of a file without a declared checksum is recorded."""
    return path.with_name(f"{path.name}.sha256")


def read_pin(path: Path) -> Checksum | None:
    """The checksum recorded beside `path` on its first use; None before that.

    Raises
    ------
    InputError
        If the record does not begin with 64 hexadecimal digits.
    """
    pin = pin_path(path)
    if not pin.is_file():
        return None
    words = pin.read_text(encoding="utf-8", errors="replace").split()
    if not words or not re.fullmatch(r"[0-9a-f]{64}", words[0]):
        raise InputError(f"{pin}: holds no sha256; delete it to record the checksum anew")
    return Checksum(
        "sha256", words[0], f"it was recorded on first use: delete {pin} if the change is meant"
    )


def write_pin(path: Path, digest: str) -> None:
    """Record `digest` beside `path`, in the format of ``sha256sum``, and print it."""
    with replacing(pin_path(path)) as temporary:
        temporary.write_text(f"{digest}  {path.name}\n", encoding="utf-8")
    message = f"{path.name}: no checksum is declared; recorded sha256:{digest} in {pin_path(path)}"
    _log.info(message)
    print(message, file=sys.stderr)

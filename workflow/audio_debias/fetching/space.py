"""Disk space: ask before a large write, and say it in one line when the disk fills up anyway."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from audio_debias.errors import InputError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def human_size(n_bytes: int) -> str:
    """Write a number of bytes in decimal units, as disks and archives are sold: ``2.6 GB``."""
    value, unit = float(n_bytes), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} B" if unit == "B" else f"{value:.1f} {unit}"


def require_space(path: Path, n_bytes: int) -> None:
    """Refuse to start a write of `n_bytes` to `path` that its disk cannot hold.

    Raises
    ------
    InputError
        If less is free.
    """
    free = shutil.disk_usage(path.parent).free
    if n_bytes > free:
        raise InputError(
            f"{path}: needs {human_size(n_bytes)}, the disk has {human_size(free)} free; "
            "make room or choose another folder"
        )


@contextmanager
def full_disk_explained(path: Path) -> Iterator[None]:
    """Turn 'no space left', 'quota exceeded' and 'file too large' into an InputError."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise InputError(
            f"{path}: the disk is full ({error.strerror}); make room and start again"
        ) from error

"""Unpack archives of strangers: nothing outside the folder, no links, no bombs, all or nothing."""

import gzip
import shutil
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, cast

from audio_debias.errors import InputError
from audio_debias.fetching.space import full_disk_explained, human_size
from audio_debias.files import replacing

MAX_BYTES = 64 * 10**9
MAX_MEMBERS = 500_000
MAX_RATIO = 100.0

_Stream = IO[bytes] | gzip.GzipFile
_CHUNK = 1 << 20
# Below this size an archive may be as compressible as it likes.
_HARMLESS = 1 << 26
_BROKEN = (
    *(EOFError, OSError, OverflowError, RuntimeError, ValueError),
    *(struct.error, tarfile.TarError, zipfile.BadZipFile, zlib.error),
)


@dataclass(frozen=True)
class _Member:
    name: str
    size: int
    is_folder: bool
    open: Callable[[], IO[bytes]]


def unpack(
    archive: str | Path,
    folder: str | Path,
    *,
    members: Sequence[str] | None = None,
    replace: bool = False,
    max_bytes: int = MAX_BYTES,
    max_members: int = MAX_MEMBERS,
    max_ratio: float = MAX_RATIO,
) -> list[Path]:
    """Unpack a zip, tar or tar.gz archive into a new folder.

    Files are written to a temporary folder beside `folder`, which is renamed when all is well.
    They get the permissions and times of new files. Links, devices and names that lead out of
    the folder are refused wherever they stand, not only among the selected members.

    Parameters
    ----------
    archive : path
        Its kind is told by its first bytes.
    folder : path
        Must not exist, or be empty.
    members : sequence of str, optional
        Patterns (`fnmatch`; ``*`` also matches ``/``) of the names to unpack; each must match.
    replace : bool
        Replace a `folder` that is not empty, all of it.
    max_bytes : int
        Most bytes that the archive may hold.
    max_members : int
        Most files and folders.
    max_ratio : float
        Most bytes per byte of the archive, once they are more than 64 MiB. This and `max_bytes`
        are counted while the data streams; sizes in headers only serve to refuse sooner.

    Returns
    -------
    list of Path
        The files, in the order of their names.

    Raises
    ------
    InputError
        If the archive is broken, unsafe or too large, a pattern matches nothing, or the disk is
        full.
    """
    archive, folder = Path(archive), Path(folder)
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: is a file; {archive.name} is to be unpacked there: remove it")
    if folder.exists() and any(folder.iterdir()) and not replace:
        raise InputError(f"{folder}: is not empty; remove it to unpack {archive.name} there")

    temporary = folder.with_name(f".{folder.name}.unpacking")
    if temporary.is_symlink() or temporary.is_file():  # nobody's work is behind it
        temporary.unlink()
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        with _refusing(archive), full_disk_explained(folder):
            limit = _byte_limit(archive, max_bytes, max_ratio)
            names = _extract(archive, temporary, members, limit, max_members)
        if folder.exists():
            shutil.rmtree(folder)
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return [folder / name for name in sorted(names)]


def gunzip(
    archive: str | Path,
    destination: str | Path,
    *,
    max_bytes: int = MAX_BYTES,
    max_ratio: float = MAX_RATIO,
) -> Path:
    """Decompress one gzipped file, such as a ``.h5.gz`` of weights; limits as in :func:`unpack`.

    Raises
    ------
    InputError
        If the file is broken or too large, or the disk is full.
    """
    archive, destination = Path(archive), Path(destination)
    with _refusing(archive), full_disk_explained(destination):
        limit = _byte_limit(archive, max_bytes, max_ratio)
        with (
            replacing(destination) as temporary,
            gzip.open(archive) as source,
            open(temporary, "wb") as target,
        ):
            _copy(source, target, limit)
    return destination


class _Unsafe(Exception):
    """What an archive holds that it must not."""


@contextmanager
def _refusing(archive: Path) -> Iterator[None]:
    """One line for whatever is wrong with an archive."""
    if not archive.is_file():
        raise InputError(f"{archive}: no such file; correct the path")
    if not archive.stat().st_size:
        raise InputError(f"{archive}: is empty; fetch it again")
    try:
        yield
    except InputError:
        raise
    except _Unsafe as reason:
        raise InputError(f"{archive}: {reason}; get the archive from its publisher") from None
    except _BROKEN as error:
        detail = " ".join(str(error).split())[:200] or type(error).__name__
        raise InputError(f"{archive}: cannot be unpacked ({detail!r}); fetch it again") from error


def _byte_limit(archive: Path, max_bytes: int, max_ratio: float) -> int:
    return min(max_bytes, max(_HARMLESS, int(max_ratio * archive.stat().st_size)))


def _extract(
    archive: Path, folder: Path, patterns: Sequence[str] | None, limit: int, max_members: int
) -> list[str]:
    """Write the selected members into `folder`; return their names."""
    names, seen, unmatched = [], set(), set(patterns or ())
    n_bytes = 0
    for index, member in enumerate(_members(archive, limit)):
        if index >= max_members:
            raise _Unsafe(f"holds more than {max_members} members, the limit `max_members`")
        name = _inside(member)
        if member.is_folder:
            continue
        if name in seen:
            raise _Unsafe(f"holds {name!r} twice")
        seen.add(name)
        if member.size > limit - n_bytes:
            raise _too_large(limit)
        matching = {pattern for pattern in patterns or () if fnmatchcase(name, pattern)}
        unmatched -= matching
        if patterns is not None and not matching:
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with member.open() as source, open(target, "xb") as file:
            n_bytes += _copy(source, file, limit - n_bytes)
        names.append(name)
    if unmatched:
        raise InputError(f"{archive}: members: nothing matches {sorted(unmatched)}; correct them")
    return names


def _copy(source: _Stream, target: IO[bytes], limit: int) -> int:
    """Copy to the end, or to the first byte over the limit; return the number of bytes."""
    n_bytes = 0
    while chunk := source.read(_CHUNK):
        n_bytes += len(chunk)
        if n_bytes > limit:
            raise _too_large(limit)
        target.write(chunk)
    return n_bytes


def _too_large(limit: int) -> _Unsafe:
    return _Unsafe(
        f"unpacks to more than {human_size(limit)}, as a decompression bomb would "
        "(`max_bytes` and `max_ratio` are the limits)"
    )


def _inside(member: _Member) -> str:
    """The member's name without ``.`` and empty parts; refused if it may lead out."""
    name = member.name
    # Windows rules know both kinds of slash and drives: what they find harmless, POSIX does too.
    if PureWindowsPath(name).anchor or ".." in PureWindowsPath(name).parts or "\0" in name:
        raise _Unsafe(f"holds {name!r}, which leads out of the folder")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise _Unsafe(f"holds {name!r}, a name that is not UTF-8 or has control characters")
    inside = PurePosixPath(name)
    if not inside.parts and not member.is_folder:
        raise _Unsafe(f"holds a file without a name ({name!r})")
    return str(inside)


def _members(archive: Path, limit: int) -> Iterator[_Member]:
    with open(archive, "rb") as file:
        head = file.read(2)
        file.seek(0)
        if head == b"PK":
            yield from _zip_members(file)
        elif head == b"\x1f\x8b":
            with gzip.open(file) as stream:
                yield from _tar_members(stream, limit)
        else:
            yield from _tar_members(file, limit)


def _zip_members(file: IO[bytes]) -> Iterator[_Member]:
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            # The upper half of the attributes is the Unix mode, 0 where there is none.
            if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise _Unsafe(f"holds {info.filename!r}, which is a link or a device")
            if info.flag_bits & 0x1:
                raise _Unsafe(f"holds {info.filename!r}, which is encrypted")
            # zipfile decompresses the other methods without a bound on the memory.
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise _Unsafe(f"holds {info.filename!r}, which is neither stored nor deflated")
            content = partial(archive.open, info)
            yield _Member(info.filename, info.file_size, info.is_dir(), content)


def _tar_members(stream: _Stream, limit: int) -> Iterator[_Member]:
    bounded = _Bounded(stream, limit)
    # All that tarfile asks of it is to read, seek and tell.
    with tarfile.open(fileobj=cast(IO[bytes], bounded), mode="r:") as archive:
        for info in archive:
            if not (info.isreg() or info.isdir()) or info.issparse():
                raise _Unsafe(f"holds {info.name!r}, which is a link, a device or sparse")
            if info.size < 0:
                raise _Unsafe(f"holds {info.name!r} of {info.size} bytes")
            content = cast(Callable[[], IO[bytes]], partial(archive.extractfile, info))
            yield _Member(info.name, info.size, info.isdir(), content)
        # tarfile takes a damaged header for the end; the real one is a block of zeros, and gzip
        # verifies its checksum only at the end of its stream.
        bounded.seek(archive.offset)
        if bounded.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
            raise tarfile.ReadError("damaged or cut short: it has no end mark")
        while bounded.read(_CHUNK):
            pass


class _Bounded:
    """A tar stream without bombs: it ends at `limit`, and no single read is large.

    tarfile reads whole headers at once, whatever size they claim, and decompresses what it skips.
    """

    def __init__(self, stream: _Stream, limit: int):
        self._stream = stream
        self._limit = limit

    def read(self, size: int) -> bytes:
        if not 0 <= size <= _CHUNK:
            raise _Unsafe(f"holds a header of {size} bytes")
        data = self._stream.read(size)
        if self._stream.tell() > self._limit:
            raise _too_large(self._limit)
        return data

    def seek(self, position: int) -> int:
        if position > self._limit:
            raise _too_large(self._limit)
        return self._stream.seek(position)

    def tell(self) -> int:
        return self._stream.tell()

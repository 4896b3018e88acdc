"""Whether a file is cut, and whether more sound follows: one rule for all containers.

A length in a header is a count, an estimate, or a placeholder of a recorder that could not know.
Only a count that the file does not keep says that it is cut.
"""

import io
import os
import re
from pathlib import Path
from typing import IO, Literal

import soundfile

from audio_debias.sound.av_decoding import container_seconds

COUNTED = 0x7F000000
"""Bytes (nearly 2 GiB) from which a 32-bit length is a recorder's placeholder, not a count."""

STEP = 2**20

UNKNOWN = 2**62
"""libsndfile's number of samples where the header gives none, or more."""

SELF_FRAMED = ("MP3", "OGG", "FLAC")
"""Containers that are read frame by frame: what is missing shows when they are decoded."""

# The mark of the stream, then the header of its first block, 34 bytes long (RFC 9639, 8).
_FLAC = re.compile(rb"fLaC[\x00\x80]\x00\x00\x22")

LONGEST_PAGE = 65_307
"""Bytes of a page of Ogg at most."""

_MPEG_FRAME = re.compile(rb"\xff[\xe2-\xff]")

_LONGEST_FRAME = 1441
"""Bytes of an MPEG frame of layer III at most."""

# A frame's header, its side information of zeros (9 to 32 bytes), the tag, and what it counts.
_COUNT = re.compile(rb"\xff[\xe2-\xff]..\x00{9,32}(?:Xing|Info)(\x00\x00\x00.)", re.DOTALL)


class _Longer(io.RawIOBase):
    """A file that goes on in zeros up to `size` bytes."""

    def __init__(self, path: Path, size: int):
        self._file = path.open("rb")
        self._end = os.fstat(self._file.fileno()).st_size
        self._size = max(size, self._end)
        self._position = 0

    def seek(self, offset, whence=io.SEEK_SET):
        """Move to a byte; ``soundfile`` asks for the end to learn the size."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = base + offset
        return self._position

    def tell(self):
        """The next byte."""
        return self._position

    def readinto(self, buffer):
        """Fill a buffer: with what the file holds, then with zeros."""
        wanted = max(min(len(buffer), self._size - self._position), 0)
        self._file.seek(min(self._position, self._end))
        held = self._file.read(min(wanted, max(self._end - self._position, 0)))
        buffer[: len(held)] = held
        buffer[len(held) : wanted] = bytes(wanted - len(held))
        self._position += wanted
        return wanted

    def close(self):
        """Close the file."""
        self._file.close()
        super().close()


def counted_frames(path: Path, n_frames: int) -> int | None:
    """The number of samples that the header counts, if the file holds fewer: else None.

    libsndfile gives what a file holds, however many samples its header promises. Were the file
    longer, it would give what is counted, however much longer: a length that grows with the file is
    no count.

    Parameters
    ----------
    path : Path
        Of a container that libsndfile reads, none of `SELF_FRAMED`.
    n_frames : int
        What the file holds.
    """
    size = path.stat().st_size
    base = COUNTED if size < COUNTED else 8 * size
    found = []
    for length in (base, base - STEP):
        try:
            with _Longer(path, length) as longer, soundfile.SoundFile(longer) as file:
                found.append(file.frames)
        except (soundfile.SoundFileError, OSError, TypeError, ValueError):
            return None
    return found[0] if found[0] == found[1] > n_frames else None


def cut_by_its_header(path: Path, container: str) -> bool:
    """Whether a header counts more bytes or samples than there are, where libsndfile looks at
    nothing but the length of the file.

    Parameters
    ----------
    path : Path
    container : str
        libsndfile's name of it.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(1024)
        if container == "CAF":
            return _caf_end(file) > size
        if container == "VOC":
            return _voc_end(file) > size
    if container == "NIST":
        return _nist_end(head) > size
    ends = {
        "W64": int.from_bytes(head[16:24], "little"),
        "SVX": 8 + int.from_bytes(head[4:8], "big"),
        "AU": _au_end(head),
    }
    return size < ends.get(container, 0) < 2**62


def _au_end(head: bytes) -> int:
    """Where the samples of an AU file end by its header; 0 where the length is not told."""
    order: Literal["big", "little"] = "big" if head[:4] == b".snd" else "little"
    offset, length = (int.from_bytes(head[at : at + 4], order) for at in (4, 8))
    return 0 if length >= COUNTED else offset + length


def _nist_end(head: bytes) -> int:
    """Where the samples of a NIST SPHERE file end by its header."""
    fields = dict(re.findall(rb"(\w+) -i (\d+)", head))
    samples = int(fields.get(b"sample_count", 0)) * int(fields.get(b"channel_count", 1))
    return 1024 + samples * int(fields.get(b"sample_n_bytes", 1))


def _voc_end(file: IO[bytes]) -> int:
    """Where the last block of a VOC file ends."""
    file.seek(20)
    at = int.from_bytes(file.read(2), "little")
    size = os.fstat(file.fileno()).st_size
    while at < size:
        file.seek(at)
        block = file.read(4)
        if len(block) < 4 or block[0] == 0:
            return at
        at += 4 + int.from_bytes(block[1:], "little")
    return at


def _caf_end(file: IO[bytes]) -> int:
    """Where the samples of a CAF file end by its header; 0 where the length is not told."""
    at, size = 8, os.fstat(file.fileno()).st_size
    while at < size:
        file.seek(at)
        chunk = file.read(12)
        if len(chunk) < 12:
            return 0
        length = int.from_bytes(chunk[4:], "big", signed=True)
        if chunk[:4] == b"data":
            return 0 if length < 0 else at + 12 + length
        at += 12 + max(length, 0)
    return 0


def more_follows(path: Path, container: str, position: int) -> bool:
    """Whether sound follows in a file after the byte up to which it was decoded.

    Parameters
    ----------
    path : Path
    container : {"MP3", "OGG"}
        Files of these may be joined: libsndfile reads the first, or what a wrong estimate of the
        length lets it.
    position : int
        Bytes that were read to give all samples.
    """
    with path.open("rb") as file:
        file.seek(position)
        rest = file.read()
    if container == "OGG":
        return b"OggS" in rest
    return any(_is_frame(rest, match.start()) for match in _MPEG_FRAME.finditer(rest))


def second_flac(path: Path) -> bool:
    """Whether another FLAC stream begins in a file behind the first."""
    return _FLAC.search(path.read_bytes(), 4) is not None


def ogg_ends(path: Path) -> bool:
    """Whether an Ogg file holds its last page whole, marked as an end (RFC 3533, section 6)."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(size - 2 * LONGEST_PAGE, 0))
        tail = file.read()
    at = tail.rfind(b"OggS")
    header = tail[at : at + 27]
    if at < 0 or len(header) < 27 or not header[5] & 4:
        return False
    segments = tail[at + 27 : at + 27 + header[26]]
    return at + 27 + len(segments) + sum(segments) <= len(tail) and len(segments) == header[26]


def _is_frame(data: bytes, start: int) -> bool:
    """Whether an MPEG audio frame begins here, and another, or the end, where it ends."""
    for _ in range(3):
        length = _frame_length(data[start : start + 4])
        if length is None:
            return False
        start += length
        if start >= len(data):
            return start == len(data)
    return True


_KILOBITS = {
    (3, 1): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (3, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (2, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def _frame_length(header: bytes) -> int | None:
    """Bytes of an MPEG audio frame of layer II or III, from its header (ISO 11172-3, 2.4.1.3)."""
    if len(header) < 4:
        return None
    word = int.from_bytes(header)
    version, layer = word >> 19 & 3, word >> 17 & 3
    rates = _RATES.get(version)
    bits, rate = word >> 12 & 15, word >> 10 & 3
    if word >> 21 != 0x7FF or layer not in (1, 2) or rates is None or rate == 3 or bits in (0, 15):
        return None
    kilobits = _KILOBITS[3 if version == 3 else 2, layer][bits]
    samples = 144 if version == 3 or layer == 2 else 72
    return samples * kilobits * 1000 // rates[rate] + (word >> 9 & 1)


def seconds_told(path: Path) -> float | None:
    """How long a file says that it is, without a look at its sound; None where it does not say."""
    try:
        info = soundfile.info(path)
    except (soundfile.SoundFileError, OSError, TypeError, ValueError):
        return container_seconds(path)
    if (
        info.frames >= UNKNOWN
        or info.samplerate < 1
        or (info.format == "MP3" and not has_count(path))
    ):
        return None
    return info.frames / info.samplerate


def has_count(path: Path) -> bool:
    """Whether an mp3 begins with a frame that counts its frames (Xing, Info or VBRI)."""
    with path.open("rb") as file:
        head = file.read(10)
        skipped = 0
        if head[:3] == b"ID3" and len(head) == 10:  # sizes of seven bits a byte
            skipped = 10 + sum((byte & 127) << 7 * (3 - at) for at, byte in enumerate(head[6:10]))
        file.seek(skipped)
        first = file.read(4096)
    return any(mark in first for mark in (b"Xing", b"Info", b"VBRI"))


def cut_among_joined(path: Path) -> bool:
    """Whether one of several joined mp3s ends before the bytes that its first frame counts."""
    data = path.read_bytes()
    marks = list(_COUNT.finditer(data))
    if len(marks) < 2:
        return False
    limits = [*(mark.start() for mark in marks[1:]), len(data)]
    for mark, limit in zip(marks, limits, strict=True):
        flags, at = mark[1][3], mark.end()
        at += 4 * (flags & 1)
        counted = int.from_bytes(data[at : at + 4]) if flags & 2 else 0
        if mark.start() + counted > limit + _LONGEST_FRAME:
            return True
    return False

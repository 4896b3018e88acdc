"""Ogg Vorbis files whose bytes depend on the sound alone.

libsndfile numbers every Ogg stream at random; here the number is given. Page layout and checksum:
RFC 3533, section 6.
"""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import soundfile

from audio_debias.files import replacing

_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def write_ogg(path: Path, sound: np.ndarray, rate: int, serial: int) -> None:
    """Write a sound as Ogg Vorbis with the given stream serial number (32 bits)."""
    buffer = io.BytesIO()
    soundfile.write(buffer, sound, rate, format="OGG", subtype="VORBIS")
    with replacing(path) as temporary:
        temporary.write_bytes(renumbered(buffer.getvalue(), serial))


def renumbered(stream: bytes, serial: int) -> bytes:
    """The pages of an Ogg stream under another serial number (32 bits)."""
    pages, start = [], 0
    while start < len(stream):
        segments = stream[start + 26]
        header = start + 27 + segments
        end = header + sum(stream[start + 27 : header])
        page = bytearray(stream[start:end])
        page[14:18] = struct.pack("<I", serial)
        page[22:26] = bytes(4)
        page[22:26] = struct.pack("<I", _checksum(page))
        pages.append(page)
        start = end
    return b"".join(pages)


def _checksum(page: bytes | bytearray) -> int:
    """Ogg's CRC-32: zlib's polynomial with the bits the other way round, start and end value 0."""
    mirrored = zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)

"""Sound files, or parts of them, to samples, block by block and to the end.

A path may name a part of a file: see :mod:`audio_debias.sound.segments`.
"""

import contextlib
import math
import os
from collections.abc import Generator, Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile

from audio_debias.sound.av_decoding import Undecodable, codec_of, decode_with_av
from audio_debias.sound.lengths import (
    SELF_FRAMED,
    UNKNOWN,
    counted_frames,
    cut_among_joined,
    cut_by_its_header,
    has_count,
    more_follows,
    ogg_ends,
    second_flac,
)
from audio_debias.sound.looks import Look, mix
from audio_debias.sound.segments import SLACK, Span, cut, part_of

MIN_RATE, MAX_RATE = 1_000, 1_000_000
"""Sample rates (Hz) beyond which a header is wrong and resampling would fill the memory."""

MAX_VALUES = 400_000_000
"""Samples times channels of a clip at most: an hour in stereo at 48 kHz. A few bytes of silence
may promise any number."""

BLOCK = 2**20
"""Values (samples times channels) that are decoded at a time."""

_FOREIGN = (1, 4)
"""libsndfile's errors of formats and codecs that it does not know; what it knows and finds broken
is broken."""

_SEEKABLE = {"WAV", "WAVEX", "RF64", "W64", "AIFF", "AU", "CAF", "FLAC"}
"""Containers in which each sample of plain or FLAC coding has its place."""


class BrokenAudio(Exception):
    """A sound file that gives no usable waveform.

    Attributes
    ----------
    reason : str
        ``missing``, ``undecodable``, ``truncated``, ``empty``, ``too_long``, ``out_of_memory`` or
        ``not_finite``.
    detail : str
        What was found, in one line.
    """

    def __init__(self, reason: str, detail: str):
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = " ".join(detail.split())


def decode(path: Path, dtype: str = "float32") -> tuple[np.ndarray, int, str]:
    """All samples of a file, shape (n_samples, n_channels), their rate in Hz, and their encoding.

    The encoding is libsndfile's word, such as ``PCM_16``, or FFmpeg's, such as ``aac``.

    Parameters
    ----------
    path : Path
        Any format that libsndfile reads, or PyAV where it is installed; or a part of such a file.
    dtype : str
        ``float32`` or ``float64``; full scale is -1 to 1.

    Raises
    ------
    BrokenAudio
        If the file is missing, not decodable to its end, truncated or empty, ends before the part
        does, or what is asked for holds more values than `MAX_VALUES`.
    """
    decoded, rate, encoding = _decoded(path, dtype)
    blocks = list(decoded)
    return blocks[0] if len(blocks) == 1 else np.concatenate(blocks), rate, encoding


def decode_mono(path: Path, dtype: str = "float32") -> tuple[np.ndarray, int, Look]:
    """The mean of a file's channels, shape (n_samples,), its rate in Hz, and what was seen.

    Parameters and errors are those of :func:`decode`; channels are never in memory together beyond
    a block.
    """
    blocks, rate, _ = _decoded(path, dtype)
    parts, look = [], Look()
    for block in blocks:
        mono = mix(block)
        look.add(block, mono)
        parts.append(mono)
    return np.concatenate(parts), rate, look


def duration(path: Path) -> float:
    """Seconds of a file, or of a part: by the header where that counts them, else by decoding.

    Raises
    ------
    BrokenAudio
        If the file is missing, empty or not decodable. That it is whole shows in decoding.
    """
    file, span = part_of(path)
    if span is None:
        return _duration(path)
    if not file.is_file():
        raise BrokenAudio("missing", "no such file")
    seconds = _known_duration(file, file.stat().st_size, file.stat().st_mtime_ns)
    if span.end > seconds + SLACK or span.start >= seconds:
        raise BrokenAudio("truncated", f"ends at {seconds:g} s, before the part does")
    return min(span.end, seconds) - span.start


@lru_cache(maxsize=256)
def _known_duration(path: Path, _size: int, _changed: int) -> float:
    """A file of many parts is looked at once."""
    return _duration(path)


def _duration(path: Path) -> float:
    if not path.is_file():
        raise BrokenAudio("missing", "no such file")
    if not path.stat().st_size:
        raise BrokenAudio("empty", "holds no sound")
    try:
        info = soundfile.info(path)
    except soundfile.LibsndfileError as error:
        if error.code not in _FOREIGN:
            raise BrokenAudio("undecodable", error.error_string) from None
    except (OSError, TypeError, ValueError) as error:
        raise BrokenAudio("undecodable", str(error)) from None
    else:
        if info.frames == 0:
            more = path.stat().st_size
            raise BrokenAudio("empty", f"the header counts 0 samples, in a file of {more} bytes")
        if info.frames < UNKNOWN and not (info.format == "MP3" and not has_count(path)):
            return info.frames / info.samplerate
    mono, rate, _ = decode_mono(path)
    return len(mono) / rate


def _decoded(path: Path, dtype: str) -> tuple[Iterator[np.ndarray], int, str]:
    """Blocks of samples, rate, encoding: by libsndfile, and by PyAV what that cannot read."""
    path, span = part_of(path)
    if not path.is_file():
        raise BrokenAudio("missing", "no such file")
    if not path.stat().st_size:
        raise BrokenAudio("empty", "the file has 0 bytes")
    try:
        file = soundfile.SoundFile(os.open(path, os.O_RDONLY), closefd=True)
    except soundfile.LibsndfileError as error:
        if error.code not in _FOREIGN:
            raise BrokenAudio("undecodable", error.error_string) from None
        blocks, rate, encoding = _by_av(path, dtype, error.error_string, span)
        return (blocks if span is None else _part(blocks, span, rate, 0)), rate, encoding
    except (OSError, TypeError, ValueError) as error:
        raise BrokenAudio("undecodable", str(error)) from None
    wanted = file.frames if file.frames < UNKNOWN else 0
    if span is not None:
        first, last = span.frames(file.samplerate)
        wanted = last - first
    if wanted * file.channels > MAX_VALUES:
        file.close()
        raise BrokenAudio("too_long", _too_long(wanted, file.channels))
    rate, encoding = file.samplerate, file.subtype
    if span is None:
        return _by_libsndfile(path, file, dtype, 0, MAX_VALUES), rate, encoding
    return _part_by_libsndfile(path, file, dtype, span), rate, encoding


def _part_by_libsndfile(
    path: Path, file: soundfile.SoundFile, dtype: str, span: Span
) -> Iterator[np.ndarray]:
    """The blocks of a part: from its first sample where every sample has its place in the file,
    else from the beginning on."""
    first = span.frames(file.samplerate)[0]
    placed = file.format in _SEEKABLE and file.subtype.startswith(("PCM", "FLOAT", "DOUBLE"))
    try:
        skipped = file.seek(first) if placed and first < file.frames < UNKNOWN else 0
    except soundfile.SoundFileError as error:
        file.close()
        raise BrokenAudio("undecodable", str(error)) from None
    with contextlib.closing(_by_libsndfile(path, file, dtype, skipped, math.inf)) as blocks:
        yield from _part(blocks, span, file.samplerate, skipped)


def _part(
    blocks: Iterator[np.ndarray], span: Span, rate: int, skipped: int
) -> Iterator[np.ndarray]:
    """A part of blocks, refused if they end before it does."""
    first, last = span.frames(rate)
    n_frames = 0
    for block in cut(blocks, first, last, skipped):
        n_frames += len(block)
        yield block
    lacking = last - first - n_frames
    if lacking > SLACK * rate or not n_frames:
        raise BrokenAudio("truncated", f"the file ends {lacking / rate:g} s before the part does")


def _too_long(frames: int, channels: int) -> str:
    return f"the header counts {frames} samples of {channels} channels; cut the file into clips"


def _by_libsndfile(
    path: Path, file: soundfile.SoundFile, dtype: str, n_frames: int, limit: float
) -> Generator[np.ndarray]:
    """The blocks of an open file from sample `n_frames` on; what is wrong shows at the end."""
    with file:
        size = max(BLOCK // file.channels, 1)
        while True:
            block, ended = _read(file, size, dtype)
            n_frames += len(block)
            if n_frames * file.channels > limit:
                raise BrokenAudio("too_long", f"holds more than {limit} values")
            if len(block):
                yield block
            if ended:
                break
        promised, container = file.frames, file.format
        position = os.lseek(file.name, 0, os.SEEK_CUR)
    if container == "OGG" and not ogg_ends(path):
        raise BrokenAudio("truncated", "the Ogg stream has no end")
    counts = container != "MP3" or has_count(path)
    if counts and promised < UNKNOWN and n_frames < promised:
        raise BrokenAudio("truncated", f"holds {n_frames} of {promised} samples")
    if container == "FLAC" and promised >= UNKNOWN and second_flac(path):
        raise BrokenAudio("undecodable", f"more sound follows the {n_frames} samples of its first")
    if container in ("MP3", "OGG") and more_follows(path, container, position):
        yield from _rest_by_av(path, dtype, n_frames, file.samplerate)
    elif container not in SELF_FRAMED:
        _refuse_cut(path, container, n_frames)
    if not n_frames:
        size = path.stat().st_size
        raise BrokenAudio("empty", f"the header counts 0 samples, in a file of {size} bytes")


def _read(file: soundfile.SoundFile, size: int, dtype: str) -> tuple[np.ndarray, bool]:
    """The next samples, and whether these are the last."""
    block = np.empty((size, file.channels), dtype)
    if file.frames >= UNKNOWN:
        block.fill(np.nan)  # what is not overwritten shows where the sound ended
    try:
        n_read = len(file.read(out=block))
    except soundfile.LibsndfileError as error:
        if file.frames < UNKNOWN:
            raise BrokenAudio("undecodable", error.error_string or "damaged") from None
        # At the end of sound of unknown length, libsndfile cannot tell where it is.
        n_read = int(np.isnan(block).all(axis=1).argmax()) if np.isnan(block[-1]).all() else size
        return block[:n_read], True
    except MemoryError:
        raise BrokenAudio("out_of_memory", f"{size} samples do not fit") from None
    return block[:n_read], n_read < size


def _refuse_cut(path: Path, container: str, n_frames: int) -> None:
    """Refuse a file that holds less than its header counts, where libsndfile does not tell."""
    counted = counted_frames(path, n_frames)
    if counted is not None:
        raise BrokenAudio("truncated", f"holds {n_frames} of {counted} samples")
    if cut_by_its_header(path, container):
        raise BrokenAudio("truncated", f"holds {n_frames} samples, its header counts more")


def _rest_by_av(path: Path, dtype: str, n_frames: int, rate: int) -> Iterator[np.ndarray]:
    """The samples after the first `n_frames` of a file of several."""
    if path.suffix.lower() == ".mp3" and cut_among_joined(path):
        raise BrokenAudio("truncated", "of the mp3s joined in it, one is cut")
    try:
        samples, _ = decode_with_av(path, dtype, MAX_VALUES, rate)
    except Undecodable as error:
        raise BrokenAudio(
            error.reason, f"more sound follows the {n_frames} samples of its first part: {error}"
        ) from None
    if len(samples) <= n_frames:
        raise BrokenAudio("undecodable", f"more follows the {n_frames} samples of its first part")
    yield samples[n_frames:]


def _by_av(
    path: Path, dtype: str, reason: str, span: Span | None
) -> tuple[Iterator[np.ndarray], int, str]:
    try:
        samples, rate = decode_with_av(path, dtype, MAX_VALUES, until=span and span.end)
        encoding = codec_of(path)
    except Undecodable as error:
        raise BrokenAudio(error.reason, error.told_after(reason)) from None
    except MemoryError:
        raise BrokenAudio("out_of_memory", "its samples do not fit") from None
    return iter([samples]), rate, encoding

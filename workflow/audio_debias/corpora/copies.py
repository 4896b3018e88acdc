"""A clip is its sound, not its name: clips with the same samples are found by hashing these.

Two files hold the same sound if they decode to the same samples at the same rate, whatever their
names, tags and lossless formats; channels that are all the same count as one. Most clips differ in
their first samples already, so few are decoded to the end. Sound that never moves (silence)
identifies nothing.
"""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile

from audio_debias.sound.decoding import BrokenAudio, decode
from audio_debias.sound.segments import part_of

_log = logging.getLogger("audio_debias")

HEAD = 2**12
"""Samples of each channel that are hashed of every clip."""

BLOCK = 2**16
"""Samples of each channel that are decoded at a time."""

_UNREADABLE = (OSError, TypeError, ValueError, soundfile.SoundFileError, BrokenAudio)


def same_sound(paths: Iterable[Path]) -> list[str | None]:
    """A name for the sound of every file: equal where the decoded samples are equal.

    Parameters
    ----------
    paths : iterable of n Path

    Returns
    -------
    list of n str or None
        None where the sound is unlike that of all others, cannot be decoded, or never moves.
    """
    paths = list(paths)
    with ThreadPoolExecutor(min(8, cpu_count() or 1)) as pool:
        heads = list(pool.map(_head, paths))
        alike: dict[str, list[int]] = defaultdict(list)
        for number, head in enumerate(heads):
            if head is not None:
                alike[head].append(number)
        wanted = [number for group in alike.values() if len(group) > 1 for number in group]
        wholes = dict(zip(wanted, pool.map(_whole, [paths[n] for n in wanted]), strict=True))
    counts = pd.Series(list(wholes.values()), dtype=object).value_counts()
    return [
        whole if (whole := wholes.get(number)) is not None and counts[whole] > 1 else None
        for number in range(len(paths))
    ]


def copies_of(clips: pd.DataFrame, root: Path) -> pd.Series:
    """For every clip that is a copy, the clip that has the same sound and goes before it.

    Training clips go before test clips, then by ``clip_id``.

    Parameters
    ----------
    clips : DataFrame
        ``clip_id``, ``path`` (null = no sound) and, if there is a split yet, ``split``.
    root : Path
        What paths are relative to.

    Returns
    -------
    Series of str
        The index of the copy in `clips` to the index of the clip that it is a copy of.
    """
    heard = clips[clips["path"].notna()]
    sounds = pd.Series(same_sound([root / p for p in heard["path"]]), heard.index, dtype=object)
    order = heard.assign(sound=sounds, test=heard["split"].eq("test") if "split" in heard else 0)
    order = order.dropna(subset="sound").sort_values(["test", "clip_id"], kind="stable")
    first = order.groupby("sound")["clip_id"].transform(lambda ids: ids.index[0])
    return first[first != first.index]


def without_copies(
    clips: pd.DataFrame, root: Path, *, drop: bool, source: str
) -> tuple[pd.DataFrame, list[tuple[str, str, str]]]:
    """Keep one clip of each sound: of a training and a test clip, the training clip.

    Parameters
    ----------
    clips : DataFrame
        As :func:`copies_of` takes it.
    root : Path
    drop : bool
        False keeps all, and warns.
    source : str
        What to name in the log.

    Returns
    -------
    clips : DataFrame
    dropped : list of (clip_id, reason, detail)
        The reason is ``duplicate``.
    """
    copies = copies_of(clips, root)
    if copies.empty:
        return clips, []
    ids = clips["clip_id"]
    rows = [(ids[copy], "duplicate", f"same sound as {ids[one]}") for copy, one in copies.items()]
    across = 0
    if "split" in clips:
        across = int((clips["split"][copies.index] != clips["split"][copies].to_numpy()).sum())
    _log.warning(
        "warning: %s: %d clips are copies of others, %d of them across the split, such as %s: %s%s",
        *(source, len(rows), across, rows[0][0], rows[0][2]),
        "" if drop else "; `drop_duplicates: true` keeps one of each",
    )
    if not drop:
        return clips, []
    return clips.drop(index=copies.index).reset_index(drop=True), rows


def _blocks(path: Path, size: int) -> Iterator[tuple[int, np.ndarray]]:
    """The rate, and the samples up to the end, `size` of each channel at a time; NaN follows it.

    Of many channels fewer samples: a header may claim a thousand of them.
    """
    if part_of(path)[1] is not None:
        samples, rate, _ = decode(path)
        size //= max(samples.shape[1] // 8, 1)
        padding = np.full((-len(samples) % size, samples.shape[1]), np.nan, np.float32)
        samples = np.concatenate([samples, padding])
        yield from ((rate, samples[at : at + size]) for at in range(0, len(samples), size))
        return
    with soundfile.SoundFile(path) as file:
        size //= max(file.channels // 8, 1)
        while True:
            block = np.full((size, file.channels), np.nan, np.float32)
            try:
                ended = len(file.read(out=block)) < size
            except soundfile.LibsndfileError:  # at the end of sound whose header gives no length
                ended = True
            if not np.isnan(block[0]).all():
                yield file.samplerate, block
            if ended:
                return


def _head(path: Path) -> str | None:
    """A hash of the rate, the channels and the first samples."""
    try:
        return next((_digest(rate, block) for rate, block in _blocks(path, HEAD)), None)
    except _UNREADABLE:
        return None


def _whole(path: Path) -> str | None:
    """A hash of the rate, the channels and all samples; None of sound that never moves."""
    try:
        blocks, moves = [], False
        for rate, block in _blocks(path, BLOCK):
            blocks.append(_digest(rate, block))
            moves = moves or bool((np.nanmax(block, 0) > np.nanmin(block, 0)).any())
        return hashlib.sha256("".join(blocks).encode()).hexdigest() if moves else None
    except _UNREADABLE:
        return None


def _digest(rate: int, samples: np.ndarray) -> str:
    # Bits, for NaN is unlike itself.
    bits = samples.view(np.uint32)
    if (bits == bits[:, :1]).all():
        samples = np.ascontiguousarray(samples[:, :1])
    shape = f"{rate}:{samples.shape[1]}:".encode()
    return hashlib.sha256(shape + samples.tobytes()).hexdigest()

"""From sound files to their recording properties: one decode a clip."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from audio_debias.corpora.properties import describe_header, measure, properties_frame
from audio_debias.models.embeddings import SKIPPED_COLUMNS
from audio_debias.sound.decoding import MAX_RATE, MIN_RATE, BrokenAudio, decode
from audio_debias.sound.lengths import seconds_told
from audio_debias.sound.segments import fragment, part_of

LONGEST = 600.0
"""Seconds of a clip that are measured: of a longer one, those in its middle."""


def measure_file(path: str | Path) -> dict:
    """The properties of a sound file, header and sound; of a long one, those of its middle.

    Raises
    ------
    BrokenAudio
        If it gives no usable sound, as for the models.
    """
    middle, seconds = _middle(Path(path))
    samples, rate, encoding = decode(middle, "float32")
    if not MIN_RATE <= rate <= MAX_RATE:
        raise BrokenAudio("undecodable", f"the sample rate is {rate} Hz")
    if not len(samples):
        raise BrokenAudio("empty", "the file holds 0 samples")
    if not np.isfinite(samples).all():
        raise BrokenAudio("not_finite", "the file holds NaN or infinite samples")
    return {**measure(samples, rate), **describe_header(encoding), **seconds}


def _middle(path: Path) -> tuple[Path, dict]:
    """What is measured of a file or part, and how long that is where it is not measured whole."""
    file, span = part_of(path)
    seconds = span.end - span.start if span else seconds_told(file)
    if seconds is None or seconds <= LONGEST:
        return path, {}
    start = (seconds - LONGEST) / 2 + (span.start if span else 0)
    return Path(f"{file}{fragment(start, start + LONGEST)}"), {"seconds": seconds}


def measure_shard(
    clips: pd.DataFrame, root: str | Path, shard: int = 0, n_shards: int = 1, threads: int = 1
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure one shard of a corpus, cut as for the extraction of embeddings.

    Parameters
    ----------
    clips : DataFrame
        The clip table of the whole corpus; ``clip_id`` and ``path`` are used.
    root : path
        What the clips' paths are relative to.
    shard, n_shards : int
        The table is cut into `n_shards` runs of rows of nearly equal length; measure run `shard`.
    threads : int
        The result does not depend on it.

    Returns
    -------
    properties : DataFrame
        As :func:`~audio_debias.corpora.properties.properties_frame` gives it.
    skipped : DataFrame
        ``clip_id, reason, detail`` of the clips without usable sound.
    """
    part = clips.iloc[np.array_split(np.arange(len(clips)), n_shards)[shard]]

    def measured(clip_id: str, path: str | None) -> dict | BrokenAudio:
        """Its properties, or why there are none."""
        if path is None or pd.isna(path):
            return BrokenAudio("no_audio", "the clip table names no file")
        try:
            return {"clip_id": clip_id, **measure_file(Path(root, path))}
        except BrokenAudio as error:
            return error

    with ThreadPoolExecutor(threads) as pool:
        results = list(pool.map(measured, part["clip_id"], part["path"]))
    skipped = [
        (clip_id, result.reason, result.detail)
        for clip_id, result in zip(part["clip_id"], results, strict=True)
        if isinstance(result, BrokenAudio)
    ]
    rows = [result for result in results if not isinstance(result, BrokenAudio)]
    return properties_frame(rows), pd.DataFrame(skipped, columns=SKIPPED_COLUMNS, dtype=str)

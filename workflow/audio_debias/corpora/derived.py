"""A derived corpus: the clips of another one under a recording condition made on purpose.

Clips keep their id, split, labels, genre and track, so that the two corpora are paired; a clip's
random numbers depend on the seed and its id alone, so that shards can be rendered in any number and
order and give the same samples.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile

from audio_debias.corpora.clips import dropped_frame, validate_clips
from audio_debias.corpora.effects import apply_chain, check_chain
from audio_debias.corpora.lossy_files import encoded
from audio_debias.corpora.sound_headers import probe
from audio_debias.errors import InputError
from audio_debias.files import replacing
from audio_debias.sound.decoding import BrokenAudio, decode


def derived_path(clip_id: str, chain: Sequence[Mapping]) -> str:
    """Where a derived clip is, from the corpus's folder; any clip id makes a legal name."""
    digest = hashlib.sha256(clip_id.encode()).hexdigest()[:20]
    suffix = chain[-1]["codec"]["format"] if "codec" in chain[-1] else "wav"
    return f"audio/{digest[:2]}/{digest}.{suffix}"


def render_derived(
    clips: pd.DataFrame,
    source_root: str | Path,
    folder: str | Path,
    chain: Sequence[Mapping],
    *,
    seed: int,
    shard: int = 0,
    n_shards: int = 1,
) -> tuple[list[Path], pd.DataFrame]:
    """Render every n-th clip of a corpus under another recording condition.

    Files are 16 bit wav, or those of the codec that ends the chain. What passes full scale is cut
    off there, as a recorder cuts it.

    Parameters
    ----------
    clips : DataFrame
        The clip table of the corpus derived from.
    source_root : path
        What its paths are relative to.
    folder : path
        The derived corpus's folder; made if need be.
    chain : sequence of mapping
        See :func:`~audio_debias.corpora.effects.apply_chain`.
    seed : int
    shard, n_shards : int
        Render the clips whose row is `shard` modulo `n_shards`.

    Returns
    -------
    files : list of Path
        The audio files written.
    skipped : DataFrame
        ``clip_id, reason, detail`` of the clips whose sound could not be read.

    Raises
    ------
    InputError
        If the chain cannot be applied.
    """
    check_chain(chain, str(folder))
    files, skipped = [], []
    for clip_id, path in clips[["clip_id", "path"]].iloc[shard::n_shards].itertuples(index=False):
        if pd.isna(path):
            skipped.append((clip_id, "no_audio", "the clip table names no file"))
            continue
        try:
            sound, rate, _ = decode(Path(source_root, path), "float64")
        except BrokenAudio as error:
            skipped.append((clip_id, error.reason, f"{path}: {error.detail}"))
            continue
        try:
            file = _file(sound, rate, chain, seed, clip_id)
        except InputError as error:
            raise InputError(f"{path}: derive: chain: {error}") from None
        destination = Path(folder, derived_path(clip_id, chain))
        with replacing(destination) as temporary:
            temporary.write_bytes(file)
        files.append(destination)
    return files, dropped_frame(skipped)


def derive_clips(
    clips: pd.DataFrame,
    folder: str | Path,
    chain: Sequence[Mapping],
    labels: list[str],
    genres: list[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The clip table of a derived corpus: the other's, with the paths and durations of its files.

    Parameters
    ----------
    clips : DataFrame
        The clip table of the corpus derived from.
    folder : path
        The derived corpus's folder, rendered.
    chain : sequence of mapping
    labels, genres : list of str
        Of the run.

    Returns
    -------
    clips, dropped : DataFrame
        As every reader gives them.
    """
    derived = clips.assign(path=[derived_path(clip_id, chain) for clip_id in clips["clip_id"]])
    seconds, dropped = probe(Path(folder), zip(derived["clip_id"], derived["path"], strict=True))
    derived = derived[derived["clip_id"].isin(seconds)]
    derived = derived.assign(seconds=derived["clip_id"].map(seconds))
    return validate_clips(derived, labels, genres, source=str(folder)), dropped_frame(dropped)


def _file(sound: np.ndarray, rate: int, chain: Sequence[Mapping], seed: int, clip_id: str) -> bytes:
    """The bytes of the derived clip's file."""
    number = int.from_bytes(hashlib.sha256(clip_id.encode()).digest()[:8], "big")
    rng = np.random.default_rng([seed, number])
    last = chain[-1].get("codec")
    sound, rate = apply_chain(sound, rate, chain[:-1] if last else chain, rng)
    if last:
        return encoded(sound, rate, **last, serial=number % 2**32)
    buffer = io.BytesIO()
    soundfile.write(buffer, np.clip(sound, -1, 1), rate, format="WAV", subtype="PCM_16")
    return buffer.getvalue()

"""Sound files to mono waveforms at a model's sample rate."""

from pathlib import Path

import numpy as np

from audio_debias.models.resampling import resample
from audio_debias.sound.decoding import MAX_RATE, MIN_RATE, BrokenAudio, decode_mono


def load_waveform(
    path: str | Path,
    sample_rate: int,
    resampler: str = "soxr_hq",
    peak_normalise: bool = False,
    seen: list[tuple[str, str]] | None = None,
) -> np.ndarray:
    """Decode a file, average its channels and resample.

    Parameters
    ----------
    path : path
        Any format that libsndfile reads, or PyAV where it is installed.
    sample_rate : int
        Of the result, in Hz.
    resampler : str
        See `resampling.resample`.
    peak_normalise : bool
        Divide by the greatest magnitude, before resampling.
    seen : list, optional
        Takes what is suspicious of the sound, as :mod:`audio_debias.sound.looks` says it.

    Returns
    -------
    ndarray of shape (n_samples,), float32
        Full scale is -1 to 1. Silence is legal.

    Raises
    ------
    BrokenAudio
        If the file is missing, not decodable, truncated, empty, too long, or holds NaN or infinity.
    """
    try:
        # As the packages compute that resample so; it shows where they take logarithms of silence.
        dtype = "float64" if resampler == "kaiser_best" else "float32"
        mono, original_rate, look = decode_mono(Path(path), dtype)
        if not MIN_RATE <= original_rate <= MAX_RATE:
            raise BrokenAudio("undecodable", f"the sample rate is {original_rate} Hz")
        if not np.isfinite(mono).all():
            raise BrokenAudio("not_finite", "the file holds NaN or infinite samples")
        if seen is not None:
            seen += look.found(original_rate)
        if peak_normalise and mono.any():
            mono = mono / np.abs(mono).max()
        waveform = resample(mono, original_rate, sample_rate, resampler)
    except MemoryError:
        raise BrokenAudio("out_of_memory", "its samples do not fit into the memory") from None
    if not len(waveform):
        raise BrokenAudio("empty", f"the file holds {len(mono)} samples")
    return waveform.astype(np.float32, copy=False)

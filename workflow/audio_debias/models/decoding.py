"""Sound files to mono waveforms at a model's sample rate."""

import re
from pathlib import Path

import numpy as np
import soundfile

from audio_debias.models.resampling import resample

# libsndfile's note on a header that promises more than the file holds. Encoders that write to a
# pipe cannot know the length and promise 2 GiB or more: those are whole.
_SHORT_DATA = re.compile(r"^data\s*:\s*(\d+) \(should be (\d+)\)", re.MULTILINE)
_NO_END_OF_STREAM = "Last page lacks an end-of-stream bit"

MIN_RATE, MAX_RATE = 1_000, 1_000_000
"""Sample rates (Hz) beyond which a header is wrong and resampling would fill the memory."""


class BrokenAudio(Exception):
    """A sound file that gives no usable waveform.

    Attributes
    ----------
    reason : str
        ``missing``, ``undecodable``, ``truncated``, ``empty`` or ``not_finite``.
    detail : str
        What was found, in one line.
    """

    def __init__(self, reason: str, detail: str):
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = " ".join(detail.split())


def load_waveform(
    path: str | Path, sample_rate: int, resampler: str = "soxr_hq", peak_normalise: bool = False
) -> np.ndarray:
    """Decode a file, average its channels and resample.

    Parameters
    ----------
    path : path
        Any format that libsndfile reads.
    sample_rate : int
        Of the result, in Hz.
    resampler : str
        See `resampling.resample`.
    peak_normalise : bool
        Divide by the greatest magnitude, before resampling.

    Returns
    -------
    ndarray of shape (n_samples,), float32
        Full scale is -1 to 1. Silence is legal.

    Raises
    ------
    BrokenAudio
        If the file is missing, not decodable, truncated, empty, or holds NaN or infinity.
    """
    # As the packages compute that resample so; it shows where they take logarithms of silence.
    dtype = "float64" if resampler == "kaiser_best" else "float32"
    samples, original_rate = decode(Path(path), dtype)
    if not MIN_RATE <= original_rate <= MAX_RATE:
        raise BrokenAudio("undecodable", f"the sample rate is {original_rate} Hz")
    mono = samples[:, 0] if samples.shape[1] == 1 else samples.mean(axis=1)
    if not np.isfinite(mono).all():
        raise BrokenAudio("not_finite", "the file holds NaN or infinite samples")
    if peak_normalise and mono.any():
        mono = mono / np.abs(mono).max()
    waveform = resample(mono, original_rate, sample_rate, resampler)
    if not len(waveform):
        raise BrokenAudio("empty", f"the file holds {len(samples)} samples")
    return waveform.astype(np.float32, copy=False)


def decode(path: Path, dtype: str) -> tuple[np.ndarray, int]:
    """All samples, shape (n_samples, n_channels), and their rate in Hz."""
    try:
        with soundfile.SoundFile(path) as file:
            promised, notes = file.frames, file.extra_info
            samples = file.read(dtype=dtype, always_2d=True)
            rate = file.samplerate
    except (MemoryError, ValueError):
        raise BrokenAudio("undecodable", f"the header promises {promised} samples") from None
    except soundfile.LibsndfileError as error:
        if not path.is_file():
            raise BrokenAudio("missing", "no such file") from None
        if not path.stat().st_size:
            raise BrokenAudio("empty", "the file has 0 bytes") from None
        raise BrokenAudio("undecodable", error.error_string) from None
    header = _SHORT_DATA.search(notes)
    if header and int(header[1]) < 2**31 - 1 and int(header[1]) > int(header[2]):
        raise BrokenAudio("truncated", f"holds {header[2]} of {header[1]} bytes of samples")
    if len(samples) < promised:
        raise BrokenAudio("truncated", f"holds {len(samples)} of {promised} samples")
    if _NO_END_OF_STREAM in notes:
        raise BrokenAudio("truncated", "the Ogg stream has no end")
    return samples, rate

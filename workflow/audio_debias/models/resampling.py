"""Change of sample rate, as the models' authors did it."""

import math
from functools import cache

import numpy as np
import soxr
from numpy.lib.stride_tricks import sliding_window_view
from scipy.signal.windows import kaiser

from audio_debias.errors import InputError

_SOXR = {"soxr_hq": "HQ", "soxr_vhq": "VHQ"}

# The filter `kaiser_best` of resampy 0.2.2: half of a windowed sinc, as a table.
_ZEROS = 64
_STEPS = 512  # table entries per zero crossing
_BETA = 14.769656459379492
_ROLLOFF = 0.9475937167399596

# Outputs per matrix product at least: enough columns for the product to be fast.
_BLOCK = 128
# The most phases whose weights are laid out as one matrix (a few MB).
_MAX_PHASES = 1024
# Outputs gathered at once beyond that: keeps memory flat for long clips.
_CHUNK = 8192


def resample(samples: np.ndarray, rate: int, new_rate: int, resampler: str) -> np.ndarray:
    """Change the sample rate of a waveform.

    Parameters
    ----------
    samples : ndarray of shape (n,), float32
    rate, new_rate : int
        Hz.
    resampler : {"soxr_hq", "soxr_vhq", "kaiser_best"}
        The first two are soxr's; the result has ``ceil(n * new_rate / rate)`` samples, as
        librosa's has. `kaiser_best` is what resampy 0.2.2 gives under that name, to float32
        rounding, at a small part of its cost; ``floor(n * new_rate / rate)`` samples.

    Returns
    -------
    ndarray of float32

    Raises
    ------
    InputError
        If there is no such resampler.
    """
    if rate == new_rate:
        return samples
    if resampler == "kaiser_best":
        return _kaiser_best(samples, rate, new_rate)
    if resampler not in _SOXR:
        known = ", ".join([*_SOXR, "kaiser_best"])
        raise InputError(f"resampler: {resampler!r} is unknown; known are {known}")
    resampled = soxr.resample(samples, rate, new_rate, quality=_SOXR[resampler])
    length = math.ceil(len(samples) * new_rate / rate)
    return np.pad(resampled, (0, max(0, length - len(resampled))))[:length]


def _kaiser_best(samples: np.ndarray, rate: int, new_rate: int) -> np.ndarray:
    """Band-limited interpolation (Smith, "Digital Audio Resampling", CCRMA 2002) by phases.

    Output t lies at the input time t * down / up. Its fraction, the phase, takes `up` values, and
    each block of `up` outputs repeats the weights of the one before, `down` inputs later: with
    the weights of a block in one matrix, resampling is a matrix product.
    """
    common = math.gcd(rate, new_rate)
    up, down = new_rate // common, rate // common
    length = int(len(samples) * (new_rate / rate))
    weights = _phase_weights(up, down)
    half = weights.shape[1] // 2
    index = np.arange(length)
    first, phase = index * down // up, index * down % up
    # resampy sums 1 / ratio up; where rounding leaves the sum short of a whole number, it takes
    # the sample before at a phase of (almost) 1, which its truncated table step makes different.
    short = np.cumsum(np.full(length, 1 / (new_rate / rate)))[:-1] < first[1:]
    early = 1 + np.flatnonzero(short & (phase[1:] == 0))

    padded = np.pad(samples, (half - 1, half + down))
    windows = sliding_window_view(padded, 2 * half)
    if up <= _MAX_PHASES:
        repeats = max(1, _BLOCK // up)
        matrix = _block_matrix(up, down, repeats)
        n_blocks = math.ceil(length / (repeats * up))
        missing = (n_blocks - 1) * repeats * down + len(matrix) - len(padded)
        blocks = sliding_window_view(np.pad(padded, (0, max(0, missing))), len(matrix))
        resampled = (blocks[:: repeats * down][:n_blocks] @ matrix).ravel()[:length]
    else:
        resampled = np.empty(length, np.float32)
        for start in range(0, length, _CHUNK):
            part = slice(start, start + _CHUNK)
            resampled[part] = np.einsum(
                "ij,ij->i", windows[first[part]], weights[phase[part]], optimize=True
            )
    resampled[early] = windows[first[early] - 1] @ weights[up]
    return resampled


@cache
def _phase_weights(up: int, down: int) -> np.ndarray:
    """Weights of the input samples around each phase 0/up, ..., up/up.

    Shape (up + 1, 2 * half), float32: the `half` samples up to and with the one before the output,
    then the `half` samples after it.
    """
    n = _STEPS * _ZEROS
    half_sinc = _ROLLOFF * np.sinc(_ROLLOFF * np.linspace(0, _ZEROS, n + 1))
    scale = min(1.0, up / down)
    table = half_sinc * kaiser(2 * n + 1, _BETA)[n:] * scale
    slope = np.append(np.diff(table), 0)
    step = int(scale * _STEPS)  # truncated, as resampy does
    half = len(table) // step
    weights = np.zeros((up + 1, 2 * half), np.float32)
    for phase in range(up + 1):
        fraction = scale * phase / up
        for start, side in ((fraction, np.s_[half - 1 :: -1]), (scale - fraction, np.s_[half:])):
            offset = int(start * _STEPS)
            taps = offset + step * np.arange((len(table) - offset) // step)
            wing = table[taps] + (start * _STEPS - offset) * slope[taps]
            weights[phase, side][: len(wing)] = wing
    return weights


@cache
def _block_matrix(up: int, down: int, repeats: int) -> np.ndarray:
    """The weights of a block of `repeats * up` outputs: shape (inputs, outputs), float32."""
    weights = _phase_weights(up, down)
    first, phase = np.divmod(np.arange(repeats * up) * down, up)
    taps = weights.shape[1]
    matrix = np.zeros((first[-1] + taps, len(first)), np.float32)
    for column, row in enumerate(first):
        matrix[row : row + taps, column] = weights[phase[column]]
    return matrix

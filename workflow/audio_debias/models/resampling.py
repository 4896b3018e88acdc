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
    samples : ndarray of shape (n,), float32 or float64
        Of the type to compute in.
    rate, new_rate : int
        Hz.
    resampler : {"soxr_hq", "soxr_vhq", "kaiser_best"}
        The first two are soxr's; the result has ``ceil(n * new_rate / rate)`` samples, as
        librosa's has. `kaiser_best` is what resampy 0.2.2 gives under that name, computed in
        float64 at a tenth of its cost; ``floor(n * new_rate / rate)`` samples.

    Returns
    -------
    ndarray

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

    resampy finds the time of an output by summing 1 / ratio up, and so drifts off: the same is
    done here, to first order.
    """
    common = math.gcd(rate, new_rate)
    up, down = new_rate // common, rate // common
    ratio = new_rate / rate
    length = int(len(samples) * ratio)
    if not length:
        return np.empty(0)
    index = np.arange(length)
    first, phase = np.divmod(index * down, up)
    times = np.append(0.0, np.cumsum(np.full(length, 1 / ratio)))[:length]
    drift = times - index * down / up

    weights, slopes = _phase_weights(up, down)
    half = weights.shape[1] // 2
    padded = np.pad(samples, (half - 1, half + down))
    windows = sliding_window_view(padded, 2 * half)
    if up <= _MAX_PHASES:
        repeats = max(1, _BLOCK // up)
        n_blocks = math.ceil(length / (repeats * up))
        products = []
        for matrix in _block_matrices(up, down, repeats):
            missing = (n_blocks - 1) * repeats * down + len(matrix) - len(padded)
            inputs = np.pad(padded, (0, max(0, missing))).astype(matrix.dtype)
            blocks = sliding_window_view(inputs, len(matrix))[:: repeats * down][:n_blocks]
            products.append((blocks @ matrix).ravel()[:length])
        resampled = products[0] + drift * products[1]
    else:
        resampled = np.empty(length)
        for start in range(0, length, _CHUNK):
            part = slice(start, start + _CHUNK)
            kernels = weights[phase[part]] + drift[part, np.newaxis] * slopes[phase[part]]
            resampled[part] = np.einsum("ij,ij->i", windows[first[part]], kernels)
    # A time that falls just short of a whole number belongs to the sample before at a phase of
    # almost 1, which resampy's truncated table step makes different from a phase of 0.
    early = np.flatnonzero((phase == 0) & (times < first))
    resampled[early] = windows[first[early] - 1] @ weights[up]
    return resampled


@cache
def _phase_weights(up: int, down: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights of the input samples around each phase 0/up, ..., up/up, and their slopes.

    Both of shape (up + 1, 2 * half): the `half` samples up to and with the one before the output,
    then the `half` samples after it. A slope is the derivative by the time of the output.
    """
    n = _STEPS * _ZEROS
    half_sinc = _ROLLOFF * np.sinc(_ROLLOFF * np.linspace(0, _ZEROS, n + 1))
    scale = min(1.0, up / down)
    table = half_sinc * kaiser(2 * n + 1, _BETA)[n:] * scale
    difference = np.append(np.diff(table), 0)
    step = int(scale * _STEPS)  # truncated, as resampy does
    half = len(table) // step
    weights, slopes = np.zeros((2, up + 1, 2 * half))
    for phase in range(up + 1):
        fraction = scale * phase / up
        for start, side, sign in (
            (fraction, np.s_[half - 1 :: -1], 1),
            (scale - fraction, np.s_[half:], -1),
        ):
            offset = int(start * _STEPS)
            taps = offset + step * np.arange((len(table) - offset) // step)
            wing = table[taps] + (start * _STEPS - offset) * difference[taps]
            weights[phase, side][: len(wing)] = wing
            slopes[phase, side][: len(wing)] = sign * scale * _STEPS * difference[taps]
    return weights, slopes


@cache
def _block_matrices(up: int, down: int, repeats: int) -> list[np.ndarray]:
    """Weights and slopes of `repeats * up` outputs, both of shape (inputs, repeats * up).

    The slopes in float32: what multiplies them, the drift, is below a sample for hours.
    """
    first, phase = np.divmod(np.arange(repeats * up) * down, up)
    matrices = []
    for part, dtype in zip(_phase_weights(up, down), (np.float64, np.float32), strict=True):
        taps = part.shape[1]
        matrix = np.zeros((first[-1] + taps, len(first)), dtype)
        for column, row in enumerate(first):
            matrix[row : row + taps, column] = part[phase[column]]
        matrices.append(matrix)
    return matrices

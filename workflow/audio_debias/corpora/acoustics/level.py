"""Level: loudness after ITU-R BS.1770-4, peak, crest, clipping, offset, silence.

A level of digital silence does not exist: such values are NaN, never minus infinity.
"""

import numpy as np
from scipy import signal

_STEPS_PER_BLOCK = 4  # blocks of 400 ms every 100 ms
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0
_OFFSET = -0.691
_SURROUND_GAINS = (1.0, 1.0, 1.0, 1.41, 1.41)
"""L, R, C, Ls, Rs."""

FRAME_SECONDS = 0.05
SILENT = -60.0
"""A frame this far (dB) below the loudest one is silent."""


def decibels(power: np.ndarray | float) -> np.ndarray | float:
    """10 log10; NaN where the power is not positive."""
    power = np.asarray(power, dtype=np.float64)
    level = np.full(power.shape, np.nan)
    np.log10(power, out=level, where=power > 0)
    return 10 * level if level.ndim else float(10 * level)


def quantile(values: np.ndarray, *shares: float) -> np.ndarray:
    """Quantiles along the last axis, between two values by a straight line, first of all shares.

    As `numpy.quantile` gives them, in a tenth of its time on the few values of a clip.
    """
    ordered = np.sort(values, axis=-1)
    places = np.multiply(shares, values.shape[-1] - 1)
    below = places.astype(int)
    above = np.minimum(below + 1, values.shape[-1] - 1)
    part = places - below
    return np.moveaxis(ordered[..., below] * (1 - part) + ordered[..., above] * part, -1, 0)


def k_weighting(rate: float) -> np.ndarray:
    """The two filters of BS.1770 as second-order sections, at any sample rate.

    The analogue prototypes behind the standard's coefficients at 48 kHz (centre frequency,
    quality, gain) under the bilinear transform.

    References
    ----------
    ITU-R BS.1770-4, annex 1. B. De Man, "Evaluation of implementations of the EBU R128 loudness
    measurement", AES 145, 2018: the prototypes' parameters.
    """
    shelf_hz, shelf_q, gain = 1681.974450955533, 0.7071752369554196, 3.999843853973347
    pass_hz, pass_q = 38.13547087602444, 0.5003270373238773
    k = np.tan(np.pi * shelf_hz / rate)
    high = 10 ** (gain / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / shelf_q + k * k
    shelf = [
        (high + band * k / shelf_q + k * k) / a0,
        2 * (k * k - high) / a0,
        (high - band * k / shelf_q + k * k) / a0,
        *(1.0, 2 * (k * k - 1) / a0, (1 - k / shelf_q + k * k) / a0),
    ]
    k = np.tan(np.pi * pass_hz / rate)
    a0 = 1 + k / pass_q + k * k
    rumble = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / pass_q + k * k) / a0]
    return np.array([shelf, rumble])


def integrated_loudness(samples: np.ndarray, rate: int) -> float:
    """Gated loudness after ITU-R BS.1770-4, LUFS.

    Blocks of 400 ms every 100 ms, each the sum over channels of the mean square after K-weighting;
    L = -0.691 + 10 log10 of the mean over the blocks above -70 LUFS and above the mean of those
    less 10 LU. A clip shorter than a block is one block of its own length. The filters run in
    float32: five times as fast as in float64, and within 0.01 LU.

    Parameters
    ----------
    samples : array of float, shape (n, channels)
        Five channels at most count, in the order L, R, C, Ls, Rs.
    rate : int
        Hz.

    Returns
    -------
    float
        NaN if no block is louder than -70 LUFS.
    """
    gains = np.array(_SURROUND_GAINS[: samples.shape[1]])
    sections = k_weighting(rate).astype(np.float32)
    weighted = signal.sosfilt(sections, np.ascontiguousarray(samples.T[: len(gains)], np.float32))
    step = max(round(0.1 * rate), 1)
    whole = weighted.shape[1] // step
    if whole < _STEPS_PER_BLOCK:
        blocks = (gains @ np.einsum("cn,cn->c", weighted, weighted) / weighted.shape[1])[None]
    else:
        steps = weighted[:, : whole * step].reshape(len(gains), whole, step)
        energy = gains @ np.einsum("cbn,cbn->cb", steps, steps).astype(np.float64)
        blocks = np.convolve(energy, np.ones(_STEPS_PER_BLOCK), "valid")
        blocks /= _STEPS_PER_BLOCK * step
    loud = blocks[blocks > 10 ** ((_ABSOLUTE_GATE - _OFFSET) / 10)]
    if not len(loud):
        return float("nan")
    loud = loud[loud > loud.mean() * 10 ** (_RELATIVE_GATE / 10)]
    return float(_OFFSET + 10 * np.log10(loud.mean()))


def clipped_share(samples: np.ndarray) -> float:
    """Share of samples in runs of three or more equal ones at their channel's extremes.

    Found at any gain after the clipping, as long as no filter or lossy codec came after it.
    """
    total = 0
    for channel in np.ascontiguousarray(samples.T):
        for extreme in {channel.max(), channel.min()} - {0}:
            at = np.flatnonzero(channel == extreme)
            if len(at) < 3:
                continue
            runs = np.split(at, np.flatnonzero(np.diff(at) > 1) + 1)
            total += sum(len(run) for run in runs if len(run) >= 3)
    return total / samples.size


def frame_levels(mono: np.ndarray, rate: int) -> np.ndarray:
    """Mean squares of consecutive frames of 50 ms, float64."""
    length = min(max(round(FRAME_SECONDS * rate), 1), len(mono))
    frames = mono[: len(mono) // length * length].reshape(-1, length)
    return np.einsum("fn,fn->f", frames, frames).astype(np.float64) / length


def level_measures(samples: np.ndarray, mono: np.ndarray, rate: int) -> dict[str, float]:
    """The measures of level and of silence.

    Parameters
    ----------
    samples : array of float32, shape (n, channels)
        Full scale is 1.
    mono : array of float32, shape (n,)
        The mean of the channels.
    rate : int
        Hz.

    Returns
    -------
    dict
        loudness (LUFS), peak (dBFS), crest (dB), clipped (share), dc (of full scale, the largest
        channel mean with its sign), dynamic_range (dB between the 95th and 10th percentile of the
        levels of frames that are not silent), silence (share of silent frames).
    """
    peak = float(max(samples.max(), -samples.min()))
    # Channels are planes: along their rows nothing is copied.
    offsets = samples.T.mean(axis=1)
    mean_square = float(np.vdot(samples.T, samples.T)) / samples.size
    powers = frame_levels(mono, rate)
    sounding = powers > powers.max() * 10 ** (SILENT / 10)
    dynamics = float("nan")
    if sounding.any():
        levels = decibels(powers[sounding])
        dynamics = float(np.subtract(*quantile(np.asarray(levels), 0.95, 0.1)))
    return {
        "loudness": integrated_loudness(samples, rate),
        "peak": float(decibels(peak**2)),
        "crest": float(decibels(peak**2) - decibels(mean_square)),
        "clipped": clipped_share(samples),
        "dc": float(offsets[np.abs(offsets).argmax()]),
        "dynamic_range": dynamics,
        "silence": 1 - float(sounding.mean()),
    }

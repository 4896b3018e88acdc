"""What of the spectrum a recording leaves: its band, its tilt and its stationary noise."""

from functools import lru_cache

import numpy as np
from scipy import fft, ndimage, signal

from audio_debias.corpora.acoustics.level import decibels, quantile

_WINDOW_SECONDS = 0.046
_QUANTILE = 0.1
_SMOOTHING_HZ = 100.0
_UPPER_DEPTH, _LOWER_DEPTH = 75.0, 50.0
_ABOVE_FLOOR = 10.0
_LOWEST_HZ = 20.0


@lru_cache(maxsize=16)
def window(name: str, length: int) -> np.ndarray:
    """The window of that name in float32, made once; not to be written to."""
    return signal.get_window(name, length).astype(np.float32)


def power_frames(mono: np.ndarray, rate: int) -> tuple[np.ndarray, np.ndarray]:
    """Power spectra of consecutive windows of about 46 ms (a power of two samples).

    Blackman-Harris windows: their leakage, 92 dB down, hides no cut-off.

    Returns
    -------
    frequencies : array of shape (bins,)
        Hz.
    power : array of float32, shape (frames, bins)
        Mean square of full scale per bin: the sum over bins is the windowed frame's mean square.
    """
    length = 2 ** max(round(np.log2(_WINDOW_SECONDS * rate)), 4)
    if len(mono) < length:
        mono = np.pad(mono, (0, length - len(mono)))
    taper = window("blackmanharris", length)
    frames = mono[: len(mono) // length * length].reshape(-1, length)
    spectra = fft.rfft(frames * taper)
    power = spectra.real**2
    power += spectra.imag**2
    power *= np.float32(2 / (length * np.square(taper).sum()))
    power[:, 0] /= 2
    power[:, -1] /= 2
    return np.arange(length // 2 + 1) * (rate / length), power


def stationary_noise(power: np.ndarray) -> np.ndarray:
    """The noise under the music, per bin: minimum statistics over frames and frequency.

    The power of stationary Gaussian noise in a bin is exponential, its q-quantile -ln(1 - q) times
    its mean: the 10 % quantile over frames, so scaled, is the noise wherever the music pauses in
    that bin. Partials that never pause are taken out by a median over 21 bins.

    References
    ----------
    R. Martin, "Noise power spectral density estimation based on optimal smoothing and minimum
    statistics", IEEE Trans. Speech and Audio Processing 9 (2001).
    """
    position = int(_QUANTILE * (len(power) - 1))
    quantile = np.partition(np.ascontiguousarray(power.T), position, axis=1)[:, position]
    # The order statistic's own expectation, exact for few frames too: sum of 1 / (n - i).
    expected = sum(1 / (len(power) - i) for i in range(position + 1))
    return ndimage.median_filter(quantile.astype(np.float64), 21, mode="nearest") / expected


def spectrum_measures(mono: np.ndarray, rate: int) -> dict[str, float]:
    """The measures of band and noise.

    Parameters
    ----------
    mono : array of float32, shape (n,)
    rate : int
        Hz.

    Returns
    -------
    dict
        bandwidth (Hz): the highest frequency at which the mean spectrum, smoothed over 100 Hz,
        stands less than 75 dB below its maximum and 10 dB above the noise; low_cutoff (Hz): the
        lowest one less than 50 dB below the maximum, from 20 Hz; tilt (dB per octave): the slope
        of third-octave levels between these two; noise (dB): the stationary noise's power over the
        clip's. NaN for digital silence, tilt also for a band of less than three third-octaves.
    """
    frequencies, power = power_frames(mono - mono.mean(), rate)
    mean = power.mean(axis=0, dtype=np.float64)
    if not mean.any():
        return dict.fromkeys(("bandwidth", "low_cutoff", "tilt", "noise"), float("nan"))
    noise = stationary_noise(power)
    width = max(round(_SMOOTHING_HZ / frequencies[1]), 1)
    smooth = ndimage.uniform_filter1d(mean, width, mode="nearest")
    # A quarter of the bins is free of music wherever a cut-off matters.
    floor = quantile(noise, 0.25)[0] * 10 ** (_ABOVE_FLOOR / 10)
    upper = _edges(frequencies, smooth, _UPPER_DEPTH, floor)[1]
    lower = _edges(frequencies, ndimage.uniform_filter1d(mean, 3), _LOWER_DEPTH, floor)[0]
    return {
        "bandwidth": upper,
        "low_cutoff": min(lower, upper),
        "tilt": _tilt(frequencies, mean, lower, upper),
        "noise": float(decibels(noise.sum() / mean.sum())),
    }


def _edges(frequencies, spectrum, depth: float, floor: float) -> tuple[float, float]:
    """The lowest and highest frequency with sound; noise alone has no floor but its own depth."""
    least = spectrum.max() * 10 ** (-depth / 10)
    if spectrum.max() > floor:
        least = max(least, floor)
    at = frequencies[(spectrum >= least) & (frequencies >= _LOWEST_HZ)]
    return (float(at[0]), float(at[-1])) if len(at) else (float("nan"), float("nan"))


def _tilt(frequencies, spectrum, lower: float, upper: float) -> float:
    """Least-squares slope of third-octave band levels over log2 f, dB per octave."""
    inside = (frequencies >= max(lower, 100.0)) & (frequencies <= upper)
    band = np.floor(3 * np.log2(frequencies[inside])).astype(int)
    bins = np.bincount(band)
    bands = np.flatnonzero(bins)
    if len(bands) < 3:
        return float("nan")
    # Power density, so that white noise has no tilt.
    density = np.bincount(band, spectrum[inside])[bands] / bins[bands]
    sounding = density > 0
    octave, level = bands[sounding] / 3, decibels(density[sounding])
    octave -= octave.mean()
    return float(octave @ level / (octave @ octave))

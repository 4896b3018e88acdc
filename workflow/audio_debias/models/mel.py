"""Spectrograms and mel matrices shared by the models' front ends."""

from functools import cache

import librosa.filters
import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view

# Frames per FFT call: keeps the working set in the cache and the memory flat for long clips.
_BLOCK = 1024


def power_spectrogram(waveform: np.ndarray, window: np.ndarray, hop: int, n_fft: int) -> np.ndarray:
    """Squared magnitude of the short-time Fourier transform, without padding.

    Parameters
    ----------
    waveform : ndarray of shape (n_samples,), float32 or float64
        Of the type to compute in.
    window : ndarray of shape (length,), length <= n_fft
        Multiplies each frame, which is then padded with zeros to `n_fft`.
    hop : int
        Samples between frames.
    n_fft : int

    Returns
    -------
    ndarray of shape (1 + (n_samples - length) // hop, n_fft // 2 + 1)
    """
    frames = sliding_window_view(waveform, len(window))[::hop]
    window = window.astype(waveform.dtype)
    power = np.empty((len(frames), n_fft // 2 + 1), waveform.dtype)
    for start in range(0, len(frames), _BLOCK):
        block = slice(start, start + _BLOCK)
        spectrum = scipy.fft.rfft(frames[block] * window, n_fft)
        power[block] = spectrum.real**2 + spectrum.imag**2
    return power


def hann(length: int) -> np.ndarray:
    """Periodic Hann window."""
    return np.hanning(length + 1)[:-1]


@cache
def htk(sample_rate: int, n_fft: int, n_mels: int, low: float, high: float) -> np.ndarray:
    """Mel matrix of triangles in HTK's mel scale, shape (n_fft // 2 + 1, n_mels), float64.

    The triangles are linear in mel, not in Hz, and are not normalised; the bin at 0 Hz is left
    out (Young et al., "The HTK Book", 5.4).
    """
    lowest, highest = 1127 * np.log1p(np.array([low, high]) / 700)
    edges = np.linspace(lowest, highest, n_mels + 2)
    bins = 1127 * np.log1p(np.linspace(0, sample_rate / 2, n_fft // 2 + 1) / 700)[:, np.newaxis]
    lower, centre, upper = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (bins - lower) / (centre - lower), (upper - bins) / (upper - centre)
    matrix = np.maximum(0, np.minimum(rising, falling))
    matrix[0] = 0
    return matrix


@cache
def slaney(sample_rate: int, n_fft: int, n_mels: int) -> np.ndarray:
    """Mel matrix in Slaney's scale, area-normalised, shape (n_fft // 2 + 1, n_mels), float32."""
    return librosa.filters.mel(sr=sample_rate, n_fft=n_fft, n_mels=n_mels).T

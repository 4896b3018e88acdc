"""Models whose network takes the waveform itself: cut into windows, or whole clips."""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from audio_debias.errors import InputError


class WaveformModel:
    """A network on waveforms.

    Parameters
    ----------
    network : callable
        Maps windows, shape (batch, n_samples), float32, to embeddings, shape (batch, dim); without
        a `window`, maps one clip, shape (1, n_samples), to frame embeddings, shape (frames, dim).
    spec : dict
        A model of `resources/models/`: `sample_rate`, and in seconds `window` (left out: whole
        clips) and `hop` (left out: windows do not overlap). A clip shorter than a window is padded
        with silence to one; a partial window at a clip's end is dropped.
    """

    def __init__(self, network: Callable, spec: dict):
        self.sample_rate = spec["sample_rate"]
        self._network = network
        self.window_shape = None
        if "window" in spec:
            self.window_shape = (round(spec["window"] * self.sample_rate),)
            self._hop = round(spec.get("hop", spec["window"]) * self.sample_rate)
            if self._hop < 1:
                raise InputError(f"model {spec['name']}: hop: is less than one sample")

    def windows(self, waveform: np.ndarray) -> np.ndarray:
        """Windows of a clip, shape (n, n_samples), n >= 1."""
        if self.window_shape is None:
            return waveform[np.newaxis]
        (length,) = self.window_shape
        padded = np.pad(waveform, (0, max(0, length - len(waveform))))
        return sliding_window_view(padded, length)[:: self._hop]

    def embed(self, windows: np.ndarray) -> np.ndarray:
        """Embeddings, shape (n, dim), float32."""
        return np.asarray(self._network(windows), dtype=np.float32)

"""Kind `openl3`: OpenL3's audio networks (Cramer et al., "Look, listen and learn more", 2019).

The same numbers as the package openl3 0.4.2 with its default front end (kapre 0.3.6), from its own
weight files: windows of 1 s at 48 kHz, a magnitude mel spectrogram in decibels below each window's
maximum, eight convolutions, and the maximum over what is left of time and frequency.

A clip is centred (half a window of silence before it) and padded with silence at its end to whole
windows, as the package does. Windows start every `hop` seconds; their spectrogram frames, every
242 samples, coincide from one window to the next only if the hop is a multiple of 242 samples, so
each window has a spectrogram of its own; it costs a thirtieth of the network.
"""

import itertools
import tempfile
from functools import partial
from pathlib import Path

import h5py
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from audio_debias.errors import InputError
from audio_debias.fetching.unpack import gunzip
from audio_debias.models import mel
from audio_debias.models.tensorflow_setup import compiled, float_type, tensorflow

SAMPLE_RATE = 48000
WINDOW = 48000
FRAMES = 199
DIM = 512
PRECISIONS = ["float32", "bf16"]

_N_FFT = 2048
_HOP = 242
_BLOCK = 16  # windows per spectrogram call: keeps memory flat for long clips
_FLOOR = 1e-10
_DYNAMIC_RANGE = 80.0
_BATCH_NORM_EPSILON = 1e-3
_CHANNELS = [1, 64, 64, 128, 128, 256, 256, 512, 512]
_POOLED = {1, 3, 5}  # convolutions followed by a max-pooling of 2 x 2

OPTIONS = {"bands": int}
"""Type of every option."""


def load(spec: dict, path: Path) -> "Openl3":
    """Read a weight file of the package.

    Parameters
    ----------
    spec : dict
        A model of `resources/models/`: `hop` in seconds, `precision`, and under `options` `bands`,
        the number of mel bands (128 or 256) that the weights were trained on.
    path : Path
        ``openl3_audio_mel128_music-v0_4_0.h5.gz`` or the like, gzipped or not.

    Raises
    ------
    InputError
        If the file does not hold the weights of this network.
    """
    bands = spec["options"]["bands"]
    layers = _read_layers(path)
    network = _network(layers, float_type(spec.get("precision", "float32")))
    hop = int(spec["hop"] * SAMPLE_RATE)  # truncated, as the package does
    return Openl3(compiled(network, (bands, FRAMES)), bands, hop)


class Openl3:
    """An audio network of OpenL3 with its front end.

    Parameters
    ----------
    network : callable
        Maps spectrograms, shape (batch, bands, 199), to embeddings, shape (batch, 512).
    bands : int
        Mel bands.
    hop : int
        Samples between the starts of two windows.
    """

    sample_rate = SAMPLE_RATE

    def __init__(self, network, bands: int, hop: int):
        self.window_shape = (bands, FRAMES)
        self.hop = hop
        self._network = network
        self._spectrograms = compiled(partial(decibels, bands=bands), (WINDOW,))

    def windows(self, waveform: np.ndarray) -> np.ndarray:
        """Spectrograms of a clip's windows, shape (n, bands, 199), n >= 1."""
        centred = len(waveform) + WINDOW // 2
        length = WINDOW + -(-max(0, centred - WINDOW) // self.hop) * self.hop
        padded = np.pad(waveform, (WINDOW // 2, length - centred))
        windows = sliding_window_view(padded, WINDOW)[:: self.hop]
        blocks = range(0, len(windows), _BLOCK)
        return np.concatenate([self._spectrograms(windows[i : i + _BLOCK]) for i in blocks])

    def embed(self, windows: np.ndarray) -> np.ndarray:
        """Embeddings of a batch of spectrograms, shape (batch, 512)."""
        return self._network(windows)


def decibels(windows, bands: int):
    """Mel spectrograms in decibels below each one's maximum, not under -80.

    In TensorFlow, as the package's: 80 dB on magnitudes reach below the rounding errors of a
    float32 Fourier transform, so another one gives other numbers where a band is silent.

    Parameters
    ----------
    windows : tensor of shape (n, 48000), float32
    bands : int
        In Slaney's mel scale from 0 to 24 kHz, on magnitudes.

    Returns
    -------
    tensor of shape (n, bands, 199), float32
    """
    tf = tensorflow()
    spectrum = tf.signal.stft(windows, _N_FFT, _HOP, _N_FFT, pad_end=True)
    magnitude = tf.abs(spectrum) @ mel.slaney(SAMPLE_RATE, _N_FFT, bands)
    level = 10 * tf.math.log(tf.maximum(magnitude, _FLOOR)) / np.log(10).astype(np.float32)
    level -= tf.reduce_max(level, (1, 2), keepdims=True)
    return tf.transpose(tf.maximum(level, -_DYNAMIC_RANGE), (0, 2, 1))


def _read_layers(path: Path) -> list[tuple[np.ndarray, ...]]:
    """Weights per layer of a Keras 2 weight file, batch normalisations and convolutions in turn."""
    if path.suffix == ".gz":
        with tempfile.TemporaryDirectory() as folder:
            return _read_layers(gunzip(path, Path(folder) / path.stem))
    try:
        with h5py.File(path) as file:
            groups = [file[name] for name in file.attrs["layer_names"]]
            layers = [
                tuple(group[name][()] for name in group.attrs["weight_names"])
                for group in groups
                if len(group.attrs["weight_names"])
            ]
    except (OSError, KeyError) as error:
        raise InputError(f"{path}: holds no Keras weights ({error})") from None
    expected: list[tuple[int, ...]] = [(1,)]
    for ingoing, outgoing in itertools.pairwise(_CHANNELS):
        expected += [(3, 3, ingoing, outgoing), (outgoing,)]
    if [weights[0].shape for weights in layers] != expected[:-1]:
        raise InputError(f"{path}: holds other layers than an audio network of OpenL3")
    return layers


def _network(layers: list[tuple[np.ndarray, ...]], dtype):
    """The network on spectrograms, computing in `dtype`."""
    tf = tensorflow()

    def affine(gamma, beta, mean, variance):
        scale = gamma / np.sqrt(variance + _BATCH_NORM_EPSILON)
        return scale, beta - mean * scale

    in_scale, in_shift = affine(*layers[0])
    convolutions = []
    for index in range(1, len(layers), 2):
        kernel, bias = layers[index]
        if index + 1 < len(layers):
            # Normalised right after the convolution: folded into it.
            scale, shift = affine(*layers[index + 1])
            kernel, bias = kernel * scale, bias * scale + shift
        convolutions.append([part.astype(dtype.as_numpy_dtype) for part in (kernel, bias)])

    def network(spectrograms):
        x = tf.cast(spectrograms[..., tf.newaxis] * in_scale + in_shift, dtype)
        for index, (kernel, bias) in enumerate(convolutions):
            x = tf.nn.conv2d(x, kernel, 1, "SAME") + bias
            if index < len(convolutions) - 1:
                x = tf.nn.relu(x)
            if index in _POOLED:
                x = tf.nn.max_pool2d(x, 2, 2, "VALID")
        return tf.cast(tf.reduce_max(x, (1, 2)), tf.float32)

    return network

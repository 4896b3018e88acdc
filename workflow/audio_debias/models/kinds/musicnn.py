"""Kind `musicnn`: the networks of the package musicnn 0.1.0, rebuilt from its checkpoints.

Three architectures' worth of facts (Pons & Serra, "musicnn: Pre-trained convolutional neural
networks for music audio tagging", ISMIR 2019 late-breaking, and the package, ISC licence):
log-mel patches of 187 frames x 96 bands go through a musically motivated front end (`musicnn`)
or a VGG (`vgg`). The embedding of a 3 s window is the penultimate layer (200-d), or the last
pooling layer averaged over its two positions (128-d).

The package drops the partial window at a clip's end; so does this port. A clip shorter than one
window is padded with silence to one, where the package fails.

Unlike the package, the spectrogram stays in float32: the package's float16 overflows silently
on loud input.
"""

import tempfile
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from audio_debias.fetching.unpack import unpack
from audio_debias.models import mel
from audio_debias.models.tensorflow_setup import compiled, tensorflow

SAMPLE_RATE = 16000
N_FFT = 512
HOP = 256
N_MELS = 96
FRAMES = 187

_BATCH_NORM_EPSILON = 1e-3

OPTIONS = {"checkpoint": str}
"""Type of every option."""


def load(spec: dict, path: Path) -> "Musicnn":
    """Read one network out of the wheel.

    Parameters
    ----------
    spec : dict
        A model of `resources/models/`; `options.checkpoint` is the checkpoint's folder in the
        wheel, `hop` the step between windows in seconds.
    path : Path
        The wheel of musicnn 0.1.0.

    Raises
    ------
    InputError
        If the wheel holds no such checkpoint.
    """
    checkpoint = spec["options"]["checkpoint"]
    tensors = _read_checkpoint(path, checkpoint)
    build = _vgg if checkpoint.endswith("vgg") else _musicnn
    network = compiled(build(tensors), (FRAMES, N_MELS))
    return Musicnn(network, hop=round(spec["hop"] * SAMPLE_RATE / HOP))


class Musicnn:
    """A network with its log-mel front end.

    Parameters
    ----------
    network : callable
        Maps patches, shape (batch, 187, 96), to embeddings, shape (batch, dim).
    hop : int
        Frames between the starts of two windows.
    """

    sample_rate = SAMPLE_RATE
    window_shape = (FRAMES, N_MELS)

    def __init__(self, network, hop: int = FRAMES):
        self.hop = hop
        self._network = network

    def windows(self, waveform: np.ndarray) -> np.ndarray:
        """Log-mel patches of a clip, shape (n, 187, 96), n >= 1."""
        missing = (FRAMES - 1) * HOP - len(waveform)
        if missing > 0:
            waveform = np.pad(waveform, (0, missing))
        patches = sliding_window_view(log_mel(waveform), FRAMES, axis=0)[:: self.hop]
        return patches.transpose(0, 2, 1)

    def embed(self, windows: np.ndarray) -> np.ndarray:
        """Embeddings of a batch of patches, shape (batch, dim)."""
        return self._network(windows)


def log_mel(waveform: np.ndarray) -> np.ndarray:
    """Log-mel spectrogram: log10(1 + 10^4 S), S the power in 96 Slaney bands.

    Parameters
    ----------
    waveform : ndarray of shape (n_samples,), float32, 16 kHz

    Returns
    -------
    ndarray of shape (1 + n_samples // 256, 96), float32
    """
    centred = np.pad(waveform, N_FFT // 2)
    power = mel.power_spectrogram(centred, mel.hann(N_FFT), HOP, N_FFT)
    return np.log10(1 + 10000 * (power @ mel.slaney(SAMPLE_RATE, N_FFT, N_MELS)))


def _read_checkpoint(wheel: Path, folder: str) -> dict[str, np.ndarray]:
    """All trained tensors of the checkpoint in `folder` of the wheel, by name."""
    tf = tensorflow()
    members = [f"{folder}/.index", f"{folder}/.data-00000-of-00001"]
    with tempfile.TemporaryDirectory() as temporary:
        unpack(wheel, temporary, members=members)
        reader = tf.compat.v1.train.NewCheckpointReader(f"{temporary}/{folder}/")
        names = [name for name in reader.get_variable_to_shape_map() if "Adam" not in name]
        return {name.removeprefix("model/"): reader.get_tensor(name) for name in names}


class _Layers:
    """The checkpoint's layers; TensorFlow numbered them in the order the graph was built."""

    def __init__(self, tensors: dict[str, np.ndarray]):
        self._tensors = tensors

    def norm(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Batch normalisation at inference as (scale, shift)."""
        name = "batch_normalization" + (f"_{index}" if index else "")
        gamma, beta, mean, variance = (
            self._tensors[f"{name}/{part}"]
            for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        scale = gamma / np.sqrt(variance + np.float32(_BATCH_NORM_EPSILON))
        return scale, beta - mean * scale

    def affine(self, name: str, index: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Kernel and bias of a convolution or dense layer."""
        name += f"_{index}" if index else ""
        return self._tensors[f"{name}/kernel"], self._tensors[f"{name}/bias"]


def _musicnn(tensors: dict[str, np.ndarray]):
    tf = tensorflow()
    layers = _Layers(tensors)

    def normalised(x, index):
        scale, shift = layers.norm(index)
        return x * scale + shift

    def front_end(image, index, padding):
        """Convolve, ReLU, normalise, and take the maximum over frequency.

        The normalisation is increasing or decreasing per filter, so the maximum of the
        normalised map is the normalised maximum or minimum: the large map is written once.
        """
        kernel, bias = layers.affine("conv2d", index)
        y = tf.nn.relu(tf.nn.conv2d(image, kernel, 1, padding) + bias)
        scale, shift = layers.norm(index + 1)
        extreme = tf.where(scale > 0, tf.reduce_max(y, 2), tf.reduce_min(y, 2))
        return extreme * scale + shift

    def middle(x, index):
        kernel, bias = layers.affine("conv2d", index)
        padded = tf.pad(x, [[0, 0], [3, 3], [0, 0]])
        y = tf.nn.conv1d(padded, kernel[:, :, 0], 1, "VALID") + bias
        return normalised(tf.nn.relu(y), index + 1)

    def network(patches):
        image = normalised(patches[..., tf.newaxis], 0)
        padded = tf.pad(image, [[0, 0], [3, 3], [0, 0], [0, 0]])
        timbral = [front_end(padded, index, "VALID") for index in (0, 1)]
        temporal = [front_end(image, index, "SAME") for index in (2, 3, 4)]
        front = tf.concat(timbral + temporal, 2)
        first = middle(front, 5)
        second = middle(first, 6) + first
        third = middle(second, 7) + second
        features = tf.concat([front, first, second, third], 2)
        pooled = tf.stack([tf.reduce_max(features, 1), tf.reduce_mean(features, 1)], -1)
        kernel, bias = layers.affine("dense")
        flat = normalised(tf.reshape(pooled, (-1, kernel.shape[0])), 9)
        return normalised(tf.nn.relu(flat @ kernel + bias), 10)

    return network


def _vgg(tensors: dict[str, np.ndarray]):
    tf = tensorflow()
    layers = _Layers(tensors)
    pools = [((4, 1), 2), ((2, 2), 2), ((2, 2), 2), ((2, 2), 2), ((4, 4), 4)]

    def network(patches):
        scale, shift = layers.norm(0)
        x = patches[..., tf.newaxis] * scale + shift
        for index, (size, stride) in enumerate(pools, start=1):
            kernel, bias = layers.affine(f"{index}CNN")
            x = tf.nn.relu(tf.nn.conv2d(x, kernel, 1, "SAME") + bias)
            scale, shift = layers.norm(index)
            x = tf.nn.max_pool2d(x * scale + shift, size, stride, "VALID")
        return tf.reduce_mean(x, (1, 2))

    return network

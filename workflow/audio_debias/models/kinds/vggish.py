"""Kind `vggish`: VGGish (Hershey et al., ICASSP 2017), from its checkpoint or SavedModel.

The front end is the one of AudioSet's released code, which the OpenMIC-2018 tools use: log-mel
patches of 96 x 64 (0.96 s), the partial patch at the end dropped. Post-processing (PCA with
whitening, quantised to 0..255) is that of the released AudioSet embeddings. Where those tools
fail on a clip shorter than one patch, it is padded with silence to one.
"""

from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from audio_debias.errors import InputError
from audio_debias.models import mel
from audio_debias.models.kinds.savedmodel import restore
from audio_debias.models.tensorflow_setup import compiled, float_type, tensorflow

SAMPLE_RATE = 16000
FRAMES, BANDS = 96, 64
LOG_OFFSET = 0.01
PRECISIONS = ["float32", "bf16"]
DIM = 128

_HOP = 160  # samples between spectrogram frames
_WINDOW = 400
_N_FFT = 512
_MIN_SAMPLES = _WINDOW + (FRAMES - 1) * _HOP
_QUANTISE = 2.0  # whitened values are clipped to -2..2

# Each layer's kernel, and whether a max-pooling follows.
_CONVOLUTIONS = [
    ((3, 3, 1, 64), True),
    ((3, 3, 64, 128), True),
    ((3, 3, 128, 256), False),
    ((3, 3, 256, 256), True),
    ((3, 3, 256, 512), False),
    ((3, 3, 512, 512), True),
]
_DENSE = [(12288, 4096), (4096, 4096), (4096, DIM)]

OPTIONS = {"postprocess": bool}
"""Type of every option."""


def load(spec: dict, path: Path, pca: Path | None = None) -> "Vggish":
    """Read the network's weights, and the parameters of the post-processing.

    Parameters
    ----------
    spec : dict
        A model of `resources/models/`: `hop` in seconds (0.96: patches do not overlap),
        `precision`, and under `options` `postprocess`: whether to apply PCA and quantisation.
    path : Path
        The SavedModel's folder, its archive, or a checkpoint ``*.ckpt``.
    pca : Path, optional
        AudioSet's ``vggish_pca_params.npz``.

    Raises
    ------
    InputError
        If a file is missing or does not fit VGGish.
    """
    postprocess = None
    if spec.get("options", {}).get("postprocess", False):
        if pca is None:
            raise InputError(
                f"model {spec['name']}: options.postprocess needs a second weights file"
            )
        postprocess = Postprocessor(*_read_pca(pca))
    network = _network(_read_layers(path), float_type(spec.get("precision", "float32")))
    return Vggish(
        compiled(network, (FRAMES, BANDS)),
        hop=round(spec["hop"] * SAMPLE_RATE / _HOP),
        postprocess=postprocess,
    )


class Vggish:
    """VGGish with its front end.

    Parameters
    ----------
    network : callable
        Maps patches, shape (batch, 96, 64), to embeddings, shape (batch, 128).
    hop : int
        Spectrogram frames between the starts of two patches.
    postprocess : callable or None
        Maps embeddings to embeddings.
    """

    sample_rate = SAMPLE_RATE
    window_shape = (FRAMES, BANDS)

    def __init__(self, network, hop: int = FRAMES, postprocess=None):
        self.hop = hop
        self._network = network
        self._postprocess = postprocess

    def windows(self, waveform: np.ndarray) -> np.ndarray:
        """Log-mel patches of a clip, shape (n, 96, 64), n >= 1."""
        padded = np.pad(waveform, (0, max(0, _MIN_SAMPLES - len(waveform))))
        patches = sliding_window_view(log_mel(padded), FRAMES, axis=0)[:: self.hop]
        return patches.transpose(0, 2, 1)

    def embed(self, windows: np.ndarray) -> np.ndarray:
        """Embeddings of a batch of patches, shape (batch, 128)."""
        embeddings = self._network(windows)
        return embeddings if self._postprocess is None else self._postprocess(embeddings)


def log_mel(waveform: np.ndarray) -> np.ndarray:
    """The front end of AudioSet's released code: log(magnitude in 64 HTK bands + 0.01).

    25 ms periodic Hann windows every 10 ms, FFT of 512, 125 to 7,500 Hz. In float64, as there: the
    rounding errors of a float32 transform show in the bands that a loud tone leaves silent.

    Parameters
    ----------
    waveform : ndarray of shape (n_samples,), 16 kHz

    Returns
    -------
    ndarray of shape (1 + (n_samples - 400) // 160, 64), float32
    """
    power = mel.power_spectrogram(waveform.astype(np.float64), mel.hann(_WINDOW), _HOP, _N_FFT)
    bands = mel.htk(SAMPLE_RATE, _N_FFT, BANDS, 125, 7500)
    return np.log(np.sqrt(power) @ bands + LOG_OFFSET).astype(np.float32)


class Postprocessor:
    """AudioSet's post-processing: whitening PCA, clipped to -2..2, quantised to 0..255.

    Parameters
    ----------
    components : ndarray of shape (128, 128)
        One component a row.
    means : ndarray of shape (128,)
    """

    def __init__(self, components: np.ndarray, means: np.ndarray):
        self.components = components
        self.means = means

    def __call__(self, embeddings: np.ndarray) -> np.ndarray:
        """Whole numbers from 0 to 255, shape (n, 128), float32."""
        whitened = (embeddings - self.means) @ self.components.T
        clipped = np.clip(whitened, -_QUANTISE, _QUANTISE)
        return np.floor((clipped + _QUANTISE) * (255 / (2 * _QUANTISE))).astype(np.float32)


def _read_pca(path: Path) -> tuple[np.ndarray, np.ndarray]:
    try:
        with np.load(path) as file:
            components, means = file["pca_eigen_vectors"], file["pca_means"].ravel()
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path}: holds no PCA parameters of VGGish ({error})") from None
    if components.shape != (DIM, DIM) or means.shape != (DIM,):
        raise InputError(f"{path}: PCA of shape {components.shape}, expected {(DIM, DIM)}")
    return components, means


def _read_layers(path: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Kernel and bias of each layer, in order.

    Kernels are told by their shapes, which are all different, and a bias by its kernel's scope:
    the variables are named ``vggish/conv1/weights`` and ``vggish/conv1/biases`` in the
    checkpoint, and may have other names in a SavedModel.
    """
    tensors = _read_tensors(path)
    layers = []
    for shape in [shape for shape, _ in _CONVOLUTIONS] + _DENSE:
        kernels = [name for name, value in tensors.items() if value.shape == shape]
        if len(kernels) != 1:
            raise InputError(f"{path}: holds {len(kernels)} kernels of shape {shape}, not VGGish's")
        scope = kernels[0].rpartition("/")[0]
        biases = [
            name
            for name, value in tensors.items()
            if name.rpartition("/")[0] == scope and value.shape == shape[-1:]
        ]
        if len(biases) != 1:
            raise InputError(f"{path}: holds {len(biases)} biases beside {kernels[0]}")
        layers.append((tensors[kernels[0]], tensors[biases[0]]))
    return layers


def _read_tensors(path: Path) -> dict[str, np.ndarray]:
    tf = tensorflow()
    if path.suffix == ".ckpt":
        try:
            reader = tf.train.load_checkpoint(str(path))
        except (ValueError, tf.errors.OpError) as error:
            raise InputError(f"{path}: is no TensorFlow checkpoint ({error})") from None
        return {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}
    restored = restore(path)  # named, since its variables live as long as it does
    variables = restored.__call__.concrete_functions[0].graph.variables
    return {variable.name.removesuffix(":0"): variable.numpy() for variable in variables}


def _network(layers: list[tuple[np.ndarray, np.ndarray]], dtype):
    """The network on patches, computing in `dtype`."""
    tf = tensorflow()
    own = dtype.as_numpy_dtype
    layers = [(kernel.astype(own), bias.astype(own)) for kernel, bias in layers]
    convolutions = layers[: len(_CONVOLUTIONS)]
    # As constants of the graph, the 67 million dense weights would take 4 GB of copies.
    dense = [(tf.Variable(kernel), bias) for kernel, bias in layers[len(_CONVOLUTIONS) :]]

    def network(patches):
        x = tf.cast(patches[..., tf.newaxis], dtype)
        for (kernel, bias), (_, pooled) in zip(convolutions, _CONVOLUTIONS, strict=True):
            x = tf.nn.relu(tf.nn.conv2d(x, kernel, 1, "SAME") + bias)
            if pooled:
                x = tf.nn.max_pool2d(x, 2, 2, "SAME")
        x = tf.reshape(x, (-1, _DENSE[0][0]))
        for kernel, bias in dense:
            x = tf.nn.relu(x @ kernel + bias)
        return tf.cast(x, tf.float32)

    return network

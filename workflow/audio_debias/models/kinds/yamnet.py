"""Kind `yamnet`: YAMNet (Plakal & Ellis) from its SavedModel, in batches.

TensorFlow Hub's SavedModel takes one waveform. Behind its spectrogram lies a network on patches
of 96 x 64: this kind computes the patches itself and feeds them there, so that patches of many
clips share a batch. At load time both ways are compared on a probe; if the SavedModel can not be
cut, or the two disagree, it is called clip by clip, as kind `savedmodel` does.
"""

import logging
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from audio_debias.models.kinds import savedmodel
from audio_debias.models.tensorflow_setup import compiled, tensorflow

SAMPLE_RATE = 16000
FRAMES, BANDS = 96, 64
HOP = 48  # spectrogram frames: patches overlap by half
LOG_OFFSET = 0.001

_PATCH_SAMPLES = 15600  # of 96 frames: 0.96 s and the last window's 15 ms beyond
_HOP_SAMPLES = 7680
_TOLERANCE = 1e-5  # relative to the largest activation

OPTIONS = {"output": (int, str), "min_seconds": (int, float)}
"""Type of every option."""


def load(spec: dict, path: Path) -> "Yamnet | savedmodel.SavedModel":
    """Load YAMNet and cut its network out.

    Parameters
    ----------
    spec : dict
        A model of `resources/models/`; `options.output` is the position of the embeddings among
        the outputs.
    path : Path
        The SavedModel's folder, or its archive as TensorFlow Hub serves it.

    Raises
    ------
    InputError
        If there is no SavedModel that can be called with a waveform.
    """
    whole = savedmodel.load(spec, path)
    network = _cut(whole, spec["options"]["output"])
    if network is not None:
        model = Yamnet(network)
        probe = np.random.default_rng(0).normal(scale=0.1, size=3 * SAMPLE_RATE).astype(np.float32)
        ours, theirs = model.embed(model.windows(probe)), whole.embed(whole.windows(probe))
        if np.allclose(ours, theirs, rtol=0, atol=_TOLERANCE * np.abs(theirs).max()):
            return model
    logging.getLogger(__name__).warning("%s: not YAMNet's layout; called clip by clip", path)
    return whole


class Yamnet:
    """YAMNet with our front end.

    Parameters
    ----------
    network : callable
        Maps patches, shape (batch, 96, 64, 1), to embeddings, shape (batch, 1024).
    """

    sample_rate = SAMPLE_RATE
    window_shape = (FRAMES, BANDS)

    def __init__(self, network):
        self._network = network
        self._log_mel = compiled(log_mel, ())

    def windows(self, waveform: np.ndarray) -> np.ndarray:
        """Log-mel patches of a clip, padded with silence to whole patches, shape (n, 96, 64)."""
        beyond = max(0, len(waveform) - _PATCH_SAMPLES)
        length = _PATCH_SAMPLES + -(-beyond // _HOP_SAMPLES) * _HOP_SAMPLES
        padded = np.pad(waveform, (0, length - len(waveform)))
        return sliding_window_view(self._log_mel(padded), FRAMES, axis=0)[::HOP].transpose(0, 2, 1)

    def embed(self, windows: np.ndarray) -> np.ndarray:
        """Embeddings of a batch of patches, shape (batch, 1024)."""
        return self._network(windows[..., np.newaxis])


def log_mel(waveform):
    """YAMNet's front end: log(magnitude in 64 HTK bands + 0.001), 25 ms windows every 10 ms.

    In TensorFlow, as in the SavedModel: with another float32 Fourier transform the bands that a
    loud tone leaves silent differ, and embeddings of real recordings by 4e-4.

    Parameters
    ----------
    waveform : tensor of shape (n_samples,), float32, 16 kHz

    Returns
    -------
    tensor of shape (1 + (n_samples - 400) // 160, 64), float32
    """
    tf = tensorflow()
    magnitude = tf.abs(tf.signal.stft(waveform, 400, 160, 512))
    bands = tf.signal.linear_to_mel_weight_matrix(BANDS, 257, SAMPLE_RATE, 125.0, 7500.0)
    return tf.math.log(magnitude @ bands + LOG_OFFSET)


def _cut(model: savedmodel.SavedModel, output: int):
    """The part of the graph from its first convolution, on patches, to the output; None if none."""
    tf = tensorflow()
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    signature = tf.TensorSpec((None,), tf.float32)
    concrete = tf.function(lambda waveform: model.call(waveform)[output]).get_concrete_function(
        signature
    )
    frozen = convert_variables_to_constants_v2(concrete)
    for operation in frozen.graph.get_operations():
        if operation.type == "Conv2D":
            patches = operation.inputs[0]
            break
    else:
        return None
    if not patches.shape.is_compatible_with((None, FRAMES, BANDS, 1)):
        return None
    definition = frozen.graph.as_graph_def()
    for node in definition.node:
        # Control edges would run the SavedModel's own front end for nothing.
        node.input[:] = [name for name in node.input if not name.startswith("^")]

    def network(windows):
        (embeddings,) = tf.compat.v1.import_graph_def(
            definition,
            input_map={patches.name: windows},
            return_elements=[frozen.outputs[0].name],
            name="",
        )
        return embeddings

    signature = [tf.TensorSpec((None, FRAMES, BANDS, 1), tf.float32)]
    network = tf.compat.v1.wrap_function(network, signature)
    return lambda windows: network(tf.constant(windows)).numpy()

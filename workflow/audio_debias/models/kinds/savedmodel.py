"""Kind `savedmodel`: a TensorFlow SavedModel that takes a waveform, as TensorFlow Hub's do.

The model is called clip by clip with the whole waveform, shape (n_samples,), float32, and gives
frame embeddings, shape (n_frames, dim), possibly among other outputs.
"""

import tempfile
from pathlib import Path

import numpy as np

from audio_debias.errors import InputError
from audio_debias.fetching.unpack import unpack
from audio_debias.models.pins import pinned_folder, read_pin
from audio_debias.models.tensorflow_setup import tensorflow

OPTIONS = {"output": (int, str), "min_seconds": (int, float)}
"""Type of every option."""


def load(spec: dict, path: Path) -> "SavedModel":
    """Load a SavedModel.

    Parameters
    ----------
    spec : dict
        A model of `resources/models/`: `sample_rate`, and under `options` the `output` (the
        position or the name of the embeddings among the outputs; left out if there is but one)
        and `min_seconds`, to which shorter clips are padded with silence.
    path : Path
        The SavedModel's folder, the archive of one as TensorFlow Hub serves it, or the pin of a
        handle that TensorFlow Hub resolved.

    Raises
    ------
    InputError
        If there is no SavedModel that can be called with a waveform.
    """
    options = spec.get("options", {})
    restored = restore(path)
    call = restored if callable(restored) else restored.signatures.get("serving_default")
    if call is None:
        raise InputError(f"{path}: this SavedModel can not be called; it has no serving_default")
    return SavedModel(
        restored,
        call,
        spec["sample_rate"],
        output=options.get("output"),
        min_samples=round(options.get("min_seconds", 0) * spec["sample_rate"]),
    )


def restore(path: Path):
    """What TensorFlow makes of a SavedModel's folder, archive or pin.

    Raises
    ------
    InputError
        If there is no SavedModel.
    """
    load = tensorflow().saved_model.load
    if read_pin(path):
        path, load = pinned_folder(path), _hub_load()
    if path.is_file():
        with tempfile.TemporaryDirectory() as folder:
            unpack(path, folder)
            return restore(Path(folder))
    if not (path / "saved_model.pb").is_file():
        raise InputError(f"{path}: holds no saved_model.pb; give the folder of a SavedModel")
    try:
        return load(str(path))
    except Exception as error:  # of protobuf, the checkpoint or TensorFlow
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{path}: TensorFlow cannot load it ({reason})") from None


def _hub_load():
    """`tensorflow_hub.load`, once TensorFlow is set up."""
    try:
        import tensorflow_hub
    except ImportError as error:
        raise InputError(
            f"this model needs TensorFlow Hub: pip install tensorflow-hub 'setuptools<82' ({error})"
        ) from None
    return tensorflow_hub.load


class SavedModel:
    """A network with its front end inside.

    Parameters
    ----------
    restored : object
        What TensorFlow restored, kept alive.
    call : callable
        Maps a waveform to outputs: a tensor, a sequence or a mapping of tensors.
    sample_rate : int
        Hz.
    output : int, str or None
        Which output holds the frame embeddings.
    min_samples : int
        Shorter waveforms are padded with zeros to this length.
    """

    window_shape = None

    def __init__(self, restored, call, sample_rate: int, output=None, min_samples: int = 0):
        self._restored = restored  # its variables live as long as it does
        self.sample_rate = sample_rate
        self.min_samples = min_samples
        self.call = call
        self._output = output

    def windows(self, waveform: np.ndarray) -> np.ndarray:
        """The clip as one window, shape (1, n_samples)."""
        missing = self.min_samples - len(waveform)
        return np.pad(waveform, (0, max(0, missing)))[np.newaxis]

    def embed(self, windows: np.ndarray) -> np.ndarray:
        """Frame embeddings of one clip, shape (n_frames, dim)."""
        waveform = tensorflow().constant(windows[0])
        try:
            outputs = self.call(waveform)
        except (TypeError, ValueError) as error:
            reason = " ".join(str(error).split())[:200]
            shape = tuple(waveform.shape)
            raise InputError(f"the SavedModel does not take shape {shape} ({reason})") from None
        if hasattr(outputs, "numpy"):
            outputs = [outputs]
        output = 0 if self._output is None and len(outputs) == 1 else self._output
        known = list(outputs) if hasattr(outputs, "keys") else list(range(len(outputs)))
        if self._output is None and hasattr(outputs, "keys") and len(known) == 1:
            output = known[0]
        if output not in known:
            raise InputError(
                f"options.output: {self._output!r} is no output of the model; it has {known}"
            )
        return outputs[output].numpy()

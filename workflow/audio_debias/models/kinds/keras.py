"""Kind `keras`: a Keras model file (`.keras`, `.h5`) that takes windows of waveform.

Example::

    name: my_keras_model
    kind: keras
    weights: {folder: my_model.keras}
    sample_rate: 16000
    window: 1.0
    hop: 0.5
    dim: 256
"""

from pathlib import Path

from audio_debias.errors import InputError
from audio_debias.models.tensorflow_setup import tensorflow
from audio_debias.models.waveform_windows import WaveformModel


def load(spec: dict, path: Path) -> WaveformModel:
    """Load a model that maps waveforms, shape (batch, n_samples), to embeddings, (batch, dim).

    Parameters
    ----------
    spec : dict
        A model of `resources/models/`; see `WaveformModel`.
    path : Path
        Loaded in Keras's safe mode: a file with Python code in it (Lambda layers) is refused.

    Raises
    ------
    InputError
        If Keras can not load the file.
    """
    keras = tensorflow().keras
    try:
        model = keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # of zipfile, HDF5, JSON or Keras itself
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{path}: Keras cannot load it ({reason})") from None
    return WaveformModel(lambda windows: model(windows, training=False).numpy(), spec)

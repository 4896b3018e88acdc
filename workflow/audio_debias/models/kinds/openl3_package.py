"""Kind `openl3_package`: the package openl3's own call, front end and network.

The reference beside the kind `openl3`, which gives the same numbers faster. The package
needs Keras 2 and pins of its own: an environment apart (`envs/openl3.in`).
"""

import os
import tempfile
import threading
from pathlib import Path

import numpy as np

from audio_debias.errors import InputError
from audio_debias.fetching.unpack import gunzip
from audio_debias.models.tensorflow_setup import tensorflow

OPTIONS = {"bands": int, "content": str}
"""Type of every option."""

ENVIRONMENT = "openl3"

SAMPLE_RATE = 48000
DIM = 512


def load(spec: dict, path: Path | None = None) -> "Openl3Package":
    """Build the package's model.

    Parameters
    ----------
    spec : dict
        A model of `resources/models/`: `hop` in seconds, `batch`, and under `options` `bands` (128
        or 256) and, without a weight file, `content` (``music`` or ``env``).
    path : Path, optional
        A weight file of the package, gzipped or not; left out: those inside the installed package.

    Raises
    ------
    InputError
        If the package is not installed, or the weights are not of this network.
    """
    # Read when TensorFlow is first imported: the package is written for Keras 2.
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    tensorflow()  # one thread an operation, as all models compute
    try:
        from openl3 import models
    except ImportError as error:
        raise InputError(
            f"model {spec['name']}: kind openl3_package needs the package openl3 (envs/openl3.in): "
            f"{error}"
        ) from None
    options = spec["options"]
    bands = f"mel{options['bands']}"
    try:
        if path is None:
            model = models.load_audio_embedding_model(bands, options.get("content", "music"), DIM)
        else:
            with tempfile.TemporaryDirectory() as folder:
                file = gunzip(path, Path(folder) / path.stem) if path.suffix == ".gz" else path
                model = models.load_audio_embedding_model_from_path(str(file), bands, DIM)
    except InputError:
        raise
    except Exception as error:  # of Keras, h5py or the package
        reason = " ".join(str(error).split())[:200]
        where = path or "the weights inside the package openl3"
        raise InputError(f"{where}: openl3 cannot load it ({reason})") from None
    return Openl3Package(model, spec["hop"], spec.get("batch", 32))


class Openl3Package:
    """`openl3.get_audio_embedding` with a loaded model.

    Parameters
    ----------
    model
        Of the package.
    hop : float
        Seconds between the starts of two windows.
    batch : int
        Windows per call of the network.
    """

    sample_rate = SAMPLE_RATE
    window_shape = None

    def __init__(self, model, hop: float, batch: int):
        self._model, self._hop, self._batch = model, hop, batch
        self._alone = threading.Lock()  # Keras promises nothing of two threads

    def windows(self, waveform: np.ndarray) -> np.ndarray:
        """The clip whole: the package cuts its windows itself."""
        return waveform[np.newaxis]

    def embed(self, windows: np.ndarray) -> np.ndarray:
        """Frame embeddings of a clip, shape (n, 512)."""
        import openl3

        with self._alone:
            frames, _ = openl3.get_audio_embedding(
                windows[0],
                SAMPLE_RATE,
                model=self._model,
                hop_size=self._hop,
                batch_size=self._batch,
                verbose=False,
            )
        return frames

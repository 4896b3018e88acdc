"""Kind `aisfx`: the network of the package aisfx 0.1.2, rebuilt from the weights in its wheel.

Ma & Lerch, "Representation Learning for the Automatic Indexing of Sound Effects Libraries",
ISMIR 2022: four blocks of two 3 x 3 convolutions on log-mel patches of 100 frames x 96 bands
(2.3 s), averaged over frequency and maximised over time, 512-d.

The spectrogram is the one that the package computes with librosa, frames first, as the network
was trained; the package itself hands librosa's on with bands first. (The paper used Essentia's.)
"""

import io
import zipfile
from pathlib import Path

import librosa
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from audio_debias.errors import InputError
from audio_debias.models.torch_setup import device, float_type, torch

SAMPLE_RATE = 44100
FRAMES, BANDS = 100, 96
LARGEST = 9.457798957824707  # of the training spectrograms; they are scaled by it

PRECISIONS = ["float32", "bf16"]
ENVIRONMENT = "torch"

_N_FFT, _HOP = 2048, 1024
_CHECKPOINT = "aisfx/models/checkpoint.pth"


def load(spec: dict, path: Path) -> "Aisfx":
    """Read the network out of the wheel.

    Parameters
    ----------
    spec : dict
        A model of `resources/models/`; `hop` is the step between windows in seconds.
    path : Path
        The wheel of aisfx 0.1.2. Its code is not run; its checkpoint is read as plain tensors.

    Raises
    ------
    InputError
        If the wheel holds no such checkpoint.
    """
    if spec["sample_rate"] != SAMPLE_RATE:
        raise InputError(f"model {spec['name']}: sample_rate: must be {SAMPLE_RATE}")
    hop = round(spec.get("hop", 0.5 * FRAMES * _HOP / SAMPLE_RATE) * SAMPLE_RATE / _HOP)
    if hop < 1:
        raise InputError(f"model {spec['name']}: hop: is less than one frame")
    tensors = _read_checkpoint(path)
    kind = {"device": device(), "dtype": float_type(spec.get("precision", "float32"))}
    return Aisfx({name: tensor.to(**kind) for name, tensor in tensors.items()}, hop)


class Aisfx:
    """The network with its log-mel front end.

    Parameters
    ----------
    tensors : dict
        Of the checkpoint's embedding network, by name.
    hop : int
        Frames between the starts of two windows.
    """

    sample_rate = SAMPLE_RATE
    window_shape = (FRAMES, BANDS)

    def __init__(self, tensors: dict, hop: int = FRAMES // 2):
        self._tensors = tensors
        self._hop = hop

    def windows(self, waveform: np.ndarray) -> np.ndarray:
        """Patches of a clip, shape (n, 100, 96), n >= 1; a partial one at the end is dropped."""
        frames = log_mel(waveform)
        frames = np.pad(frames, ((0, max(0, FRAMES - len(frames))), (0, 0)))
        return sliding_window_view(frames, FRAMES, axis=0)[:: self._hop].transpose(0, 2, 1)

    def embed(self, windows: np.ndarray) -> np.ndarray:
        """Embeddings of patches, shape (n, 512)."""
        functional = torch().nn.functional
        with torch().inference_mode():
            some = next(iter(self._tensors.values()))
            x = (
                torch()
                .from_numpy(np.ascontiguousarray(windows))
                .to(some.device, some.dtype)[:, None]
            )
            for block in range(1, 5):
                for layer in (1, 2):
                    name = f"conv_block{block}"
                    weight = self._tensors[f"{name}.conv{layer}.weight"]
                    x = functional.conv2d(x, weight, padding=1)
                    x = functional.relu(self._normalised(x, f"{name}.bn{layer}"))
                if block < 4:
                    x = functional.max_pool2d(x, 2)
            return x.float().mean(dim=3).amax(dim=2).cpu().numpy()

    def _normalised(self, x, name: str):
        """Batch normalisation with the statistics of training."""
        keys = ("running_mean", "running_var", "weight", "bias")
        return torch().nn.functional.batch_norm(
            x, *(self._tensors[f"{name}.{key}"] for key in keys)
        )


def log_mel(waveform: np.ndarray) -> np.ndarray:
    """The package's spectrogram of a clip, peak-normalised: log10(1 + 10,000 power), scaled.

    Returns
    -------
    ndarray of shape (1 + n_samples // 1024, 96), float32
    """
    peak = np.abs(waveform).max()
    spectrogram = librosa.feature.melspectrogram(
        y=waveform / peak if peak else waveform,
        sr=SAMPLE_RATE,
        n_fft=_N_FFT,
        hop_length=_HOP,
        n_mels=BANDS,
        norm=1.0,
        fmin=0.0,
        fmax=SAMPLE_RATE / 2,
        htk=True,
    )
    return (np.log10(spectrogram * 1e4 + 1) / LARGEST).T.astype(np.float32)


def _read_checkpoint(path: Path) -> dict:
    """The tensors of the embedding network."""
    # Beside the tensors, the checkpoint holds the data sets' numbers as NumPy scalars.
    numpy_types = [
        (np.float64(0).__reduce__()[0], "numpy.core.multiarray.scalar"),
        np.dtype,
        np.dtypes.Int64DType,
    ]
    try:
        with zipfile.ZipFile(path) as wheel:
            content = io.BytesIO(wheel.read(_CHECKPOINT))
        with torch().serialization.safe_globals(numpy_types):
            tensors, _ = torch().load(content, map_location="cpu", weights_only=True)
        prefix = "embedding_net."
        return {
            name.removeprefix(prefix): tensor
            for name, tensor in tensors.items()
            if name.startswith(prefix)
        }
    except Exception as error:  # of zipfile or torch
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{path}: is not the wheel of aisfx 0.1.2 ({reason})") from None

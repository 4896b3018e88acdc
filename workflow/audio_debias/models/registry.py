"""From a model's definition to a model: its kind is the plug-in of that name."""

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from audio_debias.errors import InputError
from audio_debias.models.pins import fingerprint, read_pin
from audio_debias.plugins import KINDS, check_options

# What a definition tells people; everything else in it can change a number.
DESCRIPTIVE = {"title", "description", "same_as", "licence", "citation", "homepage"}

Weights = str | Path | Sequence[str | Path] | None


class Model(Protocol):
    """What a kind's ``load(spec, *weights)`` returns.

    Attributes
    ----------
    sample_rate : int
        Of the waveforms it takes, in Hz.
    window_shape : tuple of int, or None
        Shape of one window. Windows of many clips are then batched together in one fixed
        shape. None: a clip's windows go to the network alone, whatever their number.
    """

    sample_rate: int
    window_shape: tuple[int, ...] | None

    def windows(self, waveform: np.ndarray) -> np.ndarray:
        """Cut a clip, shape (n_samples,), into the network's inputs, shape (n, ...), n >= 1.

        Called from several threads at once.
        """

    def embed(self, windows: np.ndarray) -> np.ndarray:
        """Frame embeddings, shape (n, dim), of a batch of windows.

        Called from several threads at once.
        """


def load_model(spec: Mapping, weights: Weights) -> Model:
    """Build the model that `spec` defines.

    Parameters
    ----------
    spec : mapping
        The content of a file in `resources/models/`.
    weights : path, sequence of paths, or None
        Where its weights are on disk; a kind may need several files.

    Raises
    ------
    InputError
        If there is no such kind, or the weights do not fit it.
    """
    kind = spec["kind"]
    module = KINDS.load(kind, f"model {spec['name']}: kind")
    options = getattr(module, "OPTIONS", {})
    check_options(spec.get("options", {}), options, f"model {spec['name']}")
    precision, known = spec.get("precision", "float32"), getattr(module, "PRECISIONS", ["float32"])
    if precision not in known:
        raise InputError(
            f"model {spec['name']}: precision: {precision!r} is none of {', '.join(known)}, what "
            f"kind {kind} can compute in"
        )
    try:
        call = inspect.signature(module.load).bind(spec, *_paths(weights))
    except TypeError as error:
        raise InputError(f"model {spec['name']}: weights: {error}") from None
    try:
        return module.load(*call.args)
    except KeyError as error:
        raise InputError(f"model {spec['name']}: {error.args[0]}: missing") from error


def provenance(spec: Mapping, weights: Weights) -> dict:
    """Everything about a model that can change a number, for the metadata of its embeddings."""
    settings = {key: value for key, value in spec.items() if key not in DESCRIPTIVE | {"weights"}}
    # Of a pin, what it pins: the folder's place differs between machines.
    pins = [read_pin(path) for path in _paths(weights)]
    sha256 = [
        pin["sha256"] if pin else fingerprint(path)
        for pin, path in zip(pins, _paths(weights), strict=True)
    ]
    sources = {"weights_source": [pin["source"] for pin in pins if pin]} if any(pins) else {}
    return {"model": settings, "weights_sha256": sha256, **sources}


def _paths(weights: Weights) -> list[Path]:
    if weights is None:
        return []
    return [Path(path) for path in ([weights] if isinstance(weights, str | Path) else weights)]

"""Fitted things as safetensors: plain arrays and JSON, nothing that executes on loading."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from sklearn.base import BaseEstimator

from audio_debias.errors import InputError
from audio_debias.files import replacing

FORMAT = 2
"""The version of the layout; a file of another is refused."""

_KEY = "audio_debias"


def save_arrays(path: str | Path, arrays: Mapping[str, np.ndarray], content: Mapping) -> None:
    """Write named arrays, and what describes them, of types JSON knows."""
    tensors = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    header = {"format": FORMAT, "digest": _digest(tensors), **content}
    with replacing(path) as temporary:
        save_file(tensors, temporary, metadata={_KEY: json.dumps(header)})


def load_arrays(path: str | Path) -> tuple[dict[str, np.ndarray], dict]:
    """Read what :func:`save_arrays` wrote: the arrays by name, and what describes them.

    Raises
    ------
    InputError
        If `path` is no such file, is damaged, or is of another version.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            content = json.loads(file.metadata()[_KEY])
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        version, digest = content.pop("format", 1), content.pop("digest", None)
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: not a file of fitted arrays ({reason}); remake it") from None
    except RecursionError:
        raise InputError(f"{path}: not a file of fitted arrays (nested); remake it") from None
    if version != FORMAT:
        raise InputError(f"{path}: has the format {version}, not {FORMAT}; delete it and run again")
    if digest != _digest(arrays):
        raise InputError(f"{path}: damaged (its arrays are not those written); remake it")
    return arrays, content


def _digest(arrays: Mapping[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(f"{name}\0{arrays[name].dtype}\0{arrays[name].shape}\0".encode())
        digest.update(arrays[name].tobytes())
    return digest.hexdigest()


def dump_estimator(estimator: BaseEstimator, prefix: str, arrays: dict) -> dict:
    """The state of a fitted estimator as JSON; its arrays go to `arrays` below `prefix`."""
    state = {}
    for attribute, value in vars(estimator).items():
        if isinstance(value, np.ndarray):
            arrays[f"{prefix}/{attribute}"] = value
        else:
            state[attribute] = value
    return state


def build_estimator(
    estimator: BaseEstimator, state: Mapping, prefix: str, arrays: Mapping[str, np.ndarray]
) -> BaseEstimator:
    """Give a new estimator the state that :func:`dump_estimator` took."""
    for attribute, value in state.items():
        setattr(estimator, attribute, tuple(value) if isinstance(value, list) else value)
    for name, array in arrays.items():
        folder, _, attribute = name.rpartition("/")
        if folder == prefix:
            setattr(estimator, attribute, array)
    return estimator

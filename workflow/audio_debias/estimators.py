"""Fitted things as safetensors: plain arrays and JSON, nothing that executes on loading."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save
from sklearn.base import BaseEstimator

from audio_debias.errors import InputError
from audio_debias.files import reading, replacing
from audio_debias.makers import remake

FORMAT = 3
"""The version of the layout; a file of another is refused."""

_KEY = "audio_debias"


def save_arrays(path: str | Path, arrays: Mapping[str, np.ndarray], content: Mapping) -> None:
    """Write named arrays, and what describes them, of types JSON knows."""
    tensors = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    header = {"format": FORMAT, "digest": _digest(tensors, content), **content}
    with replacing(path) as temporary:
        # Written here, as any other file: what safetensors writes, its owner alone may read.
        temporary.write_bytes(save(tensors, metadata={_KEY: json.dumps(header)}))


def load_arrays(path: str | Path) -> tuple[dict[str, np.ndarray], dict]:
    """Read what :func:`save_arrays` wrote: the arrays by name, and what describes them.

    Raises
    ------
    InputError
        If `path` is no such file, is damaged, or is of another version.
    """
    with reading(path):
        with safe_open(path, framework="numpy") as file:
            content = json.loads(file.metadata()[_KEY])
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        version, digest = content.pop("format", 1), content.pop("digest", None)
        if version == FORMAT and digest != _digest(arrays, content):
            raise ValueError("it holds something else than was written")
        for name, array in arrays.items():
            if not np.isfinite(array).all():
                raise ValueError(f"{name[:50]} holds NaN or infinity")
    if version != FORMAT:
        found = f"has the format {str(version)[:20]}, not {FORMAT}"
        raise InputError(f"{path}: {found}; {remake(path)}")
    return arrays, content


def _digest(arrays: Mapping[str, np.ndarray], content: Mapping) -> str:
    """SHA-256 of arrays by name, and of what describes them as JSON."""
    digest = hashlib.sha256(json.dumps(content).encode())
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

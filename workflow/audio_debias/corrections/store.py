"""Fitted corrections as safetensors: plain arrays and JSON, nothing that executes on loading."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from sklearn.base import BaseEstimator
from sklearn.kernel_approximation import Nystroem, RBFSampler

from audio_debias.corrections.correction import BiasCorrection
from audio_debias.corrections.kernel import Fastfood
from audio_debias.errors import InputError
from audio_debias.files import replacing

CLASSES = {cls.__name__: cls for cls in (BiasCorrection, Fastfood, RBFSampler, Nystroem)}


def save_corrections(
    path: str | Path,
    corrections: Mapping[str, BiasCorrection],
    metadata: Mapping | None = None,
) -> None:
    """Write the fitted corrections of all labels.

    Parameters
    ----------
    path : path
    corrections : mapping of label to fitted BiasCorrection
    metadata : mapping, optional
        What describes the fit (pair, model, ...), of types JSON knows.
    """
    save_estimators(path, corrections, metadata)


def load_corrections(path: str | Path) -> tuple[dict[str, BiasCorrection], dict]:
    """Read what :func:`save_corrections` wrote: corrections by label, and the metadata.

    Raises
    ------
    InputError
        If `path` is not such a file.
    """
    return load_estimators(path, CLASSES)


def save_estimators(
    path: str | Path, estimators: Mapping[str, BaseEstimator], metadata: Mapping | None = None
) -> None:
    """Write fitted estimators by name: arrays as tensors, all else as JSON in the header."""
    tensors: dict[str, np.ndarray] = {}
    content = {
        "estimators": {name: _dump(one, name, tensors) for name, one in estimators.items()},
        "metadata": dict(metadata or {}),
    }
    with replacing(path) as temporary:
        save_file(tensors, temporary, metadata={"audio_debias": json.dumps(content)})


def load_estimators(
    path: str | Path, classes: Mapping[str, type]
) -> tuple[dict[str, BaseEstimator], dict]:
    """Read what :func:`save_estimators` wrote; only `classes` are built."""
    try:
        with safe_open(path, framework="numpy") as file:
            content = json.loads(file.metadata()["audio_debias"])
            estimators = {
                name: _build(state, name, file, classes)
                for name, state in content["estimators"].items()
            }
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: not a file of fitted estimators ({reason}); remake it") from None
    return estimators, content["metadata"]


def _dump(estimator: BaseEstimator, name: str, tensors: dict) -> dict:
    """The state of `estimator` as JSON; its arrays go to `tensors` under ``name/attribute``."""
    state, arrays = {}, []
    for attribute, value in vars(estimator).items():
        if isinstance(value, np.ndarray):
            arrays.append(attribute)
            tensors[f"{name}/{attribute}"] = np.ascontiguousarray(value)
        elif isinstance(value, BaseEstimator):
            state[attribute] = _dump(value, f"{name}/{attribute}", tensors)
        else:
            state[attribute] = value
    return {"class": type(estimator).__name__, "state": state, "arrays": arrays}


def _build(dumped: dict, name: str, file, classes: Mapping[str, type]) -> BaseEstimator:
    estimator = classes[dumped["class"]]()
    for attribute, value in dumped["state"].items():
        if isinstance(value, dict):
            value = _build(value, f"{name}/{attribute}", file, classes)
        elif isinstance(value, list):
            value = tuple(tuple(one) if isinstance(one, list) else one for one in value)
        setattr(estimator, attribute, value)
    for attribute in dumped["arrays"]:
        setattr(estimator, attribute, file.get_tensor(f"{name}/{attribute}"))
    return estimator

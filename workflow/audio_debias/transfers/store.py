"""Fitted label classifiers as safetensors: plain arrays and JSON."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from audio_debias.estimators import build_estimator, dump_estimator, load_arrays, save_arrays
from audio_debias.files import reading
from audio_debias.transfers.classifier import LogisticGrid


def save_classifiers(
    path: str | Path,
    classifiers: Mapping[tuple[str, str], LogisticGrid],
    metadata: Mapping | None = None,
) -> None:
    """Write the classifiers of all (label, train corpus)."""
    arrays: dict[str, np.ndarray] = {}
    states = [
        [label, corpus, dump_estimator(one, f"{label}/{corpus}", arrays)]
        for (label, corpus), one in classifiers.items()
    ]
    save_arrays(path, arrays, {"classifiers": states, "metadata": dict(metadata or {})})


def load_classifiers(path: str | Path) -> tuple[dict[tuple[str, str], LogisticGrid], dict]:
    """Read what :func:`save_classifiers` wrote: classifiers by (label, train corpus), metadata.

    Raises
    ------
    InputError
        If `path` is not such a file.
    """
    arrays, content = load_arrays(path)
    with reading(path):
        classifiers = {
            (label, corpus): build_estimator(LogisticGrid(), state, f"{label}/{corpus}", arrays)
            for label, corpus, state in content["classifiers"]
        }
        return classifiers, content["metadata"]

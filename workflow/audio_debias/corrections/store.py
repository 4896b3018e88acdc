"""Fitted corrections as arrays: the eraser, the directions and, of a kernel space, its map."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from audio_debias.corrections.correction import BiasCorrection
from audio_debias.corrections.eraser import Eraser
from audio_debias.corrections.kernel import new_kernel_map
from audio_debias.corrections.spaces import KernelSpace
from audio_debias.estimators import build_estimator, dump_estimator, load_arrays, save_arrays
from audio_debias.files import reading


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
    arrays: dict[str, np.ndarray] = {}
    # One correction may serve several labels: it is written once, and named by the others.
    first: dict[int, str] = {}
    states = {
        label: name
        if (name := first.setdefault(id(one), label)) != label
        else _dump(one, label, arrays)
        for label, one in corrections.items()
    }
    save_arrays(path, arrays, {"corrections": states, "metadata": dict(metadata or {})})


def load_corrections(path: str | Path) -> tuple[dict[str, BiasCorrection], dict]:
    """Read what :func:`save_corrections` wrote: corrections by label, and the metadata.

    Raises
    ------
    InputError
        If `path` is not such a file.
    """
    arrays, content = load_arrays(path)
    with reading(path):
        corrections: dict[str, BiasCorrection] = {}
        for label, state in content["corrections"].items():
            corrections[label] = (
                corrections[state] if isinstance(state, str) else _build(state, label, arrays)
            )
        return corrections, content["metadata"]


def _dump(correction: BiasCorrection, label: str, arrays: dict) -> dict:
    state = {
        "parameters": correction.get_params(),
        "n_features": int(correction.n_features_in_),
        "domains": list(correction.domains_),
        "genres": list(correction.genres_),
        "skipped": [list(one) for one in correction.skipped_],
        "erasers": len(correction.erasers_),
        "kernel": None,
    }
    arrays[f"{label}/directions"] = correction.directions_
    for number, eraser in enumerate(correction.erasers_):
        for name, array in vars(eraser).items():
            # A projection's R is its L.
            if array is not None and not (name == "right" and array is eraser.left):
                arrays[f"{label}/erasers/{number}/{name}"] = array
    if correction.space_ is not None:
        arrays[f"{label}/space/means"] = correction.space_.means_
        arrays[f"{label}/space/scales"] = correction.space_.scales_
        state["kernel"] = dump_estimator(correction.space_.kernel_, f"{label}/space/kernel", arrays)
    return state


def _build(state: dict, label: str, arrays: Mapping[str, np.ndarray]) -> BiasCorrection:
    parameters = state["parameters"]
    if parameters["domains"] is not None:
        parameters["domains"] = tuple(parameters["domains"])
    correction = BiasCorrection(**parameters)
    correction.n_features_in_ = state["n_features"]
    correction.domains_ = tuple(state["domains"])
    correction.genres_ = tuple(state["genres"])
    correction.skipped_ = tuple((genre, reason) for genre, reason in state["skipped"])
    correction.directions_ = arrays[f"{label}/directions"]
    correction.erasers_ = tuple(
        _eraser(f"{label}/erasers/{number}", arrays) for number in range(state["erasers"])
    )
    correction.space_ = None
    if state["kernel"] is not None:
        space = KernelSpace(parameters["kernel"], parameters["random_state"])
        space.means_ = arrays[f"{label}/space/means"]
        space.scales_ = arrays[f"{label}/space/scales"]
        space.kernel_ = build_estimator(
            new_kernel_map(parameters["kernel"]), state["kernel"], f"{label}/space/kernel", arrays
        )
        correction.space_ = space
    return correction


def _eraser(prefix: str, arrays: Mapping[str, np.ndarray]) -> Eraser:
    left = arrays[f"{prefix}/left"]
    return Eraser(
        arrays[f"{prefix}/centre"],
        left,
        arrays.get(f"{prefix}/right", left),
        arrays.get(f"{prefix}/scale"),
        arrays.get(f"{prefix}/target"),
    )

"""Fitted label classifiers as safetensors: plain arrays and JSON."""

from collections.abc import Mapping
from pathlib import Path

from audio_debias.corrections.store import load_estimators, save_estimators
from audio_debias.transfers.classifier import LogisticGrid


def save_classifiers(
    path: str | Path,
    classifiers: Mapping[tuple[str, str], LogisticGrid],
    metadata: Mapping | None = None,
) -> None:
    """Write the classifiers of all (label, train corpus)."""
    named = {f"{label}/{corpus}": one for (label, corpus), one in classifiers.items()}
    save_estimators(path, named, metadata)


def load_classifiers(path: str | Path) -> tuple[dict[tuple[str, str], LogisticGrid], dict]:
    """Read what :func:`save_classifiers` wrote: classifiers by (label, train corpus), metadata.

    Raises
    ------
    InputError
        If `path` is not such a file.
    """
    named, metadata = load_estimators(path, {"LogisticGrid": LogisticGrid})
    keys = (name.rpartition("/") for name in named)
    return {
        (label, corpus): one for (label, _, corpus), one in zip(keys, named.values(), strict=True)
    }, metadata

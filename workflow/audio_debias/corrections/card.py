"""The card of a correction: what it was fitted on, what it needs; whether new rows are alike."""

import hashlib
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import scipy
import sklearn

import audio_debias
from audio_debias.corrections.correction import BiasCorrection
from audio_debias.corrections.pooled import training_rows
from audio_debias.tables.embedding_table import EmbeddingTable
from audio_debias.tables.formats import FOLDER_TABLES

BEYOND = 0.999
"""The quantile of the training rows' distances past which a row counts as beyond."""

SHIFT, SHARE_BEYOND, STRANGE = 0.5, 0.01, 0.9
"""Limits of a warning: mean shift in standard deviations, share of rows beyond; and the share
beyond past which rows are refused as those of another model."""


def make_card(
    correction: BiasCorrection,
    table: EmbeddingTable,
    *,
    model: str | None = None,
    licences: Sequence[str] = (),
    with_labels: bool = False,
) -> dict:
    """What a correction was fitted on, as JSON.

    Parameters
    ----------
    correction : fitted BiasCorrection
    table : EmbeddingTable
        As given to :func:`~audio_debias.corrections.pooled.fit_pooled`; the SHA-256 of its file is
        taken.
    model : str, optional
        What the embeddings are of.
    licences : sequence of str
        Of the data fitted on.
    with_labels : bool
        Whether the fit knew the labels.
    """
    train = training_rows(table)
    x = train.x.astype(np.float64)
    names, counts = np.unique(np.asarray(train.domain), return_counts=True)
    path = Path(table.source)
    path = next((path / name for name in FOLDER_TABLES if (path / name).is_file()), path)
    return {
        "method": correction.eraser,
        "space": correction.space,
        "options": dict(correction.options or {}),
        "seed": correction.random_state,
        "dim": int(x.shape[1]),
        "model": model,
        "domains": {name: int(n) for name, n in zip(names.tolist(), counts, strict=True)},
        "labels": list(train.labels) if with_labels else [],
        "rank": int(max(eraser.rank for eraser in correction.erasers_)),
        "licences": list(licences),
        "table": {"name": path.name, "sha256": _sha256(path)},
        "versions": {
            "audio-debias": audio_debias.__version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "scikit-learn": sklearn.__version__,
        },
        "seen": _seen(x),
    }


def describe(card: Mapping, correction: BiasCorrection) -> list[tuple[str, str]]:
    """The card as lines of a heading and a text."""
    domains = card.get("domains") or dict.fromkeys(map(str, correction.domains_))
    counts = ", ".join(f"{name} {n:,}" if n else name for name, n in domains.items())
    space = "" if correction.space == "linear" else f", in the space of a {correction.kernel} map"
    options = ", ".join(f"{name} {value}" for name, value in (correction.options or {}).items())
    table = card.get("table") or {}
    removed = card.get("removed") or {}
    lines = [
        ("method", f"{correction.eraser}{space}" + (f" ({options})" if options else "")),
        ("model", card.get("model") or "not told"),
        ("width", f"{correction.n_features_in_} numbers a row"),
        ("domains", counts),
        ("labels", ", ".join(card.get("labels") or ()) or "none were used"),
        ("needs", "each row's domain" if correction.needs_domain else "nothing but the embedding"),
        ("changes", _changes(correction)),
        ("removed", _removed(removed)),
        ("table", f"{table['name']} (SHA-256 {table['sha256'] or 'unknown'})" if table else ""),
        ("licences", "; ".join(card.get("licences") or ()) or "not told"),
        ("made by", ", ".join(f"{k} {v}" for k, v in (card.get("versions") or {}).items())),
    ]
    return [(heading, text) for heading, text in lines if text]


def _changes(correction: BiasCorrection) -> str:
    rank = max(eraser.rank for eraser in correction.erasers_)
    width = len(correction.erasers_[0].centre)
    if any(eraser.scale is not None or eraser.target is not None for eraser in correction.erasers_):
        return f"every direction of {width}, each domain by its own map"
    return f"{rank} of {width} directions"


def _removed(removed: Mapping) -> str:
    if not removed:
        return "not measured"
    probes = [
        f"{name} {100 * one['before']:.1f} to {100 * one['after']:.1f} %"
        for name, one in removed["probes"].items()
    ]
    chance = f"chance {100 * removed['chance']:.1f} %"
    return f"new probes name the domain of held-out rows: {', '.join(probes)} ({chance})"


def _seen(x: np.ndarray) -> dict:
    """Location and spread of the training rows, and how far they lie out."""
    mean, scale = x.mean(axis=0), x.std(axis=0)
    scale = np.where(scale > 0, scale, max(scale.max(), np.finfo(float).tiny))
    norms = np.linalg.norm(x, axis=1)
    return {
        "rows": len(x),
        "mean": mean.tolist(),
        "scale": scale.tolist(),
        "beyond": float(np.quantile(_distances(x, mean, scale), BEYOND)),
        "norm": [float(value) for value in np.quantile(norms, [1 - BEYOND, 0.5, BEYOND])],
    }


class Outlook:
    """Whether new rows lie where the rows of the fit lay, from rows in portions.

    Parameters
    ----------
    seen : mapping
        The card's ``seen``.

    Attributes
    ----------
    rows : int
    shift : float
        Root mean square over dimensions of the shift of the mean, in standard deviations.
    share_beyond : float
        Of rows farther out than 99.9 % of the training rows.
    norm : float
        Mean norm.
    """

    def __init__(self, seen: Mapping):
        self._mean, self._scale = np.asarray(seen["mean"]), np.asarray(seen["scale"])
        self._limit, self._norms = seen["beyond"], seen["norm"]
        self._sum = np.zeros_like(self._mean)
        self._norm_sum = 0.0
        self._beyond = 0
        self.rows = 0

    def add(self, x: np.ndarray) -> None:
        """Take rows of shape (n, D) into account."""
        x = np.asarray(x, dtype=np.float64)
        self._sum += x.sum(axis=0)
        self._norm_sum += float(np.sqrt(np.einsum("ij,ij->i", x, x)).sum())
        self._beyond += int((_distances(x, self._mean, self._scale) > self._limit).sum())
        self.rows += len(x)

    @property
    def shift(self) -> float:
        """See the class."""
        shift = (self._sum / max(self.rows, 1) - self._mean) / self._scale
        return float(np.sqrt(np.mean(shift**2)))

    @property
    def share_beyond(self) -> float:
        """See the class."""
        return self._beyond / max(self.rows, 1)

    @property
    def norm(self) -> float:
        """See the class."""
        return self._norm_sum / max(self.rows, 1)

    def warnings(self) -> list[str]:
        """What a user should know, a sentence each; empty if the rows are like those of the fit."""
        found = []
        if self.share_beyond > SHARE_BEYOND:
            found.append(
                f"{100 * self.share_beyond:.1f} % of the rows lie farther out than 99.9 % of the "
                "rows that the correction was fitted on"
            )
        if self.shift > SHIFT:
            found.append(
                f"the mean of the rows lies {self.shift:.2f} standard deviations from that of the "
                "rows that the correction was fitted on"
            )
        low, middle, high = self._norms
        if not low <= self.norm <= high:
            found.append(f"the mean norm is {self.norm:.3g}; the fit saw {middle:.3g}")
        return found

    @property
    def strange(self) -> bool:
        """Whether the rows can hardly be of the same model."""
        return self.share_beyond > STRANGE


def _distances(x: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Mean squared distance from the mean over the dimensions, in their own units, shape (n,)."""
    offset = x - mean
    offset *= offset
    return offset @ (scale**-2.0) / x.shape[1]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

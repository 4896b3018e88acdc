"""How well the corpora can be told apart, before and after a correction."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from sklearn.linear_model import RidgeCV
from sklearn.metrics import roc_auc_score

from audio_debias.corrections.correction import BiasCorrection
from audio_debias.corrections.directions import cosine
from audio_debias.transfers.classifier import LogisticGrid

PROBE_CLIPS = 192
"""Training clips of each corpus that a probe sees, evenly spaced in the matched sample."""

COLUMNS = (
    "label",
    "train_corpus",
    "rank",
    "variance_removed",
    "direction_auc",
    "domain_auc_before",
    "domain_auc_after",
    "distance_before",
    "distance_after",
    "skipped",
)


class DomainProbe:
    """Linear probes that tell two corpora apart in the space before and after a correction.

    A probe is a ridge regression of the domain on features in units of their pooled standard
    deviation (before the correction in both cases), its strength chosen by generalised
    cross-validation. It is fitted on training clips and judged on test clips.

    Parameters
    ----------
    correction : BiasCorrection
    a, b : arrays of shape (n, D')
        Training clips of the two corpora, mapped but not projected.

    Attributes
    ----------
    functionals : array of float64, shape (3, D')
        Linear functionals of mapped, not projected, test clips: the first direction taken out
        (zero if there is none), the probe before, the probe after the correction.
    rank : int
    variance_removed : float
        Share of the variance of the training clips that the correction takes out.
    skipped : str or None
        The genres without a direction, and why.
    distance_before, distance_after : float or None
        Euclidean distance between the corpora's means, in units of the pooled standard deviation
        (root of the summed variances within the corpora) before the correction; None if that is
        zero.
    """

    def __init__(self, correction: BiasCorrection, a: np.ndarray, b: np.ndarray):
        deviation = np.sqrt((a.var(axis=0) * len(a) + b.var(axis=0) * len(b)) / (len(a) + len(b)))
        x = np.concatenate([a, b])
        centred = x - x.mean(axis=0)
        basis = correction.basis_
        self.rank = basis.shape[1]
        self.skipped = "; ".join(f"{one}: {why}" for one, why in correction.skipped_) or None
        total = np.vdot(centred, centred)
        self.variance_removed = float(((centred @ basis) ** 2).sum() / total) if total else 0.0
        difference = b.mean(axis=0) - a.mean(axis=0)
        left = correction.project(difference[None])[0]
        spread = np.linalg.norm(deviation)
        self.distance_before, self.distance_after = (
            float(np.linalg.norm(vector) / spread) if spread else None
            for vector in (difference, left)
        )

        deviation[deviation == 0] = 1
        domain = np.repeat([-1.0, 1.0], [len(a), len(b)])
        before = after = _ridge(centred / deviation, domain) / deviation
        first = np.zeros(x.shape[1])
        if self.rank:
            first = basis[:, 0]
            projected = correction.project(centred)
            after = correction.project((_ridge(projected / deviation, domain) / deviation)[None])[0]
        self.functionals = np.stack([first, before, after])

    def report(self, values_a: np.ndarray, values_b: np.ndarray) -> tuple:
        """The `COLUMNS` from ``rank`` on, given the functionals (3, n) of either's test clips.

        ``direction_auc`` is how well the first direction taken out tells the corpora apart. An
        AUC is None where there is no direction or no test clip of a corpus.
        """
        direction = before = after = None
        if min(values_a.shape[1], values_b.shape[1]):
            domain = np.repeat([0, 1], [values_a.shape[1], values_b.shape[1]])
            values = np.concatenate([values_a, values_b], axis=1)
            direction, before, after = (roc_auc_score(domain, row) for row in values)
            # The sign of a singular vector is arbitrary.
            direction = max(direction, 1 - direction) if self.rank else None
        return (
            self.rank,
            self.variance_removed,
            direction,
            before,
            after,
            self.distance_before,
            self.distance_after,
            self.skipped,
        )


def bias_table(rows: list[tuple]) -> pd.DataFrame:
    """The bias measures as a table with nullable columns."""
    table = pd.DataFrame(rows, columns=COLUMNS)
    types = dict.fromkeys(COLUMNS[3:-1], "Float64") | {"rank": "Int64", "skipped": "string"}
    return table.astype(types)


def _ridge(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Coefficients of a ridge regression; the penalties are relative to the number of features."""
    return RidgeCV(alphas=np.logspace(-4, 2, 7) * x.shape[1]).fit(x, y).coef_


def cosines(
    corrections: Mapping[str, BiasCorrection],
    classifiers: Mapping[tuple[str, str], LogisticGrid],
) -> pd.DataFrame:
    """Cosine between the domain direction and the label classifier's coefficients.

    Parameters
    ----------
    corrections : mapping of label to BiasCorrection
        With a single direction (``lda``, ``klda``).
    classifiers : mapping of (label, train corpus) to LogisticGrid
        Of the uncorrected space (``none``, ``k``) with the same seed.

    Returns
    -------
    DataFrame
        ``label, train_corpus, cosine``; labels without a direction are left out.
    """
    rows = [
        (label, corpus, cosine(corrections[label].directions_[0], classifier.coef_[0]))
        for (label, corpus), classifier in classifiers.items()
        if label in corrections and len(corrections[label].directions_)
    ]
    return pd.DataFrame(rows, columns=["label", "train_corpus", "cosine"])

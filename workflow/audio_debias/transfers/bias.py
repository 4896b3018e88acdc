"""How well the corpora can be told apart, before and after a correction."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from sklearn.linear_model import RidgeCV

from audio_debias.corrections.correction import BiasCorrection
from audio_debias.corrections.directions import cosine
from audio_debias.corrections.eraser import Eraser
from audio_debias.transfers.classifier import LogisticGrid, roc_auc

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
)


class DomainProbe:
    """Linear probes that tell two corpora apart in the space before and after a correction.

    A probe is a ridge regression of the domain on features in units of their pooled standard
    deviation (before the correction in both cases), its strength chosen by generalised
    cross-validation. It is fitted on training clips and judged on test clips.

    Parameters
    ----------
    erasers : two of Eraser
        That of the clips of either corpus; the same one twice for most corrections.
    a, b : arrays of shape (n, D')
        Training clips of the two corpora, mapped but not corrected.

    Attributes
    ----------
    functionals, offsets : arrays of float64, shapes (2, 3, D') and (2, 3)
        For test clips of either corpus, mapped but not corrected: the first direction taken out
        (zero if there is none), the probe before, the probe after the correction.
    rank : int
    variance_removed : float
        Variance of what the correction takes out of the training clips, as a share of theirs.
    distance_before, distance_after : float or None
        Euclidean distance between the corpora's means, in units of the pooled standard deviation
        (root of the summed variances within the corpora) before the correction; None if that is
        zero.
    """

    def __init__(self, erasers: Sequence[Eraser], a: np.ndarray, b: np.ndarray):
        deviation = np.sqrt((a.var(axis=0) * len(a) + b.var(axis=0) * len(b)) / (len(a) + len(b)))
        x = np.concatenate([a, b])
        centred = x - x.mean(axis=0)
        after = np.concatenate(
            [eraser.apply(rows) for eraser, rows in zip(erasers, (a, b), strict=True)]
        )
        self.rank = max(eraser.rank for eraser in erasers)
        self.variance_removed = _share(x - after, centred)
        means = np.stack([a.mean(axis=0), b.mean(axis=0)])
        moved = np.stack(
            [eraser.apply(m[None])[0] for eraser, m in zip(erasers, means, strict=True)]
        )
        spread = np.linalg.norm(deviation)
        self.distance_before, self.distance_after = (
            float(np.linalg.norm(second - first) / spread) if spread else None
            for first, second in (means, moved)
        )

        deviation[deviation == 0] = 1
        domain = np.repeat([-1.0, 1.0], [len(a), len(b)])
        before = _ridge(centred / deviation, domain) / deviation
        probe = before
        if not all(eraser.is_identity for eraser in erasers):
            probe = _ridge((after - after.mean(axis=0)) / deviation, domain) / deviation
        first = erasers[0].left[:, 0] if self.rank else np.zeros(x.shape[1])
        pulled = [eraser.pull_back(probe[None]) for eraser in erasers]
        self.functionals = np.stack([[first, before, w[0]] for w, _ in pulled])
        self.offsets = np.stack([[0.0, 0.0, b[0]] for _, b in pulled])

    def report(self, values_a: np.ndarray, values_b: np.ndarray) -> tuple:
        """The `COLUMNS` from ``rank`` on, given the functionals (3, n) of either's test clips.

        ``direction_auc`` is how well the first direction taken out tells the corpora apart. An
        AUC is None where there is no direction or no test clip of a corpus.
        """
        direction = before = after = None
        if min(values_a.shape[1], values_b.shape[1]):
            second = np.repeat([False, True], [values_a.shape[1], values_b.shape[1]])
            values = np.concatenate([values_a, values_b], axis=1)
            direction, before, after = (roc_auc(second, row) for row in values)
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
        )


def _share(taken: np.ndarray, centred: np.ndarray) -> float:
    """Variance of the rows `taken` as a share of that of the rows `centred`."""
    total = np.vdot(centred, centred)
    return float(np.sum((taken - taken.mean(axis=0)) ** 2) / total) if total else 0.0


def bias_table(rows: list[tuple]) -> pd.DataFrame:
    """The bias measures as a table with nullable columns."""
    table = pd.DataFrame(rows, columns=COLUMNS)
    types = dict.fromkeys(COLUMNS[3:], "Float64") | {"rank": "Int64"}
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

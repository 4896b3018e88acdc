"""Domain scores: how much a clip sounds like the second of two corpora to a model.

Two probes read them, and the two directions that most corrections take out.
"""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from audio_debias.corrections.erasers import lda, mean
from audio_debias.evidence.sources import folds_of

READERS = ("linear", "nonlinear", "lda", "mean")
"""Two probes, and two directions."""


class Along:
    """Where rows lie along a direction between two corpora: their means at -1 and 1.

    Parameters
    ----------
    directions : callable
        Of an eraser: rows and their domains to directions, shape (1, D).
    """

    def __init__(self, directions: Callable):
        self.directions = directions

    def fit(self, x: np.ndarray, domain: np.ndarray) -> "Along":
        """Find the direction.

        Raises
        ------
        numpy.linalg.LinAlgError
            If the rows give none.
        """
        (direction,) = self.directions(x, domain)
        ends = [x[domain == code].mean(axis=0) @ direction for code in (0, 1)]
        if not ends[1] > ends[0]:
            raise np.linalg.LinAlgError("the means are equal along the direction")
        self.coef_ = 2 * direction / (ends[1] - ends[0])
        self.intercept_ = -(ends[0] + ends[1]) / (ends[1] - ends[0])
        return self

    def decision_function(self, x: np.ndarray) -> np.ndarray:
        """The place of each row, shape (n,)."""
        return x @ self.coef_ + self.intercept_


def domain_scores(
    x: np.ndarray,
    domain: np.ndarray,
    groups: np.ndarray,
    seed: int = 0,
    readers: Sequence[str] = READERS,
) -> dict[str, np.ndarray]:
    """Domain scores of held-out clips.

    A logistic regression and a support vector machine with a Gaussian kernel of width sqrt(D), on
    standardised features; and the places along the directions of the erasers ``lda`` and ``mean``,
    which the methods of these names take out. Scores are probabilities, or squeezed like them:
    margins would differ most among clips that are told apart anyway.

    Parameters
    ----------
    x : array of float64, shape (n, D)
    domain : array of int, shape (n,)
        0 or 1.
    groups : array of shape (n,)
        Track, or clip, of each row.
    seed : int
    readers : sequence of str
        Of `READERS`.

    Returns
    -------
    dict of str to array of shape (n,)
        By reader, but for directions that there are not.
    """
    nonlinear = SVC(C=10, gamma=0.5 / x.shape[1])
    known = {
        "linear": (make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)), 1),
        "nonlinear": (make_pipeline(StandardScaler(), nonlinear), 2),
        "lda": (Along(lda.directions), 2),
        "mean": (Along(mean.directions), 2),
    }
    scores = {}
    for name in readers:
        reader, steepness = known[name]
        margins = np.empty(len(x))
        try:
            for test in folds_of(domain, groups, seed):
                train = np.setdiff1d(np.arange(len(x)), test)
                margins[test] = reader.fit(x[train], domain[train]).decision_function(x[test])
        except np.linalg.LinAlgError:
            continue
        scores[name] = expit(steepness * margins)
    return scores

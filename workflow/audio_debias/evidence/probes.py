"""Three ways to tell two corpora apart: a line, a Gaussian kernel, the nearest clips."""

from collections.abc import Callable

import numpy as np
from sklearn.linear_model import RidgeCV
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.neighbors import NearestNeighbors
from sklearn.svm import SVC

KERNEL_ROWS = 2000
"""Training rows of the Gaussian kernel at most, evenly spaced."""


def attack(x: np.ndarray, domain: np.ndarray, test: np.ndarray) -> dict[str, np.ndarray]:
    """Train every adversary and score test rows.

    Parameters
    ----------
    x : array of shape (n, D)
        Training rows, as many of either corpus, in comparable units.
    domain : array of bool, shape (n,)
        Which rows are of the second corpus.
    test : array of shape (m, D)

    Returns
    -------
    dict of str to array of float64, shape (m,)
        By name (`ADVERSARIES`); larger for the second corpus.
    """
    centre = x.mean(axis=0)
    x, test = x - centre, test - centre
    if x.shape[1] > len(x):
        # An exact rotation into the span of the training rows, where all that they say lies.
        q, r = np.linalg.qr(x.T)
        x, test = r.T, test @ q
    return {name: adversary(x, domain, test) for name, adversary in ADVERSARIES.items()}


def _linear(x, domain, test):
    """Ridge regression, its penalty chosen by leave-one-out over all training clips."""
    alphas = np.logspace(-4, 2, 7) * x.shape[1]
    return RidgeCV(alphas=alphas).fit(x, np.where(domain, 1.0, -1.0)).predict(test)


def _rbf(x, domain, test):
    """A support vector machine with a Gaussian kernel."""
    kept = np.linspace(0, len(x) - 1, min(len(x), KERNEL_ROWS)).astype(int)
    x, domain = x[kept], domain[kept]
    gamma = 1 / max(x.shape[1] * x.var(), np.finfo(float).tiny)
    model = SVC(C=10.0, kernel="precomputed").fit(rbf_kernel(x, gamma=gamma), domain)
    return model.decision_function(rbf_kernel(test, x, gamma=gamma))


def _neighbours(x, domain, test):
    """How much nearer the nearest training clips of one corpus are than those of the other.

    A vote among the nearest of both would always name the denser corpus in many dimensions.
    """
    distances = []
    for value in (False, True):
        rows = x[domain == value]
        model = NearestNeighbors(n_neighbors=min(5, len(rows)), algorithm="brute").fit(rows)
        distances.append(model.kneighbors(test)[0].mean(axis=1))
    return distances[0] - distances[1]


ADVERSARIES: dict[str, Callable] = {"linear": _linear, "rbf": _rbf, "neighbours": _neighbours}
"""By name: train on rows and domains, score test rows."""

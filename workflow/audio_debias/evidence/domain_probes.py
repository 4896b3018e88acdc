"""Probes that name one of any number of domains: a line, a Gaussian kernel, the nearest rows."""

from collections.abc import Callable

import numpy as np
from sklearn.linear_model import RidgeCV
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.neighbors import NearestNeighbors
from sklearn.svm import SVC

TRAINING_ROWS = 4000
"""Rows of all domains together at most on which the nonlinear probes are trained."""


def name_domains(x: np.ndarray, domain: np.ndarray, test: np.ndarray) -> dict[str, np.ndarray]:
    """Scores of each domain for test rows, by probe.

    Parameters
    ----------
    x : array of shape (n, D)
        Training rows in comparable units, centred.
    domain : array of int, shape (n,)
    test : array of shape (m, D)

    Returns
    -------
    dict of str to array of shape (m, k)
        ``linear`` (ridge regression, its penalty by leave-one-out), ``rbf`` (a support vector
        machine with a Gaussian kernel), ``neighbours`` (mean distance to the five nearest rows of
        each domain). Domains count equally.
    """
    if x.shape[1] > len(x):
        # An exact rotation into the span of the training rows.
        q, r = np.linalg.qr(x.T)
        x, test = r.T, test @ q
    return {name: probe(x, domain, test) for name, probe in PROBES.items()}


def linear_scores(x, domain, test):
    """One ridge regression a domain against all others."""
    codes, counts = np.unique(domain, return_counts=True)
    weights = len(domain) / (len(codes) * counts[np.searchsorted(codes, domain)])
    alphas = np.logspace(-4, 2, 7) * x.shape[1]
    targets = np.where(domain[:, None] == codes, 1.0, -1.0)
    return RidgeCV(alphas=alphas).fit(x, targets, sample_weight=weights).predict(test)


def _rbf(x, domain, test):
    """A support vector machine, one domain against one."""
    kept = _evenly(domain)
    x, domain = x[kept], domain[kept]
    gamma = 1 / max(x.shape[1] * x.var(), np.finfo(float).tiny)
    model = SVC(C=10.0, kernel="precomputed", class_weight="balanced")
    scores = model.fit(rbf_kernel(x, gamma=gamma), domain).decision_function(
        rbf_kernel(test, x, gamma=gamma)
    )
    return np.column_stack([-scores, scores]) if scores.ndim == 1 else scores


def _neighbours(x, domain, test):
    """Nearness of the nearest rows of each domain."""
    kept = _evenly(domain)
    x, domain = x[kept], domain[kept]
    columns = []
    for code in np.unique(domain):
        rows = x[domain == code]
        model = NearestNeighbors(n_neighbors=min(5, len(rows)), algorithm="brute").fit(rows)
        columns.append(-model.kneighbors(test)[0].mean(axis=1))
    return np.column_stack(columns)


PROBES: dict[str, Callable] = {"linear": linear_scores, "rbf": _rbf, "neighbours": _neighbours}


def _evenly(domain: np.ndarray) -> np.ndarray:
    """Rows with as many of each domain as the bound of all allows."""
    codes = np.unique(domain)
    bound = max(TRAINING_ROWS // len(codes), 2)
    parts = []
    for code in codes:
        own = np.flatnonzero(domain == code)
        parts.append(own[np.linspace(0, len(own) - 1, min(len(own), bound)).astype(int)])
    return np.sort(np.concatenate(parts))

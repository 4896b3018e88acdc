"""Iterative nullspace projection: linear probes, until none tells the domain."""

import numpy as np
import scipy.linalg

from audio_debias.corrections.covariance import ledoit_wolf
from audio_debias.corrections.domains import domain_rows

OPTIONS = {"max_rank": int}
FOLDS = 5


def directions(x, domain, *, y=None, genre=None, seed=0, max_rank=64) -> np.ndarray:
    r"""Directions of ridge probes, one after the other, until held-out clips are at chance.

    Each round fits the ridge regression of the domains on the rows that are left, adds its
    coefficients to the directions and projects them out [1]_. It ends when the probe refitted
    without a fold names the domain of that fold's rows no more often, in the mean over domains,
    than 1/k + 1.64 sqrt((1 - 1/k) / (k n)): chance and its one-sided 5 % margin.

    The rows are only touched once. With the Gram matrix G of centred rows and
    A = (G + lambda I)^-1, the probe's coefficients are x'A Y; projecting V out takes
    (x V)(x V)' off G. The residuals of a fold F that the probe did not see are
    M_FF^-1 (M Y)_F for M = lambda A - 11'/n, so that nothing is fitted twice: O(n^2 D) once and
    O(n^3) a round. (n >= D: the same with D x D matrices, O(n D^2 + n^3 / 25) a round.)
    lambda is that of Ledoit-Wolf's covariance. Rows go to folds in turn, per domain.

    Parameters
    ----------
    x : array of float64, shape (n, D)
    domain : array of int, shape (n,)
        Codes 0 .. k - 1.
    y, genre, seed
        Not used.
    max_rank : int
        No more directions than this, at chance or not.

    Returns
    -------
    array of float64, shape (r, D)
        Orthonormal; r is the rank that it took.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the first probe is at chance, or a domain has fewer than two rows.

    References
    ----------
    .. [1] S. Ravfogel, Y. Elazar, H. Gonen, M. Twiton, Y. Goldberg, "Null it out: guarding
       protected attributes by iterative nullspace projection", ACL 2020.
    """
    rows = domain_rows(domain)
    n, k = len(x), len(rows)
    truth = np.zeros((n, k))
    fold = np.empty(n, dtype=int)
    for code, part in enumerate(rows):
        truth[part, code] = 1
        fold[part] = np.arange(len(part)) % FOLDS
    target = truth - truth.mean(axis=0)
    x = x - x.mean(axis=0)
    scale = np.abs(x).max()
    if scale == 0:
        raise np.linalg.LinAlgError("the corpora's means are equal")
    x /= scale
    dual = n < x.shape[1]
    gram = x @ x.T if dual else x.T @ x
    shrinkage, mu = ledoit_wolf(x, gram)
    ridge = n * mu * max(shrinkage, 1e-3) / max(1 - shrinkage, 1e-3)
    chance = 1 / k + 1.64 * np.sqrt((1 - 1 / k) / (k * n))
    found = np.empty((0, x.shape[1]))
    while len(found) < min(max_rank, *x.shape):
        inverse = _inverse(gram, ridge)
        coefficients = x.T @ (inverse @ target) if dual else inverse @ (x.T @ target)
        coefficients -= found.T @ (found @ coefficients)
        residual = _held_out(x, inverse, target, fold, ridge, dual)
        told = (target - residual + truth.mean(axis=0)).argmax(axis=1)
        if np.mean([(told[part] == code).mean() for code, part in enumerate(rows)]) <= chance:
            break
        basis, values, _ = np.linalg.svd(coefficients, full_matrices=False)
        basis = basis[:, values > 1e-10 * values.max()][:, : max_rank - len(found)]
        basis = np.linalg.qr(basis - found.T @ (found @ basis))[0]
        found = np.vstack([found, basis.T])
        along = x @ basis
        gram = gram - along @ along.T if dual else None
        x = x - along @ basis.T
        gram = gram if dual else x.T @ x
    if not len(found):
        raise np.linalg.LinAlgError("a linear probe is at chance as it is")
    return found


def _inverse(gram: np.ndarray, ridge: float) -> np.ndarray:
    """(gram + ridge I)^-1."""
    matrix = gram.copy()
    matrix[np.diag_indices_from(matrix)] += ridge
    factor = scipy.linalg.cho_factor(matrix, lower=True, overwrite_a=True, check_finite=False)
    inverse = scipy.linalg.lapack.dpotri(factor[0], lower=1)[0]
    return np.tril(inverse) + np.tril(inverse, -1).T


def _held_out(x, inverse, target, fold, ridge, dual) -> np.ndarray:
    """Residuals of every row by the probe that was fitted without the row's fold, shape (n, k)."""
    fitted = ridge * (inverse @ target) if dual else target - x @ (inverse @ (x.T @ target))
    residual = np.empty_like(target)
    for rows in (np.flatnonzero(fold == index) for index in range(FOLDS)):
        if dual:
            block = ridge * inverse[np.ix_(rows, rows)]
        else:
            block = np.eye(len(rows)) - x[rows] @ inverse @ x[rows].T
        residual[rows] = np.linalg.solve(block - 1 / len(x), fitted[rows])
    return residual

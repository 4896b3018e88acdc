"""Shrunk covariances, solved without a D x D matrix where there are fewer clips than features."""

import numpy as np
import scipy.linalg

from audio_debias.errors import InputError


def ledoit_wolf(z: np.ndarray, gram: np.ndarray) -> tuple[float, float]:
    """Ledoit-Wolf intensity and target scale of the centred rows `z` (n, D).

    `gram` is z z' or z'z, whichever is smaller: only its Frobenius norm enters, and both have
    the same. Equal to :func:`sklearn.covariance.ledoit_wolf_shrinkage`.
    """
    n, n_features = z.shape
    norms = np.einsum("ij,ij->i", z, z)
    mu = norms.sum() / (n * n_features)
    squares = np.vdot(gram, gram) / n**2
    delta = squares / n_features - mu**2
    beta = (norms @ norms / n - squares) / (n * n_features)
    beta = min(max(beta, 0.0), delta)
    return (beta / delta if beta > 0 else 0.0), mu


def shrinkage_of(
    z: np.ndarray, gram: np.ndarray, shrinkage: str | float = "auto"
) -> tuple[float, float]:
    """Intensity s and target scale mu of the covariance (1 - s) z'z / n + s mu I.

    Parameters
    ----------
    z : array of float64, shape (n, D)
        Centred rows.
    gram : array of float64
        z z' or z'z.
    shrinkage : "auto" or float
        Ledoit-Wolf's intensity, or one between 0 and 1.

    Raises
    ------
    InputError
        If `shrinkage` is neither.
    """
    if shrinkage == "auto":
        return ledoit_wolf(z, gram)
    if isinstance(shrinkage, str) or not 0 <= shrinkage <= 1:
        raise InputError(f"shrinkage: is {shrinkage!r}; it must be auto or lie between 0 and 1")
    return float(shrinkage), np.vdot(z, z) / z.size


def solve_covariance(
    z: np.ndarray, contrasts: np.ndarray, shrinkage: str | float = "auto"
) -> np.ndarray:
    r"""S^+ z'C for the shrunk covariance S = (1 - s) z'z / n + s mu I of centred rows.

    In sample space (n < D) the same is :math:`z' ((1 - s) z z' / n + s \mu I)^+ C`, so that no
    D x D matrix is needed: O(n^2 D + n^3) instead of O(n D^2 + D^3).

    Parameters
    ----------
    z : array of float64, shape (n, D)
        Centred rows.
    contrasts : array of float64, shape (n, p)
        C: weights of the rows, as in a difference of means.
    shrinkage : "auto" or float
        See :func:`shrinkage_of`.

    Returns
    -------
    array of float64, shape (D, p)
    """
    in_sample_space = z.shape[0] < z.shape[1]
    matrix = z @ z.T if in_sample_space else z.T @ z
    intensity, mu = shrinkage_of(z, matrix, shrinkage)
    matrix *= (1 - intensity) / len(z)
    matrix[np.diag_indices_from(matrix)] += intensity * mu
    if in_sample_space:
        return z.T @ _solve(matrix, contrasts)
    return _solve(matrix, z.T @ contrasts)


def _solve(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """matrix^+ right of a positive semidefinite matrix: by Cholesky where it is not singular."""
    tolerance = len(matrix) * np.finfo(float).eps
    try:
        factor = scipy.linalg.cho_factor(matrix, check_finite=False)
    except np.linalg.LinAlgError:
        factor = None
    if factor is not None:
        pivots = np.diag(factor[0])
        if pivots.min() ** 2 > tolerance * pivots.max() ** 2:
            return scipy.linalg.cho_solve(factor, right, check_finite=False)
    values, vectors = np.linalg.eigh(matrix)
    kept = values > tolerance * values.max(initial=0.0)
    return (vectors[:, kept] / values[kept]) @ (vectors[:, kept].T @ right)

"""Oblique erasers: the least change that removes some covariances and keeps others."""

import numpy as np
from sklearn.preprocessing import StandardScaler

from audio_debias.corrections.covariance import solve_covariance
from audio_debias.corrections.domains import domain_rows
from audio_debias.corrections.eraser import Eraser


def oblique_eraser(
    x: np.ndarray,
    domain: np.ndarray,
    keep: np.ndarray | None = None,
    shrinkage: str | float = "auto",
) -> Eraser:
    r"""Remove the domains' mean differences, keep the covariance with `keep`, change least.

    With the covariance S, a basis R of the span of the centred domain means and a basis Y of the
    span of Cov(x, keep), both in columns standardised over all rows, the map is
    x - (x - c) L R' where L has the least L'SL of all that remove R and keep Y,

    .. math:: L'R = I, \quad L'Y = 0 \quad\Rightarrow\quad
        L = S^{-1} B (B' S^{-1} B)^{-1} \begin{pmatrix} I \\ 0 \end{pmatrix}, \quad B = (R, Y)

    The constraints hold whatever S is, so a shrunk S costs optimality on the fitted rows and
    nothing else. Standardising makes the shrinkage, and so the map, independent of the columns'
    scales.

    Parameters
    ----------
    x : array of float64, shape (n, D)
    domain : array of int, shape (n,)
        Codes 0 .. k - 1.
    keep : array of shape (n, L), optional
        What to keep the covariance with.
    shrinkage : "auto" or float
        See :func:`~audio_debias.corrections.covariance.shrinkage_of`.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the means are equal, a domain has one row, or `keep` tells the domains apart wholly.
    """
    n = len(x)
    indicators = np.zeros((n, int(np.max(domain)) + 1))
    for code, rows in enumerate(domain_rows(domain)):
        indicators[rows, code] = 1 / len(rows)
    scaler = StandardScaler()
    z = scaler.fit_transform(x)
    removed, contrasts = _basis(z, indicators)
    rank = removed.shape[1]
    if not rank:
        raise np.linalg.LinAlgError("the corpora's means are equal")
    basis = removed
    if keep is not None:
        kept, weights = _basis(z, (keep - keep.mean(axis=0)) / n)
        basis, contrasts = np.hstack([removed, kept]), np.hstack([contrasts, weights])
    solved = solve_covariance(z, contrasts, shrinkage)
    inner = basis.T @ solved
    root = np.sqrt(np.diag(inner))
    if np.linalg.eigvalsh(inner / root / root[:, None]).min() <= 1e-10:
        raise np.linalg.LinAlgError("the label tells the corpora apart: what to keep is removed")
    left = solved @ np.linalg.inv(inner)
    left -= left @ (basis.T @ left - np.eye(len(inner)))  # one step of refinement
    return Eraser(
        scaler.mean_, left[:, :rank] / scaler.scale_[:, None], removed * scaler.scale_[:, None]
    )


def _basis(z: np.ndarray, contrasts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Orthonormal basis of the span of z'C, and the contrasts that give it."""
    basis, values, mixing = np.linalg.svd(z.T @ contrasts, full_matrices=False)
    kept = values > 1e-13 * np.sqrt(z.shape[1])  # z has unit variance: this is rounding
    kept &= values > 1e-10 * values.max(initial=0.0)
    return basis[:, kept], contrasts @ (mixing[kept].T / values[kept])

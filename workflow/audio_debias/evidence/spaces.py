"""What a cloud of embeddings is made of: distance between corpora, variance by factor."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array


def frechet_distance(a: np.ndarray, b: np.ndarray) -> float:
    r"""Fréchet distance between two clouds taken as Gaussians.

    .. math:: |\mu_a - \mu_b|^2 + \mathrm{tr}(\Sigma_a + \Sigma_b - 2 (\Sigma_a \Sigma_b)^{1/2})

    The trace of the root is the sum of the singular values of X_a X_b' / sqrt(n_a n_b) for centred
    rows: no root of a matrix is taken, and D may exceed n. Finite samples raise the distance.

    Parameters
    ----------
    a, b : arrays of shape (n, D)

    References
    ----------
    .. [1] K. Kilgour et al., "Fréchet Audio Distance", Interspeech 2019.

    Examples
    --------
    >>> a = np.array([[-1.0], [1.0]])
    >>> round(frechet_distance(a, 3 * a + 5), 9)
    29.0
    """
    means = a.mean(axis=0), b.mean(axis=0)
    parts = [(x - mean) / np.sqrt(len(x)) for x, mean in zip((a, b), means, strict=True)]
    spread = sum(np.vdot(part, part) for part in parts)
    # A triangular factor has the same singular values and fewer rows.
    small: list[Any] = [np.linalg.qr(x, mode="r") if len(x) > x.shape[1] else x for x in parts]
    root = np.linalg.svd(small[0] @ small[1].T, compute_uv=False).sum()
    return float(max(np.sum((means[0] - means[1]) ** 2) + spread - 2 * root, 0.0))


def variance_shares(x: np.ndarray, factors: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Share of the variance of rows that each factor alone explains, adjusted for its levels.

    Parameters
    ----------
    x : array of shape (n, D)
    factors : mapping of name to array
        Shape (n,): a category per row, null = unknown (such rows are left out for this factor).
        Shape (n, k): k indicators.

    Returns
    -------
    dict of str to float
        Adjusted R squared, summed over features: 1 - (1 - R2) (n - 1) / (n - 1 - df); at least 0.
        NaN for a factor with one level, or with as many levels as rows. Factors may overlap
        (a track lies in one corpus): shares do not add up.
    """
    return {name: _share(x, np.asarray(factor)) for name, factor in factors.items()}


def _share(x: np.ndarray, factor: np.ndarray) -> float:
    if factor.ndim == 1:
        known = ~pd.isna(factor)
        x = x[known] - x[known].mean(axis=0) if known.any() else x[known]
        codes = pd.factorize(factor[known])[0]
        counts = np.bincount(codes)
        df = len(counts) - 1
        where = (codes, np.arange(len(x)))
        sums = csr_array((np.ones(len(x)), where), shape=(len(counts), len(x))) @ x
        explained = float((sums**2 / counts[:, None]).sum()) if len(counts) else 0.0
    else:
        x = x - x.mean(axis=0)
        u, values, _ = np.linalg.svd(factor - factor.mean(axis=0), full_matrices=False)
        u = u[:, values > 1e-9 * max(values.max(initial=0.0), 1e-300)]
        df = u.shape[1]
        explained = float(((u.T @ x) ** 2).sum())
    total, left = float((x**2).sum()), len(x) - 1 - df
    if df < 1 or left < 1 or total == 0:
        return float("nan")
    return max(1 - (1 - explained / total) * (len(x) - 1) / left, 0.0)

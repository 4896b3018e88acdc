"""Directions between domains: their span, and the angle between two of them."""

import numpy as np


def span(vectors: np.ndarray) -> np.ndarray:
    """Orthonormal basis of the span of directions: what a correction projects out.

    Parameters
    ----------
    vectors : array of shape (G, D)
        W, one direction per row.

    Returns
    -------
    array of float64, shape (D, r)
        V: the right singular vectors of W with a singular value above rounding, r = rank(W).
    """
    _, values, basis = np.linalg.svd(vectors, full_matrices=False)
    tolerance = max(vectors.shape) * np.finfo(float).eps * values.max(initial=0)
    return basis[values > tolerance].T


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """<a, b> / (|a| |b|); NaN if either is zero."""
    norms = np.linalg.norm(a) * np.linalg.norm(b)
    return float(np.dot(a, b) / norms) if norms > 0 else float("nan")

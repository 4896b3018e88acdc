"""Random directions: the control of every eraser."""

import numpy as np

from audio_debias.corrections.domains import domain_rows

OPTIONS: dict = {}


def directions(x, domain, *, y=None, genre=None, seed=0) -> np.ndarray:
    """As many random directions as k domains have mean differences, k - 1.

    Independent Gaussian coordinates, so that the span is uniform among all of its rank: what
    taking out that many dimensions costs or gains by itself. It does not look at `x`.

    Parameters
    ----------
    x : array of float64, shape (n, D)
    domain : array of int, shape (n,)
        Codes 0 .. k - 1.
    y, genre
        Not used.
    seed : int

    Returns
    -------
    array of float64, shape (k - 1, D)

    Raises
    ------
    numpy.linalg.LinAlgError
        If a domain has one row, as for every other eraser.

    Examples
    --------
    >>> directions(np.zeros((4, 3)), np.array([0, 0, 1, 1]), seed=1).shape
    (1, 3)
    """
    rank = min(len(domain_rows(domain)) - 1, x.shape[1])
    return np.random.default_rng(seed).standard_normal((rank, x.shape[1]))

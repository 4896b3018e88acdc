"""The differences of the domains' means, projected out."""

import numpy as np

from audio_debias.corrections.domains import mean_differences

OPTIONS: dict = {}


def directions(x, domain, *, y=None, genre=None, seed=0) -> np.ndarray:
    r"""The differences of domain means, m_d - m_0 for d = 1 .. k - 1.

    With V an orthonormal basis of their span, x - V V'x has the same mean in every domain, so
    that on the fitted rows no linear probe gains anything: the least-squares coefficient of the
    domain is zero [1]_ (Theorem 3.1). O(n D).

    Parameters
    ----------
    x : array of float64, shape (n, D)
    domain : array of int, shape (n,)
        Codes 0 .. k - 1.
    y, genre, seed
        Not used.

    Returns
    -------
    array of float64, shape (k - 1, D)

    Raises
    ------
    numpy.linalg.LinAlgError
        If the means are equal or a domain has one row.

    References
    ----------
    .. [1] N. Belrose et al., "LEACE: Perfect linear concept erasure in closed form",
       NeurIPS 2023.

    Examples
    --------
    >>> directions(np.array([[0.0, 1], [2, 1], [5, 1], [7, 1]]), np.array([0, 0, 1, 1]))
    array([[5., 0.]])
    """
    return mean_differences(x, domain)

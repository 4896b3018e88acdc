"""Every domain moved onto one mean and one standard deviation a column."""

import numpy as np

from audio_debias.corrections.domains import check_target, deviation, domain_means, domain_rows
from audio_debias.corrections.eraser import Eraser

OPTIONS = {"target": int}


def fit(x, domain, *, y=None, genre=None, seed=0, target=None) -> dict[int, Eraser]:
    r"""(x - m_d) s / s_d + m for a row of domain d.

    Standardising each domain by itself, then one affine map for all that brings back the unit of
    the embedding: m is the mean of the domains' means and s^2 of their variances, each domain
    counting the same, or both are those of the domain `target`. A column that is constant in a
    domain is only moved. A row's domain must be known. O(n D).

    Parameters
    ----------
    x : array of float64, shape (n, D)
    domain : array of int, shape (n,)
        Codes 0 .. k - 1.
    y, genre, seed
        Not used.
    target : int, optional
        The code of the domain that the others are moved onto; all together by default.

    Returns
    -------
    dict of int to Eraser
        One for each domain.

    Raises
    ------
    InputError
        If there is no domain `target`.
    numpy.linalg.LinAlgError
        If a domain has one row.

    References
    ----------
    .. [1] O. Viikki, K. Laurila, "Cepstral domain segmental feature vector normalization for noise
       robust speech recognition", Speech Communication 25, 1998.
    """
    rows = domain_rows(domain)
    means = domain_means(x, rows)
    check_target(target, len(means))
    deviations = np.stack([deviation(x[part], m) for part, m in zip(rows, means, strict=True)])
    if target is None:
        mean, spread = means.mean(axis=0), np.sqrt((deviations**2).mean(axis=0))
    else:
        mean, spread = means[target], deviations[target]
    none = np.empty((x.shape[1], 0))
    scales = np.divide(spread, deviations, out=np.ones_like(deviations), where=deviations > 0)
    return {
        code: Eraser(centre, none, none, scale=scale, target=mean)
        for code, (centre, scale) in enumerate(zip(means, scales, strict=True))
    }

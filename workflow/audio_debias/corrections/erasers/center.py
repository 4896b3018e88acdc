"""Every domain moved onto one mean."""

import numpy as np

from audio_debias.corrections.domains import check_target, domain_means, domain_rows
from audio_debias.corrections.eraser import Eraser

OPTIONS = {"target": int}


def fit(x, domain, *, y=None, genre=None, seed=0, target=None) -> dict[int, Eraser]:
    r"""x - m_d + m for a row of domain d.

    The reference m is the mean of the domains' means, each domain counting the same however many
    rows it has, or the mean of the domain `target`. A row's domain must be known. O(n D).

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
    .. [1] A. H. Sims et al., "The removal of multiplicative, systematic bias allows integration of
       breast cancer gene expression datasets", BMC Medical Genomics 1, 2008 (mean-centring).
    """
    means = domain_means(x, domain_rows(domain))
    check_target(target, len(means))
    reference = means.mean(axis=0) if target is None else means[target]
    none = np.empty((x.shape[1], 0))
    return {code: Eraser(mean, none, none, target=reference) for code, mean in enumerate(means)}

"""LEACE: least-squares concept erasure of the domain."""

from audio_debias.corrections.eraser import Eraser
from audio_debias.corrections.oblique import oblique_eraser

OPTIONS = {"shrinkage": (str, int, float)}


def fit(x, domain, *, y=None, genre=None, seed=0, shrinkage="auto") -> Eraser:
    r"""The affine map of least mean square change after which no linear probe tells the domain.

    .. math:: x \mapsto x - P (x - \bar x), \quad
        P = W^{+} \mathcal{P}_{W \Sigma_{xz}} W, \quad W = (\Sigma_{xx}^{1/2})^{+}

    where z codes the domains and :math:`\mathcal P` is the orthogonal projection onto the column
    span [1]_ (Theorem 4.3). With a basis R of the columns of :math:`\Sigma_{xz}`, the span of the
    centred domain means, it is :math:`P' = L R'`, :math:`L = \Sigma_{xx}^{+} R
    (R' \Sigma_{xx}^{+} R)^{-1}`: no matrix root, and in sample space where n < D.

    The covariance is shrunk by Ledoit-Wolf's intensity in standardised columns; the means of the
    fitted domains are equal afterwards whatever the shrinkage. O(min(n, D) n D).

    Parameters
    ----------
    x : array of float64, shape (n, D)
    domain : array of int, shape (n,)
        Codes 0 .. k - 1.
    y, genre, seed
        Not used.
    shrinkage : "auto" or float
        Ledoit-Wolf, or an intensity in [0, 1]; 0 is the published method.

    Returns
    -------
    Eraser
        Of rank k - 1 at most; the domain of a row need not be known.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the means are equal or a domain has one row.

    References
    ----------
    .. [1] N. Belrose, D. Schneider-Joseph, S. Ravfogel, R. Cotterell, E. Raff, S. Biderman,
       "LEACE: Perfect linear concept erasure in closed form", NeurIPS 2023.
    """
    return oblique_eraser(x, domain, shrinkage=shrinkage)

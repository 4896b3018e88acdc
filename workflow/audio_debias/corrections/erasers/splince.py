"""SPLINCE: LEACE that keeps the covariance with the label."""

import numpy as np

from audio_debias.corrections.eraser import Eraser
from audio_debias.corrections.label_columns import label_columns
from audio_debias.corrections.oblique import oblique_eraser

OPTIONS = {"shrinkage": (str, int, float)}


def fit(x, domain, *, y=None, genre=None, seed=0, shrinkage="auto") -> Eraser:
    r"""Remove Cov(x, domain), keep Cov(x, label) exactly, change as little else as possible.

    In whitened space the projection has the kernel :math:`\mathrm{col}(W \Sigma_{xz})` and a
    range that contains :math:`\mathrm{col}(W \Sigma_{xy})` and the orthogonal complement of
    both [1]_ (Theorem 1). Equal to x - (x - c) L R' with R a basis of :math:`\Sigma_{xz}` and L
    of least variance under L'R = I and :math:`L' \Sigma_{xy} = 0`; see
    :func:`~audio_debias.corrections.oblique.oblique_eraser`.

    A label that all rows share has no covariance to keep: the map is then LEACE's.

    Parameters
    ----------
    x : array of float64, shape (n, D)
    domain : array of int, shape (n,)
        Codes 0 .. k - 1.
    y : array of shape (n,) or (n, L)
        The labels, or each row's class; see
        :func:`~audio_debias.corrections.label_columns.label_columns`.
    genre, seed
        Not used.
    shrinkage : "auto" or float
        Ledoit-Wolf, or an intensity in [0, 1]; 0 is the published method.

    Returns
    -------
    Eraser
        Of rank k - 1 at most; neither domain nor label of a row need be known.

    Raises
    ------
    numpy.linalg.LinAlgError
        Without labels; if the label is the domain; if the means are equal or a domain has one row.

    References
    ----------
    .. [1] F. Holstege, S. Ravfogel, B. Wouters, "Preserving task-relevant information under
       linear concept removal", NeurIPS 2025.
    """
    if y is None:
        raise np.linalg.LinAlgError("splince keeps the label and was given none")
    return oblique_eraser(x, domain, keep=label_columns(y), shrinkage=shrinkage)

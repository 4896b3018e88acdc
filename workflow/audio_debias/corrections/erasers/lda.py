"""LDA: the directions that a linear discriminant analysis finds between domains, in closed form."""

from collections.abc import Sequence

import numpy as np
import scipy.linalg
from sklearn.preprocessing import StandardScaler

from audio_debias.corrections.covariance import ledoit_wolf

OPTIONS: dict = {}
"""The shrinkage is Ledoit and Wolf's; there is nothing to choose."""


def directions(x, domain, *, y=None, genre=None, seed=0):
    """One direction a domain but the first: S_w^{-1} (m_j - m_0).

    Parameters
    ----------
    x : array of float64, shape (n, D)
    domain : array of int, shape (n,)
        Codes 0..k-1; with one code alone, the other of two domains is empty.
    y, genre, seed
        Not used: the direction is that of the domains alone.

    Returns
    -------
    array of float64, shape (k - 1, D)

    Raises
    ------
    numpy.linalg.LinAlgError
        If the scatter is singular.
    """
    return lda_directions([x[domain == code] for code in range(max(2, domain.max() + 1))])


def lda_direction(x_a: np.ndarray, x_b: np.ndarray) -> np.ndarray:
    """The direction of :func:`lda_directions` between two domains, shape (D,)."""
    return lda_directions([x_a, x_b])[0]


def lda_directions(classes: Sequence[np.ndarray]) -> np.ndarray:
    r"""Linear discriminant directions with Ledoit-Wolf shrinkage, in closed form.

    For two classes the result is that of
    ``LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto").coef_``, the second class against
    the first, without a D x D eigenproblem; for more, one direction from the first to each other.

    **Scatter.** Class c has n_c clips, the prior pi_c = n_c / n, the mean m_c and the population
    standard deviations d_c (1 where a column is constant). scikit-learn standardises the class,
    Z_c = (X_c - m_c) / d_c, shrinks the covariance of Z_c by the Ledoit-Wolf intensity s_c
    towards mu_c I (mu_c = ||Z_c||_F^2 / (n_c D)) and scales back:

    .. math:: S_w = \sum_c \pi_c D_c \bigl[(1 - s_c) Z_c' Z_c / n_c + s_c \mu_c I\bigr] D_c

    where D_c = diag(d_c), and w_j = S_w^{-1} (m_j - m_0).

    **Feature space** (n >= D). S_w is scaled to a unit diagonal, so that columns of any scale
    are equal, and solved by Cholesky: O(n D^2 + D^3).

    **Sample space** (n < D). S_w = T + B'B with the diagonal
    T = sum_c pi_c s_c mu_c D_c^2 and the n rows of B, sqrt(pi_c (1 - s_c) / n_c) Z_c D_c. With
    A = B T^{-1/2}, Woodbury's identity gives

    .. math:: w = T^{-1/2} (I - A' (I + A A')^{-1} A) T^{-1/2} (m_j - m_0)

    with one n x n Gram matrix A A': O(n^2 D + n^3). The intensity s_c needs no D x D matrix
    either (see :func:`~audio_debias.corrections.covariance.ledoit_wolf`).

    Parameters
    ----------
    classes : sequence of arrays of shape (n_c, D)
        The rows of each domain; computed in float64. An empty one counts as a class of mean zero
        and no scatter.

    Returns
    -------
    array of float64, shape (classes - 1, D)
        w_j, from the first class to the j-th, not normalised; zero if the means are equal.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the scatter is singular, as with two clips or fewer in each class.

    References
    ----------
    .. [1] O. Ledoit, M. Wolf, "A well-conditioned estimator for large-dimensional covariance
       matrices", J. Multivariate Analysis 88, 2004.
    .. [2] M. Woodbury, "Inverting modified matrices", Princeton, 1950.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> w = lda_directions([rng.normal(size=(40, 3)), rng.normal(size=(50, 3)) + [0, 5, 0]])
    >>> int(np.argmax(np.abs(w)))
    1
    """
    classes = [np.asarray(x, dtype=np.float64) for x in classes]
    first, *others = (x.mean(axis=0) if len(x) else np.zeros(x.shape[1]) for x in classes)
    differences = [mean - first for mean in others]
    n, n_features = sum(map(len, classes)), len(first)
    in_sample_space = n < n_features
    ridge = np.zeros(n_features)  # T
    scatter = np.zeros((0 if in_sample_space else n_features,) * 2)
    rows = []  # B
    for x in filter(len, classes):
        prior = len(x) / n
        scaler = StandardScaler()
        z = scaler.fit_transform(x)
        gram = z @ z.T if in_sample_space else z.T @ z
        shrinkage, mu = ledoit_wolf(z, gram)
        ridge += prior * shrinkage * mu * scaler.scale_**2
        weight = prior * (1 - shrinkage) / len(x)
        z *= scaler.scale_
        if in_sample_space:
            z *= np.sqrt(weight)
            rows.append(z)
        else:
            gram *= weight * scaler.scale_
            gram *= scaler.scale_[:, None]
            scatter += gram
    if in_sample_space:
        return _solve_in_sample_space(np.concatenate(rows), ridge, differences)
    scatter[np.diag_indices(n_features)] += ridge
    return _solve_in_feature_space(scatter, differences)


def _solve_in_sample_space(
    rows: np.ndarray, ridge: np.ndarray, differences: Sequence[np.ndarray]
) -> np.ndarray:
    """(diag(ridge) + rows' rows)^-1 of each difference by Woodbury; destroys `rows`."""
    variance = ridge + np.einsum("ij,ij->j", rows, rows)
    if (ridge <= ridge.size * np.finfo(float).eps * variance).any():
        raise np.linalg.LinAlgError("too few clips for a shrinkage above zero")
    root = np.sqrt(ridge)
    rows /= root
    inner = rows @ rows.T
    inner[np.diag_indices_from(inner)] += 1
    factor = scipy.linalg.cho_factor(inner, overwrite_a=True, check_finite=False)
    solved = []
    for difference in differences:
        right = difference / root
        right -= rows.T @ scipy.linalg.cho_solve(factor, rows @ right)
        solved.append(right / root)
    return np.array(solved)


def _solve_in_feature_space(scatter: np.ndarray, differences: Sequence[np.ndarray]) -> np.ndarray:
    """scatter^-1 of each difference by Cholesky, scaled to a unit diagonal; destroys `scatter`."""
    scale = np.sqrt(np.diag(scatter))
    if not scale.all():
        raise np.linalg.LinAlgError("a column without any scatter")
    scatter /= scale
    scatter /= scale[:, None]
    factor = scipy.linalg.cho_factor(scatter, overwrite_a=True, check_finite=False)
    if np.diag(factor[0]).min() ** 2 <= len(scale) * np.finfo(float).eps:
        raise np.linalg.LinAlgError("too few clips for a shrinkage above zero")
    return np.array(
        [scipy.linalg.cho_solve(factor, difference / scale) / scale for difference in differences]
    )

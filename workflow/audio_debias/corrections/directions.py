"""Directions that tell two corpora apart: linear discriminant analysis in closed form."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.linalg
from sklearn.preprocessing import StandardScaler


def lda_direction(x_a: np.ndarray, x_b: np.ndarray) -> np.ndarray:
    r"""Two-class linear discriminant direction with Ledoit-Wolf shrinkage, in closed form.

    The result is ``LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto").coef_`` for the
    class `x_b` against the class `x_a`, without a D x D eigenproblem.

    **Scatter.** Class c has n_c clips, the prior pi_c = n_c / n, the mean m_c and the population
    standard deviations d_c (1 where a column is constant). scikit-learn standardises the class,
    Z_c = (X_c - m_c) / d_c, shrinks the covariance of Z_c by the Ledoit-Wolf intensity s_c
    towards mu_c I (mu_c = ||Z_c||_F^2 / (n_c D)) and scales back:

    .. math:: S_w = \sum_c \pi_c D_c \bigl[(1 - s_c) Z_c' Z_c / n_c + s_c \mu_c I\bigr] D_c

    where D_c = diag(d_c), and w = S_w^{-1} (m_b - m_a).

    **Feature space** (n >= D). S_w is scaled to a unit diagonal, so that columns of any scale
    are equal, and solved by Cholesky: O(n D^2 + D^3).

    **Sample space** (n < D). S_w = T + B'B with the diagonal
    T = sum_c pi_c s_c mu_c D_c^2 and the n rows of B, sqrt(pi_c (1 - s_c) / n_c) Z_c D_c. With
    A = B T^{-1/2}, Woodbury's identity gives

    .. math:: w = T^{-1/2} (I - A' (I + A A')^{-1} A) T^{-1/2} (m_b - m_a)

    with one n x n Gram matrix A A': O(n^2 D + n^3). The intensity s_c needs no D x D matrix
    either (see :func:`_shrinkage`).

    Parameters
    ----------
    x_a, x_b : array of shape (n_a, D), (n_b, D)
        The clips of the two corpora; computed in float64. An empty `x_a` or `x_b` counts as a
        class of mean zero and no scatter.

    Returns
    -------
    array of float64, shape (D,)
        w, from a to b, not normalised; zero if the means are equal.

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
    >>> w = lda_direction(rng.normal(size=(40, 3)), rng.normal(size=(50, 3)) + [0, 5, 0])
    >>> int(np.argmax(np.abs(w)))
    1
    """
    classes = [np.asarray(x, dtype=np.float64) for x in (x_a, x_b)]
    mean_a, mean_b = (x.mean(axis=0) if len(x) else np.zeros(x.shape[1]) for x in classes)
    difference = mean_b - mean_a
    n, n_features = sum(map(len, classes)), len(difference)
    in_sample_space = n < n_features
    ridge = np.zeros(n_features)  # T
    scatter = np.zeros((0, 0) if in_sample_space else (n_features, n_features))
    rows = []  # B
    for x in filter(len, classes):
        prior = len(x) / n
        scaler = StandardScaler()
        z = scaler.fit_transform(x)
        gram = z @ z.T if in_sample_space else z.T @ z
        shrinkage, mu = _shrinkage(z, gram)
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
        return _solve_in_sample_space(np.concatenate(rows), ridge, difference)
    scatter[np.diag_indices(n_features)] += ridge
    return _solve_in_feature_space(scatter, difference)


def _shrinkage(z: np.ndarray, gram: np.ndarray) -> tuple[float, float]:
    """Ledoit-Wolf intensity and target scale of the centred rows `z` (n, D).

    `gram` is z z' or z'z, whichever is smaller: only its Frobenius norm enters, and both have
    the same. Equal to :func:`sklearn.covariance.ledoit_wolf_shrinkage`.
    """
    n, n_features = z.shape
    norms = np.einsum("ij,ij->i", z, z)
    mu = norms.sum() / (n * n_features)
    squares = np.vdot(gram, gram) / n**2
    delta = squares / n_features - mu**2
    beta = (norms @ norms / n - squares) / (n * n_features)
    beta = min(max(beta, 0.0), delta)
    return (beta / delta if beta > 0 else 0.0), mu


def _solve_in_sample_space(
    rows: np.ndarray, ridge: np.ndarray, difference: np.ndarray
) -> np.ndarray:
    """(diag(ridge) + rows' rows)^-1 difference by Woodbury; destroys `rows`."""
    variance = ridge + np.einsum("ij,ij->j", rows, rows)
    if (ridge <= ridge.size * np.finfo(float).eps * variance).any():
        raise np.linalg.LinAlgError("too few clips for a shrinkage above zero")
    root = np.sqrt(ridge)
    rows /= root
    inner = rows @ rows.T
    inner[np.diag_indices_from(inner)] += 1
    right = difference / root
    factor = scipy.linalg.cho_factor(inner, overwrite_a=True, check_finite=False)
    right -= rows.T @ scipy.linalg.cho_solve(factor, rows @ right)
    return right / root


def _solve_in_feature_space(scatter: np.ndarray, difference: np.ndarray) -> np.ndarray:
    """scatter^-1 difference by Cholesky, scaled to a unit diagonal; destroys `scatter`."""
    scale = np.sqrt(np.diag(scatter))
    if not scale.all():
        raise np.linalg.LinAlgError("a column without any scatter")
    scatter /= scale
    scatter /= scale[:, None]
    factor = scipy.linalg.cho_factor(scatter, overwrite_a=True, check_finite=False)
    if np.diag(factor[0]).min() ** 2 <= len(scale) * np.finfo(float).eps:
        raise np.linalg.LinAlgError("too few clips for a shrinkage above zero")
    return scipy.linalg.cho_solve(factor, difference / scale) / scale


@dataclass(frozen=True)
class Directions:
    """Directions between two corpora and the span they take out.

    Attributes
    ----------
    vectors : array of float64, shape (G, D)
        W: one row per direction that could be fitted.
    genres : tuple of str
        The genre of each row; empty for a single direction over all genres.
    skipped : tuple of (str, str)
        Genre ("" = all) and the reason why it gave no direction.
    """

    vectors: np.ndarray
    genres: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()


def single_direction(x_a: np.ndarray, x_b: np.ndarray, min_clips: int = 2) -> Directions:
    """One direction over all genres (LDA, KLDA)."""
    vector, reason = _fit_direction(x_a, x_b, min_clips)
    if vector is None:
        return Directions(np.empty((0, x_a.shape[1])), skipped=(("", reason),))
    return Directions(vector[None])


def genre_directions(
    x_a: np.ndarray,
    x_b: np.ndarray,
    genres_a: Sequence[str],
    genres_b: Sequence[str],
    *,
    min_clips: int = 2,
    one_corpus_genre: str = "skip",
) -> Directions:
    """One direction per genre, on that genre's clips (mLDA, mKLDA).

    Parameters
    ----------
    x_a, x_b : array of shape (n_a, D), (n_b, D)
    genres_a, genres_b : sequence of str or None
        The genre of each row.
    min_clips : int
        A genre with fewer clips than this in a corpus gives no direction and is reported.
    one_corpus_genre : {"skip", "paper"}
        With "paper", a genre found in one corpus only gives S_w^{-1} m, m being that corpus's
        mean: no domain direction, but what the published code does.

    Returns
    -------
    Directions
        Genres in sorted order.
    """
    of_a, of_b = (np.asarray(genres, dtype=object) for genres in (genres_a, genres_b))
    vectors, kept, skipped = [], [], []
    for genre in sorted({genre for genre in (*of_a, *of_b) if isinstance(genre, str)}):
        a, b = x_a[of_a == genre], x_b[of_b == genre]
        alone = one_corpus_genre == "paper" and (len(a) == 0 or len(b) == 0)
        vector, reason = _fit_direction(a, b, 0 if alone else min_clips)
        if vector is None:
            skipped.append((genre, reason))
        else:
            vectors.append(vector)
            kept.append(genre)
    return Directions(np.array(vectors).reshape(-1, x_a.shape[1]), tuple(kept), tuple(skipped))


def _fit_direction(
    x_a: np.ndarray, x_b: np.ndarray, min_clips: int
) -> tuple[np.ndarray | None, str]:
    """The direction, or None and why there is none."""
    if min(len(x_a), len(x_b)) < min_clips:
        return None, f"{len(x_a)} and {len(x_b)} clips, {min_clips} needed of each corpus"
    try:
        vector = lda_direction(x_a, x_b)
    except np.linalg.LinAlgError as error:
        return None, str(error)
    return (vector, "") if vector.any() else (None, "the corpora's means are equal")


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

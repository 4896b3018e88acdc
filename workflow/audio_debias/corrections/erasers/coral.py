"""CORAL: every domain moved onto one mean and one covariance."""

import numpy as np

from audio_debias.corrections.covariance import shrinkage_of
from audio_debias.corrections.domains import check_target, domain_means, domain_rows
from audio_debias.corrections.eraser import Eraser

OPTIONS = {"shrinkage": (str, int, float), "target": int}


def fit(
    x, domain, *, y=None, genre=None, seed=0, shrinkage="auto", target=None
) -> dict[int, Eraser]:
    r"""Whitened by the covariance of its domain, coloured by the reference's.

    .. math:: x \mapsto m + (x - m_d) \Sigma_d^{-1/2} \Sigma^{1/2}

    for a row of domain d [1]_ (Algorithm 1; here with the mean). :math:`\Sigma` is the mean of the
    domains' covariances and m of their means, so that all domains are treated alike, or both are
    those of the domain `target`, the published case. A row's domain must be known.

    **Low rank.** :math:`\Sigma_d = (1 - s_d) X_d'X_d / n_d + s_d \mu_d I`, shrunk by Ledoit-Wolf's
    intensity. With V an orthonormal basis of the span of all centred rows (by QR
    where n < D), each is :math:`\alpha_d I + V B_d V'`, and so is each root: the map is a multiple
    of the identity and r <= min(n, D) directions. O(n D min(n, D) + k min(n, D)^3).

    Parameters
    ----------
    x : array of float64, shape (n, D)
    domain : array of int, shape (n,)
        Codes 0 .. k - 1.
    y, genre, seed
        Not used.
    shrinkage : "auto" or float
        Ledoit-Wolf, or an intensity in [0, 1].
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
        If a domain has one row, or a covariance is singular as without shrinkage and n < D.

    References
    ----------
    .. [1] B. Sun, J. Feng, K. Saenko, "Return of frustratingly easy domain adaptation", AAAI 2016.
    """
    rows = domain_rows(domain)
    means = domain_means(x, rows)
    check_target(target, len(means))
    n_features = x.shape[1]
    parts = [x[part] - mean for part, mean in zip(rows, means, strict=True)]
    basis, parts = _shared_coordinates(parts)
    spheres, scales, covariances = [], [], []
    for part in parts:
        gram = part.T @ part
        # Coordinates keep all norms; only the dimension that mu is spread over is larger.
        padded = n_features - basis.shape[1]
        intensity, mu = shrinkage_of(np.pad(part, ((0, 0), (0, padded))), gram, shrinkage)
        spheres.append(intensity * mu)
        scales.append((1 - intensity) / len(part))
        covariances.append(spheres[-1] * np.eye(len(gram)) + scales[-1] * gram)
    if target is None:
        mean, sphere, covariance = (np.mean(v, axis=0) for v in (means, spheres, covariances))
    else:
        mean, sphere, covariance = means[target], spheres[target], covariances[target]
    values, vectors = np.linalg.eigh(covariance)
    colouring = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    erasers = {}
    for code, (own, part) in enumerate(zip(spheres, parts, strict=True)):
        if own == 0 and basis.shape[1] < n_features:
            raise np.linalg.LinAlgError("a singular covariance: needs a shrinkage above zero")
        scale = np.sqrt(sphere / own) if own > 0 else 1.0
        inner = _whitened(part, own, scales[code], covariances[code], colouring)
        inner[np.diag_indices_from(inner)] -= scale
        erasers[code] = Eraser(
            means[code], -basis @ inner, basis, scale=np.full(n_features, scale), target=mean
        )
    return erasers


def _shared_coordinates(parts: list[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Orthonormal basis V of the span of all rows, shape (D, r), and the rows' coordinates in it.

    All axes where n >= D.
    """
    x = np.concatenate(parts)
    if len(x) >= x.shape[1]:
        return np.eye(x.shape[1]), parts
    basis, coordinates = np.linalg.qr(x.T)
    splits = np.cumsum([len(part) for part in parts])[:-1]
    return basis, np.split(coordinates.T, splits)


def _whitened(
    part: np.ndarray, sphere: float, scale: float, covariance: np.ndarray, matrix: np.ndarray
) -> np.ndarray:
    """C^-1/2 times a matrix, for the covariance C = sphere I + scale Z'Z of the rows Z.

    With fewer rows than columns from the eigenvalues of Z Z', of which there are fewer.
    """
    if sphere > 0 and len(part) < part.shape[1]:
        values, vectors = np.linalg.eigh(part @ part.T)
        kept = values > len(values) * np.finfo(float).eps * values.max(initial=0.0)
        values, axes = values[kept], part.T @ (vectors[:, kept] / np.sqrt(values[kept]))
        across = axes.T @ matrix
        across *= (1 / np.sqrt(sphere + scale * values) - 1 / np.sqrt(sphere))[:, None]
        return matrix / np.sqrt(sphere) + axes @ across
    values, vectors = np.linalg.eigh(covariance)
    if values.min() <= len(values) * np.finfo(float).eps * values.max():
        raise np.linalg.LinAlgError("a singular covariance: needs a shrinkage above zero")
    return (vectors / np.sqrt(values)) @ (vectors.T @ matrix)

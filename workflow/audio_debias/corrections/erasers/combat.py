"""ComBat: location and scale of every domain by empirical Bayes, covariates protected."""

import numpy as np

from audio_debias.corrections.domains import domain_rows
from audio_debias.corrections.eraser import Eraser
from audio_debias.corrections.label_columns import label_columns
from audio_debias.errors import InputError, nearest

OPTIONS = {"protect": list}
COVARIATES = ("label", "genre")


def fit(x, domain, *, y=None, genre=None, seed=0, protect=COVARIATES) -> dict[int, Eraser]:
    r"""Shift and scale of each domain and column, shrunk over columns.

    .. math:: x_{ij} = \alpha_j + c_i \beta_j + \sigma_j (\gamma_{dj} + \delta_{dj} \epsilon_{ij})

    for row i of domain d, covariates c_i (labels, genre) and column j [1]_ (eq. 2.1 to 3.1).
    :math:`\alpha` is the mean over all rows and :math:`\sigma^2` the residual variance. With
    priors :math:`\gamma_{dj} \sim N(\bar\gamma_d, \tau_d^2)` and :math:`\delta_{dj}^2 \sim`
    inverse gamma, their parameters by moments over columns, the conditional posterior means are
    iterated to their fixed point. The correction is

    .. math:: x \mapsto \alpha + (x - \alpha - \sigma \gamma_d) / \delta_d

    which is the published one for a row of mean covariates: what depends on a row's own
    covariates, :math:`c \beta (1 - 1 / \delta_d)`, is left out, since the label of a clip is what
    is to be found. The estimates use them, so that a domain with more cellos is not moved for
    them. A row's domain must be known. O(n D).

    Parameters
    ----------
    x : array of float64, shape (n, D)
    domain : array of int, shape (n,)
        Codes 0 .. k - 1.
    y : array of shape (n,) or (n, L), optional
        The labels, or each row's class; see
        :func:`~audio_debias.corrections.label_columns.label_columns`.
    genre : array of object, shape (n,), optional
        The genre of each row, or None.
    seed
        Not used.
    protect : sequence of {"label", "genre"}
        The covariates; those not given are not protected.

    Returns
    -------
    dict of int to Eraser
        One for each domain.

    Raises
    ------
    numpy.linalg.LinAlgError
        If a domain has one row, or the covariates tell the domains apart.
    InputError
        If a covariate is not known.

    References
    ----------
    .. [1] W. E. Johnson, C. Li, A. Rabinovic, "Adjusting batch effects in microarray expression
       data using empirical Bayes methods", Biostatistics 8, 2007.
    """
    rows = domain_rows(domain)
    n, k = len(x), len(rows)
    batch = np.stack([np.isin(np.arange(n), part) for part in rows], axis=1).astype(float)
    covariates = _covariates(y, genre, protect, n)
    design = np.hstack([batch, covariates])
    if np.linalg.matrix_rank(design) < k + np.linalg.matrix_rank(covariates):
        raise np.linalg.LinAlgError("the protected labels and genres tell the corpora apart")
    centre = x.mean(axis=0)  # of no effect but on rounding
    coefficients = np.linalg.lstsq(design, x - centre, rcond=None)[0]
    residual = x - centre - design @ coefficients
    grand = batch.mean(axis=0) @ coefficients[:k] + centre
    sigma = np.sqrt(np.mean(residual**2, axis=0))
    varies = sigma > 1e-13 * np.abs(x).max(axis=0)
    unit = np.where(varies, sigma, 1.0)
    none = np.empty((x.shape[1], 0))
    erasers = {}
    for code, part in enumerate(rows):
        shift = (coefficients[code] + centre - grand) / unit
        # The mean of x - alpha - c beta in the domain is its own coefficient, by least squares.
        squares = np.square(residual[part] / unit).sum(axis=0)
        scale = np.ones_like(shift)
        if varies.sum() > 1:
            shift[varies], variance = _posterior(shift[varies], squares[varies], len(part))
            scale[varies] = np.sqrt(variance)
        elif varies.any():  # one column alone has nothing to be shrunk towards
            scale[varies] = np.sqrt(squares[varies] / (len(part) - 1))
        scale[scale == 0] = 1.0
        erasers[code] = Eraser(grand + unit * shift, none, none, scale=1 / scale, target=grand)
    return erasers


def _covariates(y, genre, protect, n: int) -> np.ndarray:
    """The protected covariates as centred columns, shape (n, c)."""
    for name in protect:
        if name not in COVARIATES:
            raise InputError(f"combat: protect: unknown name {name!r}{nearest(name, COVARIATES)}")
    columns = [np.empty((n, 0))]
    if y is not None and "label" in protect:
        columns.append(label_columns(y))
    if genre is not None and "genre" in protect:
        names = sorted({name for name in genre if isinstance(name, str)})
        columns.append(np.equal.outer(np.asarray(genre, dtype=object), names).astype(float))
    design = np.hstack(columns)
    return design - design.mean(axis=0)


def _posterior(shift: np.ndarray, squares: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Shifts and variances of one domain's columns, shrunk over columns.

    `squares` are the sums of squares about each shift, over n rows.
    """
    prior, tau = shift.mean(), shift.var(ddof=1)
    variance = squares / (n - 1)
    mean, spread = variance.mean(), variance.var(ddof=1)
    if tau == 0 or spread <= np.finfo(float).eps * mean**2:
        return shift, variance
    shape, rate = 2 + mean**2 / spread, mean + mean**3 / spread  # of the inverse gamma
    shrunk = shift
    for _ in range(500):
        shrunk = (n * tau * shift + variance * prior) / (n * tau + variance)
        previous, around = variance, squares + n * (shift - shrunk) ** 2
        variance = (rate + around / 2) / (n / 2 + shape - 1)
        if np.abs(variance - previous).max() <= 1e-12 * variance.max():
            break
    return shrunk, variance

"""Explicit maps of the Gaussian kernel exp(-|x - y|^2 / (2 sigma^2)): a linear direction in the
mapped space is a non-linear one in the embedding space."""

from functools import cache

import numpy as np
from scipy.linalg import hadamard
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.kernel_approximation import Nystroem, RBFSampler
from sklearn.metrics import pairwise_distances
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

KERNELS = ("fastfood", "rff", "nystroem")

MAX_MEDIAN_CLIPS = 4096
"""The median distance is over at most this many clips, evenly spaced in the sample: its cost is
quadratic, and the samples of the paper's size have fewer."""


def median_distance(x: np.ndarray) -> float:
    """Median Euclidean distance over all ordered pairs of rows, the zero diagonal included.

    Zero distances throughout (all rows equal) give 1, so that a kernel stays defined.
    """
    chosen = x[np.linspace(0, len(x) - 1, min(len(x), MAX_MEDIAN_CLIPS)).astype(int)]
    return float(np.median(pairwise_distances(chosen))) or 1.0


def make_kernel_map(name: str, x: np.ndarray, seed: int) -> BaseEstimator:
    """Fit a kernel map on `x` (n, D), at 8 D features and the median distance as sigma.

    Parameters
    ----------
    name : {"fastfood", "rff", "nystroem"}
        Nystroem has one feature per clip of `x`, at most 8 D.
    x : array of shape (n, D)
    seed : int

    Raises
    ------
    ValueError
        If there is no such map.
    """
    kernel = new_kernel_map(name)
    sigma, n_features = median_distance(x), 8 * x.shape[1]
    if name == "fastfood":
        kernel.set_params(sigma=sigma)
    else:
        n_components = min(n_features, len(x)) if name == "nystroem" else n_features
        kernel.set_params(gamma=1 / (2 * sigma**2), n_components=n_components)
    return kernel.set_params(random_state=seed).fit(x)


def new_kernel_map(name: str) -> BaseEstimator:
    """A kernel map of that name, not fitted.

    Raises
    ------
    ValueError
        If there is none.
    """
    maps = {"fastfood": Fastfood, "rff": RBFSampler, "nystroem": Nystroem}
    if name not in maps:
        raise ValueError(f"kernel: unknown name {name!r}; known are {', '.join(KERNELS)}")
    return maps[name]()


class Fastfood(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    r"""Random features of the Gaussian kernel by fast Walsh-Hadamard transforms.

    A block of d frequencies, d the power of two above D, is

    .. math:: V = \frac{1}{\sigma \sqrt{d}} S H G \Pi H B

    with random signs B, a random permutation Pi, a Gaussian diagonal G, the Hadamard matrix H and
    row lengths S that make each row as long as a d-dimensional Gaussian vector. x' y's kernel is
    then the mean of cos(v'(x - y)), hence the features cos(v'x) and sin(v'x). Costs
    O(d sqrt(d)) a block and clip: H is applied as a Kronecker product of two smaller Hadamard
    matrices, which fast matrix products turn into less time than O(d log d) butterflies take.

    Parameters
    ----------
    n_components : int, optional
        Frequencies; 4 D by default. There are twice as many features.
    sigma : float, optional
        Width of the kernel; the median pairwise distance of the fitted rows by default.
    random_state : int, RandomState or None

    Attributes
    ----------
    sigma_ : float
    signs_, permutations_, gains_, lengths_ : arrays of shape (blocks, d)
        B, Pi, G and S / (sigma sqrt(d)) (with G's norm divided out), one row per block.
    n_frequencies_ : int

    References
    ----------
    .. [1] Q. Le, T. Sarlos, A. Smola, "Fastfood: approximating kernel expansions in loglinear
       time", ICML 2013.

    Examples
    --------
    >>> x = np.array([[0.0, 0.0], [1.0, 0.0]])
    >>> z = Fastfood(n_components=4096, sigma=1.0, random_state=0).fit_transform(x)
    >>> bool(abs(z[0] @ z[1] - np.exp(-0.5)) < 0.03)
    True
    """

    block_rows = 256
    """Rows mapped at a time: the working memory is this many rows of one block."""

    def __init__(self, n_components=None, *, sigma=None, random_state=None):
        self.n_components = n_components
        self.sigma = sigma
        self.random_state = random_state

    def fit(self, X, y=None):
        """Draw the frequencies for rows of X (n, D)."""
        X = validate_data(self, X, dtype=np.float64)
        n_features = X.shape[1]
        self.sigma_ = median_distance(X) if self.sigma is None else float(self.sigma)
        self.n_frequencies_ = self.n_components or 4 * n_features
        width = 1 << (n_features - 1).bit_length()
        blocks = -(-self.n_frequencies_ // width)
        random = check_random_state(self.random_state)
        self.signs_ = random.choice([-1.0, 1.0], size=(blocks, width))
        self.permutations_ = np.array([random.permutation(width) for _ in range(blocks)])
        self.gains_ = random.standard_normal((blocks, width))
        chi = np.sqrt(random.chisquare(width, size=(blocks, width)))
        norms = np.linalg.norm(self.gains_, axis=1, keepdims=True)
        self.lengths_ = chi / (norms * np.sqrt(width) * self.sigma_)
        return self

    def transform(self, X):
        """Features (n, 2 * n_components): all cosines, then all sines.

        float32, as are embeddings: a tenth of float64's time, and rounding errors of 1e-7 where
        the approximation of the kernel has 1e-2.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        features = np.empty((len(X), 2 * self.n_frequencies_), dtype=np.float32)
        for start in range(0, len(X), self.block_rows):
            rows = slice(start, start + self.block_rows)
            self._map(X[rows], features[rows])
        return features

    def _map(self, x: np.ndarray, features: np.ndarray) -> None:
        """Write cos and sin of the phases of `x` into `features`."""
        width = self.signs_.shape[1]
        padded = np.zeros((len(x), width))
        padded[:, : x.shape[1]] = x
        for block, (signs, permutation, gains, lengths) in enumerate(
            zip(self.signs_, self.permutations_, self.gains_, self.lengths_, strict=True)
        ):
            mixed = walsh_hadamard(padded * signs)
            phases = walsh_hadamard(np.take(mixed, permutation, axis=1) * gains) * lengths
            first = block * width
            last = min(first + width, self.n_frequencies_)
            phases = phases[:, : last - first].astype(np.float32)
            np.cos(phases, out=features[:, first:last])
            first, last = first + self.n_frequencies_, last + self.n_frequencies_
            np.sin(phases, out=features[:, first:last])
        features *= np.float32(1 / np.sqrt(self.n_frequencies_))

    @property
    def _n_features_out(self):
        return 2 * self.n_frequencies_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


def walsh_hadamard(x: np.ndarray) -> np.ndarray:
    """Walsh-Hadamard transform H x of every row of `x` (n, d), d a power of two, not normalised.

    H_pq = H_p (Kronecker) H_q: each row, as a p x q matrix M, becomes H_p M H_q.
    """
    n, width = x.shape
    exponent = width.bit_length() - 1
    p, q = 1 << (exponent // 2), 1 << (exponent - exponent // 2)
    return (_hadamard(p) @ x.reshape(n, p, q) @ _hadamard(q)).reshape(n, width)


@cache
def _hadamard(width: int) -> np.ndarray:
    return hadamard(width, float)

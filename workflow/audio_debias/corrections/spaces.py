"""The space a correction works in: the embedding's own, or the features of a Gaussian kernel."""

from collections.abc import Sequence

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.preprocessing import StandardScaler

from audio_debias.corrections.kernel import make_kernel_map

SPACES = ("linear", "kernel")


class KernelSpace(BaseEstimator):
    """Standardise each domain on its own, then map into the feature space of a Gaussian kernel.

    Parameters
    ----------
    kernel : {"fastfood", "rff", "nystroem"}
    random_state : int
        Seeds the map.

    Attributes
    ----------
    means_, scales_ : arrays of float64, shape (domains, D)
        Each domain's scaling.
    kernel_ : estimator
    """

    def __init__(self, kernel="fastfood", random_state=42):
        self.kernel = kernel
        self.random_state = random_state

    def fit_map(self, x: np.ndarray, domain: np.ndarray) -> np.ndarray:
        """Fit on rows of `x` (n, D) with domain codes 0..k-1; the mapped rows (n, D')."""
        scaled = x.copy()
        scalers = []
        for code in range(domain.max() + 1):
            rows = domain == code
            scalers.append(StandardScaler().fit(x[rows]))
            scaled[rows] = scalers[-1].transform(x[rows])
        self.means_ = np.array([scaler.mean_ for scaler in scalers])
        self.scales_ = np.array([scaler.scale_ for scaler in scalers])
        self.kernel_ = make_kernel_map(self.kernel, scaled, self.random_state)
        return self.kernel_.transform(scaled)

    def map(self, x: np.ndarray, code: int) -> np.ndarray:
        """Features (n, D') of the rows of `x`, standardised by the scaling of one domain."""
        return self.kernel_.transform((x - self.means_[code]) / self.scales_[code])


def domain_codes(domain: Sequence, domains: Sequence) -> np.ndarray:
    """The position of each row's domain among `domains`.

    Raises
    ------
    ValueError
        If a row is of another domain.
    """
    order = {name: code for code, name in enumerate(domains)}
    found = sorted(set(np.asarray(domain).tolist()), key=str)
    if not set(found) <= set(order):
        raise ValueError(f"domain: found {tuple(found)}, expected {tuple(domains)}")
    return np.array([order[name] for name in np.asarray(domain).tolist()], dtype=int)

"""What erasers know of domains: their rows, their means, and how these differ."""

import numpy as np

from audio_debias.errors import InputError


def domain_rows(domain: np.ndarray, *, minimum: int = 2) -> list[np.ndarray]:
    """The row numbers of each domain.

    Parameters
    ----------
    domain : array of int, shape (n,)
        Codes 0 .. k - 1.
    minimum : int
        The fewest rows of a domain.

    Raises
    ------
    numpy.linalg.LinAlgError
        If there is one domain only, or one with fewer rows than `minimum`.
    """
    domain = np.asarray(domain)
    rows = [np.flatnonzero(domain == code) for code in range(int(domain.max(initial=-1)) + 1)]
    counts = [len(part) for part in rows]
    if len(rows) < 2:
        raise np.linalg.LinAlgError("only one corpus has clips, two needed")
    if min(counts) < minimum:
        raise np.linalg.LinAlgError(
            f"{' and '.join(map(str, counts))} clips, {minimum} needed of each corpus"
        )
    return rows


def domain_means(x: np.ndarray, rows: list[np.ndarray]) -> np.ndarray:
    """The mean of each domain, shape (k, D)."""
    return np.stack([x[part].mean(axis=0) for part in rows])


def check_target(target: int | None, count: int) -> None:
    """Refuse a code of a domain that there is not.

    Raises
    ------
    InputError
        If `target` is not None nor one of 0 .. count - 1.
    """
    if target is not None and not 0 <= target < count:
        raise InputError(f"options: target: is {target}; the domains are 0 to {count - 1}")


def mean_differences(x: np.ndarray, domain: np.ndarray) -> np.ndarray:
    """The difference of each domain's mean from the first domain's.

    Differences that are no larger than the rounding of a column's mean count as none.

    Parameters
    ----------
    x : array of float64, shape (n, D)
    domain : array of int, shape (n,)

    Returns
    -------
    array of float64, shape (k - 1, D)

    Raises
    ------
    numpy.linalg.LinAlgError
        If all means are equal, or see :func:`domain_rows`.
    """
    means = domain_means(x, domain_rows(domain))
    differences = means[1:] - means[0]
    rounding = 8 * np.finfo(float).eps * np.abs(x).max(axis=0)
    differences[np.abs(differences) <= rounding] = 0.0
    if not differences.any():
        raise np.linalg.LinAlgError("the corpora's means are equal")
    return differences


def deviation(x: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Standard deviation of each column about `mean`; zero where it is no more than rounding."""
    result = np.sqrt(np.mean((x - mean) ** 2, axis=0))
    result[result <= 8 * np.finfo(float).eps * np.abs(x).max(axis=0)] = 0.0
    return result

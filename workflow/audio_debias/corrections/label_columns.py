"""Labels as erasers that keep them want them: one column a label."""

import numpy as np
import pandas as pd


def label_columns(y) -> np.ndarray:
    """Labels as columns; classes by name or whole number as one column each.

    Parameters
    ----------
    y : array of shape (n,) or (n, L)
        Truth values or numbers, which stay as they are; or the class of each row, a name or one of
        the whole numbers beyond 0 and 1, whose order means nothing (None: no class).

    Returns
    -------
    array of float64, shape (n, L)

    Examples
    --------
    >>> label_columns(["rain", "dog", "rain"])
    array([[0., 1.],
           [1., 0.],
           [0., 1.]])
    """
    values = np.asarray(y)
    if values.ndim == 1 and not _is_number(values):
        return pd.get_dummies(pd.Series(values), dtype=np.float64).to_numpy()
    return values.astype(np.float64).reshape(len(values), -1)


def _is_number(values: np.ndarray) -> bool:
    """Whether the values mean something as numbers; truth values of any type do."""
    return values.dtype.kind in "bf" or bool(np.isin(values, (0, 1)).all())

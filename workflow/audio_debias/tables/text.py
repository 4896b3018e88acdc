"""Cells of any type as text, each the same whatever stands in the others."""

import pandas as pd

_EXACT = 2.0**53
"""From here on, whole numbers in float64 are no longer all different."""


def as_text(column: pd.Series) -> pd.Series:
    """Cells as a CSV would hold them: a flag as 1 or 0, a whole number without a point.

    A cell's text does not depend on the other cells: a table that is read a few rows at a time
    gives the same as one that is read whole.

    Parameters
    ----------
    column : Series
        Of any type but lists.

    Returns
    -------
    Series of string
        Without blanks at the ends; null where the cell is null.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    if column.dtype == bool or (column.dtype == object and set(column.dropna()) <= {True, False}):
        column = column.astype("boolean").astype("Int64")
    elif pd.api.types.is_float_dtype(column):
        text = column.astype("string")
        whole = column.notna() & (column % 1 == 0) & (column.abs() < _EXACT)
        text[whole] = column[whole].astype("Int64").astype("string")
        return text
    elif pd.api.types.is_datetime64_any_dtype(column):
        # As a whole column, dates at midnight would be written without a time.
        column = column.astype(object).map(str, na_action="ignore")
    return column.astype("string").str.strip()

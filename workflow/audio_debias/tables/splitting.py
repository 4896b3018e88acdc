"""Train and test rows of a table: its own split, or one made in proportion."""

import warnings

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from audio_debias.errors import InputError
from audio_debias.tables.embedding_table import EmbeddingTable

FOLDS = 4
"""One row in four tests."""


def split_of(table: EmbeddingTable, seed: int = 0) -> np.ndarray:
    """``train`` or ``test`` for every row: the table's split, or one stratified by domain.

    One that is made depends on domains, groups and `seed` alone, so that what is fitted with other
    options than it is measured with still never saw the test rows.

    Parameters
    ----------
    table : EmbeddingTable
    seed : int

    Returns
    -------
    array of str, shape (n,)

    Raises
    ------
    InputError
        If a group is on both sides of the table's split, or there are too few rows for a split.
    """
    if table.split is not None:
        _refuse_shared(table)
        return table.split
    stratum = pd.Series("" if table.domain is None else table.domain, index=range(len(table)))
    # What is too rare to be spread forms a stratum of its own.
    stratum = stratum.where(stratum.map(stratum.value_counts()) >= FOLDS, "rare")
    kind = StratifiedKFold if table.group is None else StratifiedGroupKFold
    folds = kind(FOLDS, shuffle=True, random_state=seed)
    split = np.full(len(table), "train", dtype=object)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The least populated class", UserWarning)
            _, test = next(folds.split(np.zeros(len(table)), stratum, table.group))
    except ValueError as error:
        raise InputError(f"{table.source}: too few rows or groups for a split: {error}") from None
    split[test] = "test"
    return split


def _refuse_shared(table: EmbeddingTable) -> None:
    if table.group is None:
        return
    sides = pd.Series(table.split).groupby(table.group).nunique()
    if (sides > 1).any():
        raise InputError(
            f"{table.source}: {table.columns.group}: {sides.index[sides > 1][0]!r} is in train and "
            f"in test ({int((sides > 1).sum())} such groups); keep a group on one side"
        )

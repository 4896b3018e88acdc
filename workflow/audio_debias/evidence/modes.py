"""Methods that do not depend on the mode: they stand under each, and count once."""

import pandas as pd

from audio_debias.evidence.bootstrap import CELL, TRANSFER


def free_of_modes(intervals: pd.DataFrame) -> pd.MultiIndex:
    """The (pair, model, method) whose numbers are the same in each of several modes."""
    others = [column for column in intervals if column != "mode"]
    cells = intervals.groupby(CELL[:3], sort=False)
    distinct = intervals.drop_duplicates(others).groupby(CELL[:3], sort=False).size()
    modes = cells["mode"].nunique()
    return distinct.index[modes.gt(1) & cells.size().eq(modes * distinct)]


def once(table: pd.DataFrame, free: pd.MultiIndex) -> pd.DataFrame:
    """A table of cells in which those `free` of modes stand once, as mode ``any``.

    In the tables of a run they stand under each mode, with the same numbers.
    """
    is_free = pd.MultiIndex.from_frame(table[CELL[:3]]).isin(free)
    rest = table.assign(mode=table["mode"].astype(object).mask(is_free, "any"))
    keys = [*TRANSFER, "label", "adversary"]
    return rest.drop_duplicates([key for key in keys if key in rest], ignore_index=True)

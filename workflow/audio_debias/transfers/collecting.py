"""Join what the cells of a run gave into the tables of the whole run."""

from collections.abc import Mapping, Sequence

import pandas as pd


def join_cells(
    cells: Sequence[Mapping[str, str]], tables: Sequence[pd.DataFrame], modes: Sequence[str]
) -> pd.DataFrame:
    """Put the tables of all cells below each other, each led by the columns of its cell.

    Parameters
    ----------
    cells : sequence of mapping
        ``pair, model, method, mode`` of each, as :attr:`~audio_debias.experiment.plan.Cell.names`.
    tables : sequence of DataFrame
        One per cell.
    modes : sequence of str
        The modes of the run: a table of mode ``any`` is repeated under each.

    Returns
    -------
    DataFrame
        ``pair, model, method, mode``, then the columns of the tables.
    """
    joined = []
    for cell, table in zip(cells, tables, strict=True):
        for mode in modes if cell["mode"] == "any" else [cell["mode"]]:
            leading = {**cell, "mode": mode}
            columns = [*leading, *(column for column in table if column not in leading)]
            joined.append(table.assign(**leading)[columns])
    return pd.concat(joined, ignore_index=True)

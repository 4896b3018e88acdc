"""Join what the cells of a run gave into the tables of the whole run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Cell:
    """One computed combination: ``pair``, ``model``, ``method`` and ``mode``.

    The mode is ``any`` for a method that does not depend on it: computed once, it stands in
    every mode.
    """

    pair: str
    model: str
    method: str
    mode: str

    @property
    def corpora(self) -> list[str]:
        """The two corpora of the pair."""
        return self.pair.split("--")


def join_cells(
    cells: Sequence[Cell], tables: Sequence[pd.DataFrame], modes: Sequence[str]
) -> pd.DataFrame:
    """Put the tables of all cells below each other, each led by the columns of its cell.

    Parameters
    ----------
    cells : sequence of Cell
    tables : sequence of DataFrame
        One per cell.
    modes : sequence of str
        The modes of the run: a table of mode ``any`` is repeated under each.

    Returns
    -------
    DataFrame
        ``pair, model, method, mode``, then the columns of the tables.
    """
    return pd.concat(_led(cells, tables, modes), ignore_index=True)


def _led(cells, tables, modes) -> Iterator[pd.DataFrame]:
    for cell, table in zip(cells, tables, strict=True):
        for mode in modes if cell.mode == "any" else [cell.mode]:
            lead = {"pair": cell.pair, "model": cell.model, "method": cell.method, "mode": mode}
            table = table.assign(**lead)
            yield table[[*lead, *(column for column in table if column not in lead)]]

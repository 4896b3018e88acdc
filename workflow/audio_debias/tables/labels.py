"""Label columns as people write them: text, several columns, several labels in a cell."""

import numpy as np
import pandas as pd

from audio_debias.errors import InputError

_FLAGS = {"0": False, "1": True, "0.0": False, "1.0": True, "false": False, "true": True}


def label_table(columns: pd.DataFrame, source: str, separator: str | None = None) -> pd.DataFrame:
    """One column of booleans a label.

    Parameters
    ----------
    columns : DataFrame
        Label columns. One of 0 and 1 (or false and true) is a label of the column's name; in any
        other, each value is a label. An empty cell is not annotated.
    source : str
        The table, for the error.
    separator : str, optional
        What stands between several labels in one cell.

    Returns
    -------
    DataFrame of nullable boolean
        Labels in alphabetical order; null where a cell is empty.

    Raises
    ------
    InputError
        If two columns give a label of one name.

    Examples
    --------
    >>> columns = pd.DataFrame({"event": ["dog", "dog;rain", None]})
    >>> label_table(columns, "clips.csv", separator=";")["rain"].tolist()
    [False, True, <NA>]
    """
    if separator == "":
        raise InputError("--separator: is empty; give what stands between two labels, or none")
    found: dict[str, pd.Series] = {}
    for name, column in columns.items():
        text = column.astype("string").str.strip()
        text = text.mask(text == "")
        known = text.notna().to_numpy()
        values = set(text.dropna().str.lower())
        if values and values <= set(_FLAGS):
            made = {name: text.str.lower().map(_FLAGS).astype("boolean")}
        else:
            made = _indicators(text, known, separator)
        for label, flags in made.items():
            if label in found:
                raise InputError(f"{source}: two label columns give {label!r}; rename one")
            found[label] = flags
    return pd.DataFrame({label: found[label] for label in sorted(found)}, index=columns.index)


def _indicators(text: pd.Series, known: np.ndarray, separator: str | None) -> dict[str, pd.Series]:
    if separator is None:
        cells = [[one] for one in text.fillna("")]
    else:
        cells = [[part.strip() for part in one.split(separator)] for one in text.fillna("")]
    rows = np.repeat(np.arange(len(cells)), [len(cell) for cell in cells])
    codes, labels = pd.factorize(np.array([part for cell in cells for part in cell], dtype=object))
    held = np.zeros((len(cells), len(labels)), dtype=bool)
    held[rows, codes] = True
    return {
        str(label): pd.Series(held[:, code], dtype="boolean", index=text.index).mask(~known)
        for code, label in enumerate(labels)
        if label != ""
    }

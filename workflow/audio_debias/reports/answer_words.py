"""Words of the answer's sentences: lists, and what a row of the table of changes is about."""

from collections.abc import Mapping, Sequence

import pandas as pd

from audio_debias.evidence import wording as say
from audio_debias.reports.names import Names, correction_name


def listed(words: Sequence[str]) -> str:
    """Words as a sentence has them: ``a, b and c``."""
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else "".join(words)


def extreme(rows: pd.DataFrame, which: str) -> pd.Series:
    """The row of the largest (``idxmax``) or smallest (``idxmin``) change."""
    return rows.loc[getattr(rows["change"].astype(float), which)()]


def which(row: Mapping | pd.Series, names: Names) -> str:
    """The correction of a row and its model."""
    method = correction_name(row["method"], row["mode"], names)
    return f"{method} on {say.name(row['model'], names)}"


def transfer(row: pd.Series, names: Names) -> str:
    """What its classifier was trained and tested on."""
    train, test = (say.name(row[f"{end}_corpus"], names) for end in ("train", "test"))
    if train == test:
        return f"when trained and tested on {train}"
    return f"when trained on {train} and tested on {test}"


def size_of(row: pd.Series) -> str:
    """Its change in points, with its interval."""
    return f"{say.signed(row['change'])} {say.bounds(row['change_low'], row['change_high'])}"

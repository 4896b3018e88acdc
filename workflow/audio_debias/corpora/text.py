"""Text as people write it: what looks equal is equal, and what stands for nothing is nothing."""

import re
import unicodedata
from collections.abc import Iterable

import pandas as pd

MISSING = frozenset({"", "na", "n/a", "<na>", "#n/a", "nan", "null", "none"})
"""How R, pandas and spreadsheets write an empty cell, in lower case."""

_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad"))
_BLANKS = re.compile(r"[\s\u00a0]+")
_JOINTS = re.compile(r"[\s_\-]+")


def plain(text: str) -> str:
    """The composed Unicode form (NFC), without invisible characters, blanks made single.

    Examples
    --------
    >>> plain("  so\u0301  1\ufeff")
    'só 1'
    """
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text).translate(_INVISIBLE)).strip()


def key(text: str) -> str:
    """What a person compares names by: no case, and blank, hyphen and underscore are one.

    Examples
    --------
    >>> key("Track-ID ") == key("track_id")
    True
    """
    return _JOINTS.sub("_", unicodedata.normalize("NFC", plain(text).casefold()))


def missing(text: str) -> bool:
    """Whether a cell says that there is nothing, as R's ``NA`` does."""
    return text.strip().lower() in MISSING


def as_known(cells: pd.Series, known: Iterable[str] | None = None) -> pd.Series:
    """Spell equal names alike: as the known one, else as the first that occurs.

    Parameters
    ----------
    cells : Series of str
    known : iterable of str, optional
        Spellings that go before those of the cells. A known name is never a missing value.

    Returns
    -------
    Series of object
        Null where a cell stands for nothing.
    """
    spelling = {key(name): name for name in known or ()}
    reserved = set(spelling)
    for cell in cells:
        spelling.setdefault(key(cell), plain(cell))
    return pd.Series(
        [
            None if missing(cell) and key(cell) not in reserved else spelling[key(cell)]
            for cell in cells
        ],
        index=cells.index,
        dtype=object,
    )

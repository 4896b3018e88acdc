"""Groups from names of files: takes of one song, notes of one instrument."""

import re
from collections.abc import Sequence
from pathlib import PurePath

import pandas as pd

from audio_debias.errors import InputError

COUNTER = re.compile(r"[\s_.-]*(?:\(?\d+\)?|[a-z])\Z", re.IGNORECASE)
"""What numbers the parts of one recording, at the end of a name: ``song_01``, ``song-b``."""

FEWEST = 4
"""Groups that a label needs: with fewer, its clips could not be spread over both sides."""


def groups_by_regex(paths: Sequence[str], pattern: str) -> pd.Series:
    """The part of each file's name that `pattern` finds: its first group, or all that matches.

    Raises
    ------
    InputError
        If `pattern` is no regular expression, or finds nothing in a name.
    """
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise InputError(f"--group-regex: no regular expression: {error}") from None
    found = []
    for path in paths:
        match = compiled.search(PurePath(path).name)
        if match is None:
            raise InputError(f"--group-regex: finds nothing in {path!r}")
        found.append(match[1] if compiled.groups else match[0])
    return pd.Series(found, dtype="str")


def groups_by_stem(paths: Sequence[str], labels: pd.DataFrame) -> pd.Series | None:
    """Groups of names that share a stem, if most do and every label has several groups.

    Parameters
    ----------
    paths : sequence of str
    labels : DataFrame of 0 and 1
        One column a label.

    Returns
    -------
    Series of str, or None
        The folder and the stem of each name; None where no such groups show.
    """
    stems = pd.Series(
        [str(PurePath(path).with_name(COUNTER.sub("", PurePath(path).stem))) for path in paths],
        dtype="str",
    )
    shared = stems.map(stems.value_counts()) > 1
    if shared.mean() < 0.5:
        return None
    for label in labels:
        if stems[labels[label].to_numpy(dtype=bool)].nunique() < FEWEST:
            return None
    return stems

"""Groups from names of files: takes of one song, notes of one instrument."""

import re
from collections.abc import Sequence
from pathlib import PurePath

import pandas as pd

from audio_debias.errors import InputError

COUNTER = re.compile(r"[\s_.-]*(?:\(?\d+\)?|[a-z])\Z", re.IGNORECASE)
"""What numbers the parts of one recording, at the end of a name: ``song_01``, ``song-b``."""

DEEPEST = 3
"""Counters taken off a name at most: ``guitar_002-067-050`` is a note of ``guitar_002``."""

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
    """Groups of names that share a stem, the shortest that leaves every label several groups.

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
    found = None
    names = [PurePath(path).stem for path in paths]
    for _ in range(DEEPEST):
        names = [COUNTER.sub("", name) or name for name in names]
        stems = pd.Series(
            [str(PurePath(path).with_name(one)) for path, one in zip(paths, names, strict=True)],
            dtype="str",
        )
        counts = [stems[labels[one].to_numpy(dtype=bool)].nunique() for one in labels]
        if min(counts) < FEWEST:
            break
        if (stems.map(stems.value_counts()) > 1).mean() >= 0.5:
            found = stems
    return found

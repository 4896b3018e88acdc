"""Groups by a pattern in names of files: takes of one song, notes of one instrument."""

import re
from collections.abc import Sequence
from pathlib import PurePath

import pandas as pd

from audio_debias.errors import InputError


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

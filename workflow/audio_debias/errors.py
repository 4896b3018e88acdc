"""The one exception for input that a user can mend, and how it names the mend."""

import difflib
import unicodedata
from collections.abc import Iterable

_SHOWN = 10


class InputError(ValueError):
    """Bad input: one line that names the file, the field and the mend."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of an error about an unknown name: the nearest known one, or all of them.

    A long list is cut.
    """
    known = sorted(map(str, known))
    close = closest(name, known)
    if close is not None:
        return f"; did you mean {close!r}?"
    shown = ", ".join(known[:_SHOWN]) or "none"
    return f"; known: {shown}{f' and {len(known) - _SHOWN} more' if len(known) > _SHOWN else ''}"


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name nearest to `name`, if any is near; case and Unicode form do not count."""
    by_key: dict[str, str] = {}
    for one in map(str, known):
        by_key.setdefault(_key(one), one)
    close = difflib.get_close_matches(_key(str(name)), by_key, n=1, cutoff=0.5)
    return by_key[close[0]] if close else None


def _key(name: str) -> str:
    """What a person compares names by."""
    return unicodedata.normalize("NFC", name).casefold()

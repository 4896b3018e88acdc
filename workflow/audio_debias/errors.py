"""The one exception for input that a user can mend, and how it names the mend."""

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """Bad input: one line that names the file, the field and the mend."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of an error about an unknown name: the nearest known one, or all of them."""
    known = sorted(map(str, known))
    close = difflib.get_close_matches(str(name), known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(known) or 'none'}"

"""Parts of sound files, named as W3C's Media Fragments name them: ``hour.wav#t=12.5,17.5``."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

SLACK = 0.05
"""Seconds by which a part may end after its file: annotations round."""

_FRAGMENT = re.compile(r"#t=(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)\Z", re.ASCII)


class Span(NamedTuple):
    """Seconds from the beginning of a file, the end not included."""

    start: float
    end: float

    def frames(self, rate: int) -> tuple[int, int]:
        """The first sample, and the one after the last."""
        return round(self.start * rate), round(self.end * rate)


def fragment(start: float, end: float) -> str:
    """What follows the path of a file to name a part of it.

    Raises
    ------
    ValueError
        Unless 0 <= start < end, both finite.
    """
    if not (0 <= start < end < np.inf):
        raise ValueError(f"{start:g} to {end:g} s is no part of a file")
    return f"#t={_plain(start)},{_plain(end)}"


def split_fragment(path: str) -> tuple[str, str]:
    """A path without its fragment, and the fragment: empty where there is none."""
    match = _FRAGMENT.search(path)
    return (path, "") if match is None else (path[: match.start()], match[0])


def part_of(path: Path) -> tuple[Path, Span | None]:
    """The file that a path names, and which part of it; None for all.

    A file whose own name ends like a fragment is that file, and so is what ends before it starts.
    """
    file, said = split_fragment(str(path))
    if not said or path.exists():
        return path, None
    start, end = map(float, said.removeprefix("#t=").split(","))
    return (Path(file), Span(start, end)) if start < end else (path, None)


def cut(
    blocks: Iterator[np.ndarray], first: int, last: int, skipped: int = 0
) -> Iterator[np.ndarray]:
    """Samples `first` to `last` of blocks that begin with sample `skipped`; it stops where they
    are complete."""
    at = skipped
    for block in blocks:
        if at + len(block) > first:
            yield block[max(first - at, 0) : last - at]
        at += len(block)
        if at >= last:
            return


def _plain(seconds: float) -> str:
    """Without an exponent, and exact to the microsecond."""
    return f"{seconds:.6f}".rstrip("0").rstrip(".")

"""Clips decoded ahead of their use, and their windows packed into batches of one shape."""

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np


def map_ahead(
    pool: ThreadPoolExecutor, function: Callable, items: Iterable, ahead: int
) -> Iterator:
    """Like `pool.map`, with at most `ahead` results waiting to be taken."""
    items = iter(items)
    waiting = deque(pool.submit(function, item) for item in itertools.islice(items, ahead))
    while waiting:
        result = waiting.popleft().result()
        waiting.extend(pool.submit(function, item) for item in itertools.islice(items, 1))
        yield result


def batches(
    clips: Iterable[tuple[int, np.ndarray]], window_shape: tuple[int, ...] | None, size: int
) -> Iterator[tuple[np.ndarray, list[tuple[int, slice]]]]:
    """Pack clips' windows into batches; each comes with the rows that belong to each clip in it."""
    if window_shape is None:
        for clip, windows in clips:
            yield windows, [(clip, slice(None))]
        return
    buffer, owners, filled = np.zeros((size, *window_shape), np.float32), [], 0
    for clip, windows in clips:
        start = 0
        while start < len(windows):
            taken = min(size - filled, len(windows) - start)
            buffer[filled : filled + taken] = windows[start : start + taken]
            owners.append((clip, slice(filled, filled + taken)))
            start += taken
            filled += taken
            if filled == size:
                yield buffer, owners
                buffer, owners, filled = np.zeros((size, *window_shape), np.float32), [], 0
    if filled:
        yield buffer, owners

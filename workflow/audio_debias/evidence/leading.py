"""Which of several causes that hang together is named: the one that explains what the others do."""

from collections.abc import Callable, Hashable, Sequence

import numpy as np

LEAST_GAIN = 0.02
"""Less than this added to R² is nothing added."""


def leading(
    causes: Sequence[Hashable], explained: Callable[[list], np.ndarray], level: float = 0.05
) -> list:
    """Causes in the order in which each explains what those before it leave.

    Made louder, clips reach full scale: clipping tells the corpora apart as well as level does, and
    is no cause beside it. So at each step the cause that explains most together with those taken is
    looked for, and the first of all causes that can stand for it is taken. It ends where even the
    best one adds nothing to those taken.

    Parameters
    ----------
    causes : sequence
        In an order in which a cause stands before what it brings with it.
    explained : callable
        Of a list of causes, the R² of their joint model in each resample, the sample itself first.
    level : float
        Two-sided; the gain of a further cause must lie above 0 in the resamples at that level.

    Returns
    -------
    list
        Some of `causes`; at least one if there are any.
    """
    taken: list = []
    left = list(causes)
    while left:
        with_each = {cause: explained([*taken, cause]) for cause in left}
        best = max(left, key=lambda cause: with_each[cause][0])
        if taken:
            gain = with_each[best] - explained(taken)
            if not (gain[0] >= LEAST_GAIN and np.quantile(gain[1:], level / 2) > 0):
                break
        first = next(
            cause
            for cause in left
            if cause == best
            or explained([*taken, cause, best])[0] - with_each[cause][0] < LEAST_GAIN
        )
        taken.append(first)
        left.remove(first)
    return taken

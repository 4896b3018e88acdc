"""The bootstrap over tracks: integer weights of clips, and ROC-AUCs of all resamples at once."""

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from audio_debias.errors import InputError

BLOCK = 250
"""Resamples in memory at a time; part of the stream of random numbers, so it is fixed."""

MAX_ROUNDS = 10_000
"""How often resamples that lack a class are drawn again before giving up."""


def tracks_of(clips: pd.DataFrame) -> np.ndarray:
    """What is resampled as a whole: a code per track, and one per clip of no known track.

    Parameters
    ----------
    clips : DataFrame
        ``track_id``, null where unknown.

    Returns
    -------
    array of int, shape (clips,)
        0 to tracks - 1.

    Examples
    --------
    >>> tracks_of(pd.DataFrame({"track_id": ["a", None, "a", None]})).tolist()
    [0, 1, 0, 2]
    """
    track = clips["track_id"].to_numpy(object)
    known = clips["track_id"].notna().to_numpy()
    names = [
        ("track", one) if is_known else ("clip", i)
        for i, (one, is_known) in enumerate(zip(track, known, strict=True))
    ]
    return pd.factorize(pd.Series(names, dtype=object))[0]


def resample_seed(seed: int, corpus: str) -> np.random.SeedSequence:
    """The seed of a corpus's resamples: the run's, and a hash of the corpus's name."""
    digest = hashlib.sha256(corpus.encode()).digest()
    return np.random.SeedSequence([seed, int.from_bytes(digest[:8])])


class Resamples:
    """Resamples of a corpus's test clips, with replacement, whole tracks at a time.

    Every cell that is tested on the corpus meets the same resamples: differences between cells are
    paired. A resample that leaves one of `truths` without a positive or without a negative has no
    ROC-AUC; it is drawn again as a whole, and counted.

    Parameters
    ----------
    tracks : array of int, shape (clips,)
        What :func:`tracks_of` gives.
    truths : sequence of (positions, truth)
        For every label, the positions of its clips and whether each is positive.
    resamples : int
    seed : int or SeedSequence
    corpus : str
        For the error message.

    Attributes
    ----------
    redrawn : int
        Resamples that were drawn again, once all blocks were taken.

    References
    ----------
    .. [1] A. C. Davison, D. V. Hinkley, "Bootstrap Methods and their Application", 1997, section
       3.8: clustered data are resampled by cluster.
    """

    def __init__(
        self,
        tracks: np.ndarray,
        truths: Sequence[tuple[np.ndarray, np.ndarray]] = (),
        *,
        resamples: int = 2000,
        seed: int | np.random.SeedSequence = 0,
        corpus: str = "the corpus",
    ):
        self.corpus = corpus
        self.tracks = np.asarray(tracks)
        self.resamples = resamples
        self.redrawn = 0
        self._seed = seed
        self._classes = _indicators(
            [positions[truth == value] for positions, truth in truths for value in (False, True)],
            len(self.tracks),
        )

    def blocks(self) -> Iterator[np.ndarray]:
        """How often each resample holds each clip: arrays of int32, shape (clips, <= `BLOCK`).

        Raises
        ------
        InputError
            If a class is so rare that resamples keep missing it.
        """
        rng = np.random.default_rng(self._seed)
        self.redrawn = 0
        for start in range(0, self.resamples, BLOCK):
            weights = self._draw(rng, min(BLOCK, self.resamples - start))
            for _ in range(MAX_ROUNDS):
                bad = np.flatnonzero(((self._classes @ weights) == 0).any(axis=0))
                if not bad.size:
                    break
                self.redrawn += bad.size
                weights[:, bad] = self._draw(rng, bad.size)
            else:
                raise InputError(
                    f"test clips of {self.corpus}: resamples keep missing a class of some label; "
                    "leave labels with a handful of test clips out"
                )
            yield weights

    def _draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        size = int(self.tracks.max()) + 1 if len(self.tracks) else 0
        drawn = rng.integers(size, size=(count, size)) + size * np.arange(count)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=count * size).reshape(count, size)
        return np.ascontiguousarray(counts.T.astype(np.int32)[self.tracks])


class WeightedAuc:
    r"""The ROC-AUC of fixed scores under integer weights of the clips, ties counted half.

    .. math:: \frac{\sum_{i+} w_i (\sum_{j-: s_j < s_i} w_j + \frac12 \sum_{j-: s_j = s_i} w_j)}
              {\sum_{i+} w_i \sum_{j-} w_j}

    Clips are sorted once. Sums are of integers and therefore exact: the bits depend on no order of
    summation, and on no number of threads.

    Parameters
    ----------
    scores : array of float64, shape (n,)
    truth : array of bool, shape (n,)
        Both classes present.
    positions : array of int, shape (n,), optional
        Rows of the weights that belong to the scores; the first n by default.
    size : int, optional
        Rows of the weights.

    Examples
    --------
    >>> auc = WeightedAuc(np.array([0.1, 0.4, 0.4, 0.9]), np.array([False, False, True, True]))
    >>> auc(np.ones((4, 1), dtype=int)).tolist()
    [0.875]
    """

    def __init__(
        self,
        scores: np.ndarray,
        truth: np.ndarray,
        positions: np.ndarray | None = None,
        size: int | None = None,
    ):
        truth = np.asarray(truth, dtype=bool)
        positions = np.arange(len(scores)) if positions is None else np.asarray(positions)
        size = len(scores) if size is None else size
        levels, level = np.unique(scores[truth], return_inverse=True)
        negative = scores[~truth]
        # Odd: tied with that level of the positives; even: between two levels.
        segment = np.searchsorted(levels, negative) + np.searchsorted(levels, negative, "right")
        self._levels = len(levels)
        rows = np.concatenate([level, len(levels) + segment])
        columns = np.concatenate([positions[truth], positions[~truth]])
        ones = np.ones(len(rows), dtype=np.int32)
        self._sums = csr_array((ones, (rows, columns)), shape=(3 * len(levels) + 1, size))

    def __call__(self, weights: np.ndarray) -> np.ndarray:
        """ROC-AUC under each column of `weights`, integers of shape (size, R): shape (R,)."""
        sums = (self._sums @ weights).astype(np.int64)
        positive, negative = sums[: self._levels], sums[self._levels :]
        # Twice the weight below, and once that of the tied.
        between, tied = negative[0::2], negative[1::2]
        below = np.cumsum(between[:-1] + np.vstack([np.zeros_like(tied[:1]), tied[:-1]]), axis=0)
        wins = (positive * (2 * below + tied)).sum(axis=0)
        return wins / (2.0 * positive.sum(axis=0) * negative.sum(axis=0))


def _indicators(groups: Sequence[np.ndarray], size: int) -> csr_array:
    """A row per group with a one at each of its positions."""
    rows = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    columns = np.concatenate([*groups, np.empty(0, dtype=int)]).astype(int)
    ones = np.ones(len(rows), dtype=np.int32)
    return csr_array((ones, (rows, columns)), shape=(len(groups), size))

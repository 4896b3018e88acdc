"""What chance gives an adversary: the corpora's names permuted among tracks."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import rankdata


def permuted_domains(drawn: pd.DataFrame, count: int, rng: np.random.Generator) -> np.ndarray:
    """Permute the corpora's names among tracks, whole tracks at a time.

    Parameters
    ----------
    drawn : DataFrame
        ``track, domain``, a row per clip.
    count : int
        How many permutations.
    rng : Generator

    Returns
    -------
    array of bool, shape (count, n)
        The domain of each clip.
    """
    track = drawn["track"].to_numpy()
    by_track = drawn.groupby("track")["domain"].first().to_numpy()
    return rng.permuted(np.tile(by_track, (count, 1)), axis=1)[:, track]


class NullAucs:
    """AUCs of scores that know nothing: the corpora's names permuted among test tracks.

    The adversary never saw the test clips, so that it need not be trained again.

    Parameters
    ----------
    test : DataFrame
        ``track, domain``, a row per test clip.
    permutations : int
    rng : Generator
    """

    def __init__(self, test: pd.DataFrame, permutations: int, rng: np.random.Generator):
        self._domains = permuted_domains(test, permutations, rng)

    def of(self, scores: Sequence[np.ndarray], level: float) -> tuple[float, float]:
        """Between what `level` of the permutations put the mean AUC of several scores.

        Parameters
        ----------
        scores : sequence of arrays of float64, shape (n,)
            Of the test clips, one array a label.
        level : float

        Returns
        -------
        low, high : float
        """
        domains = self._domains.astype(float)
        ones = domains.sum(axis=1)
        pairs = ones * (domains.shape[1] - ones)
        aucs = [(domains @ rankdata(one) - ones * (ones + 1) / 2) / pairs for one in scores]
        low, high = np.quantile(np.mean(aucs, axis=0), [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)

"""How well any number of domains are told apart on rows that nobody has seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix
from threadpoolctl import threadpool_limits

from audio_debias.evidence.domain_probes import linear_scores, name_domains
from audio_debias.evidence.intervals import auc_interval
from audio_debias.evidence.resampling import Resamples, WeightedAuc, resample_seed

ROWS = 2000
"""Rows of a domain and split at most."""

PERMUTATIONS = 1000


@dataclass(frozen=True)
class Side:
    """Rows of one side of the split, with at most `ROWS` of a domain.

    Attributes
    ----------
    x : array of float64, shape (n, D)
    domain : array of int, shape (n,)
        Codes, 0 to k - 1.
    group : array of int, shape (n,)
        Rows of one code are resampled together.
    rows : array of int, shape (n,)
        Where each stands in the table.
    """

    x: np.ndarray
    domain: np.ndarray
    group: np.ndarray
    rows: np.ndarray


def draw_side(
    x: np.ndarray,
    domain: np.ndarray,
    group: np.ndarray | None,
    rows: np.ndarray,
    seed: int = 0,
    bound: int = ROWS,
) -> Side:
    """At most `bound` of the given rows a domain, in the order of the table.

    Parameters
    ----------
    x : array of shape (N, D)
    domain : array of int, shape (N,)
    group : array of shape (N,), optional
    rows : array of int, shape (n,)
        Those of one side.
    seed : int
    bound : int
    """
    rng = np.random.default_rng(seed)
    kept = [
        rng.permutation(own)[:bound]
        for own in (rows[domain[rows] == code] for code in np.unique(domain))
    ]
    chosen = np.sort(np.concatenate(kept))
    groups = chosen if group is None else pd.factorize(group[chosen])[0]
    return Side(x[chosen].astype(np.float64), domain[chosen], groups, chosen)


def standardised(train: Side, test: Side) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Mean and unit of each dimension over the domains' training rows, and the rows in them.

    Returns
    -------
    x, y : arrays of shape (n, D) and (m, D)
    mean, unit : arrays of shape (D,)
        A unit is the root of the mean variance within domains.
    """
    codes = np.unique(train.domain)
    mean = np.mean([train.x[train.domain == code].mean(axis=0) for code in codes], axis=0)
    unit = np.sqrt(np.mean([train.x[train.domain == code].var(axis=0) for code in codes], axis=0))
    unit = np.where(unit > 0, unit, 1.0)
    return (train.x - mean) / unit, (test.x - mean) / unit, mean, unit


def identify(
    train: Side,
    test: Side,
    names: Sequence[str],
    *,
    resamples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> dict:
    """Train probes to name the domain and judge them on test rows.

    Parameters
    ----------
    train, test : Side
    names : sequence of str
        Of the domains, in the order of their codes.
    resamples, level : int, float
        Of the intervals, over groups.
    seed : int

    Returns
    -------
    dict
        ``chance``, 1 / k; ``probes``: by name ``accuracy`` (mean over domains of the share of test
        rows that is named right), ``low``, ``high``, ``null_low``, ``null_high`` (where `level` of
        permutations of the domains among groups put it) and ``confusion`` (true by named, shares of
        a row);
        ``pairs``: for every two domains the linear probe's ``auc`` with ``low`` and ``high``.
    """
    with threadpool_limits(1):  # Bits do not depend on the number of cores.
        x, y, _, _ = standardised(train, test)
        scores = name_domains(x, train.domain, y)
        found: dict = {"domains": list(names), "chance": 1 / len(names), "probes": {}}
        weights = [
            np.concatenate(blocks)
            for blocks in zip(
                *(
                    list(
                        Resamples(
                            pd.factorize(test.group[test.domain == code])[0],
                            resamples=resamples,
                            seed=resample_seed(seed, name),
                        ).blocks()
                    )
                    for code, name in enumerate(names)
                ),
                strict=True,
            )
        ]
        order = np.argsort(test.domain, kind="stable")
        drawn = np.concatenate(weights, axis=1)
        for probe, score in scores.items():
            named = score.argmax(axis=1)
            found["probes"][probe] = _accuracy(named, test, order, drawn, len(names), level, seed)
        found["pairs"] = [
            _pair(x, train, y, test, one, other, names, drawn, order, level)
            for one, other in combinations(range(len(names)), 2)
        ]
    return found


def _accuracy(named, test, order, drawn, k, level, seed) -> dict:
    domain = test.domain
    right = (named == domain)[order].astype(float)
    sorted_domain = domain[order]

    def balanced(hits, weights):
        """Mean over domains of the weighted share of hits, shape (resamples,)."""
        shares = [
            hits[sorted_domain == code]
            @ weights[sorted_domain == code]
            / weights[sorted_domain == code].sum(axis=0)
            for code in range(k)
        ]
        return np.mean(shares, axis=0)

    low, high = np.quantile(balanced(right, drawn), [(1 - level) / 2, (1 + level) / 2])
    rng = np.random.default_rng(seed)
    # Whole groups, a domain's rows of one at a time: rows of a song are alike in any domain.
    unit, first = _units(test)
    permuted = [
        np.mean([(named == p)[p == code].mean() for code in range(k)])
        for p in (rng.permutation(domain[first])[unit] for _ in range(PERMUTATIONS))
    ]
    null_low, null_high = np.quantile(permuted, [(1 - level) / 2, (1 + level) / 2])
    confusion = confusion_matrix(domain, named, labels=range(k), normalize="true")
    return {
        "accuracy": float(balanced(right, np.ones((len(right), 1)))[0]),
        "low": float(low),
        "high": float(high),
        "null_low": float(null_low),
        "null_high": float(null_high),
        "confusion": confusion.tolist(),
    }


def _units(test: Side) -> tuple[np.ndarray, np.ndarray]:
    """What is permuted: the unit of each row, shape (n,), and a row of each unit."""
    unit = pd.factorize(pd.MultiIndex.from_arrays([test.group, test.domain]))[0]
    return unit, np.unique(unit, return_index=True)[1]


def _pair(x, train, y, test, one, other, names, drawn, order, level) -> dict:
    """The linear probe of two domains alone."""
    ours, theirs = np.isin(train.domain, (one, other)), np.isin(test.domain, (one, other))
    score = linear_scores(x[ours], train.domain[ours], y[theirs])
    score = score[:, 1] - score[:, 0]
    truth = test.domain[theirs] == other
    position = np.empty(len(order), dtype=int)
    position[order] = np.arange(len(order))
    auc = WeightedAuc(score, truth, position[theirs], len(order))
    value = float(auc(np.ones((len(order), 1), dtype=np.int32))[0])
    groups = min(len(np.unique(test.group[test.domain == code])) for code in (one, other))
    low, high = auc_interval(value, np.std(auc(drawn), ddof=1), max(groups - 1, 1), level)
    plain = [None if np.isnan(bound) else float(bound) for bound in (low, high)]
    return {"domains": [names[one], names[other]], "auc": value, "low": plain[0], "high": plain[1]}

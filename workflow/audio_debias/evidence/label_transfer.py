"""Within and across domains: labels learnt on each domain and tried on every one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit
from sklearn.linear_model import RidgeCV
from threadpoolctl import threadpool_limits

from audio_debias.evidence.intervals import auc_interval
from audio_debias.evidence.many_domains import Side, standardised
from audio_debias.evidence.resampling import Resamples, WeightedAuc, resample_seed

FEWEST = 3
"""Rows with and rows without a label that a domain needs on either side of the split."""


@dataclass(frozen=True)
class _Cell:
    """A label, learnt on one domain and tried on another."""

    train: int
    test: int
    label: str
    auc: WeightedAuc


def label_transfer(
    train: Side,
    test: Side,
    labels: pd.DataFrame,
    names: Sequence[str],
    *,
    resamples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> dict:
    """ROC-AUC of labels, learnt on the training rows of one domain, tried on the test rows of each.

    The classifier is a ridge regression, its penalty chosen by leave-one-out: one decomposition
    serves all labels of a domain. Rows of every domain are standardised as those that it was
    trained on.

    Parameters
    ----------
    train, test : Side
    labels : DataFrame of nullable bool
        Of all rows of the table.
    names : sequence of str
        Of the domains, in the order of their codes.
    resamples, level : int, float
        Of the intervals, over groups of test rows.
    seed : int

    Returns
    -------
    dict
        ``labels``: those that some pair of domains can be tried on; ``cells``: for every train and
        test domain ``auc`` (mean over labels), ``low``, ``high`` and ``by_label``; ``within`` and
        ``cross``: the means over cells of one domain and of two, with ``low`` and ``high``;
        ``lost``: their difference. These three are over the same labels and test domains, those
        that can be tried both ways; null where there are none.
    """
    with threadpool_limits(1):
        cells = _cells(train, test, labels, len(names))
        if not cells:
            return {"labels": [], "cells": [], "within": None, "cross": None, "lost": None}
        drawn = _resamples(test, cells, labels, names, resamples, seed)
        measured = {id(cell): _measure(cell, drawn) for cell in cells}
    table = []
    for one in range(len(names)):
        for other in range(len(names)):
            own = [cell for cell in cells if (cell.train, cell.test) == (one, other)]
            if own:
                mean = _mean([measured[id(cell)] for cell in own], test, level)
                by_label = {cell.label: measured[id(cell)][0] for cell in own}
                table.append(
                    {"train": names[one], "test": names[other], **mean, "by_label": by_label}
                )
    return {
        "labels": sorted({cell.label for cell in cells}),
        "cells": table,
        **_compared(cells, measured, test, level),
    }


def _compared(cells, measured, test: Side, level: float) -> dict:
    """``within``, ``cross`` and ``lost`` over what can be tried both ways."""
    ways: dict[tuple, dict[bool, list]] = {}
    for cell in cells:
        both = ways.setdefault((cell.label, cell.test), {True: [], False: []})
        both[cell.train == cell.test].append(measured[id(cell)])
    kept = [both for both in ways.values() if both[True] and both[False]]
    if not kept:
        return {"within": None, "cross": None, "lost": None}
    within = [_average(both[True]) for both in kept]
    cross = [_average(both[False]) for both in kept]
    (own, own_draws), (other, other_draws) = _average(within), _average(cross)
    half = stdtrit(_df(test), (1 + level) / 2) * np.std(own_draws - other_draws, ddof=1)
    lost = own - other
    return {
        "within": _mean(within, test, level),
        "cross": _mean(cross, test, level),
        "lost": {"auc": lost, "low": float(lost - half), "high": float(lost + half)},
    }


def _average(measured: list[tuple[float, np.ndarray]]) -> tuple[float, np.ndarray]:
    """The mean of AUCs, and that of their resamples."""
    return float(np.mean([auc for auc, _ in measured])), np.mean(
        [draws for _, draws in measured], axis=0
    )


def _df(test: Side) -> int:
    """Degrees of freedom: one fewer than the groups of the smallest domain."""
    groups = [len(np.unique(test.group[test.domain == code])) for code in np.unique(test.domain)]
    return max(min(groups) - 1, 1)


def _cells(train: Side, test: Side, labels: pd.DataFrame, k: int) -> list[_Cell]:
    found = []
    for one in range(k):
        own = train.domain == one
        x, mean, unit = _unit(train, own)
        y = (test.x - mean) / unit
        for names in _annotated_alike(labels.iloc[train.rows[own]]):
            truth = labels[names].iloc[train.rows[own]]
            known = truth[names[0]].notna().to_numpy()
            truths = truth[known].to_numpy(dtype=bool)
            enough = (truths.sum(axis=0) >= FEWEST) & ((~truths).sum(axis=0) >= FEWEST)
            if not enough.any():
                continue
            alphas = np.logspace(-3, 3, 7) * x.shape[1]
            targets = np.where(truths[:, enough], 1.0, -1.0)
            scores = RidgeCV(alphas=alphas).fit(x[known], targets).predict(y)
            scores = scores.reshape(len(y), -1)
            usable = [name for name, is_enough in zip(names, enough, strict=True) if is_enough]
            for name, score in zip(usable, scores.T, strict=True):
                found += _tried(name, one, score, test, labels[name], k)
    return found


def _unit(train: Side, own: np.ndarray):
    """Rows of a domain in their own units."""
    side = Side(train.x[own], np.zeros(own.sum(), dtype=int), train.group[own], train.rows[own])
    x, _, mean, unit = standardised(side, side)
    return x, mean, unit


def _tried(name: str, one: int, score, test: Side, column: pd.Series, k: int) -> list[_Cell]:
    truth = column.iloc[test.rows]
    known = truth.notna().to_numpy()
    positive = truth.fillna(False).to_numpy(dtype=bool)
    found = []
    for other in range(k):
        rows = np.flatnonzero(known & (test.domain == other))
        positives = int(positive[rows].sum())
        if positives >= FEWEST and len(rows) - positives >= FEWEST:
            auc = WeightedAuc(score[rows], positive[rows], rows, len(score))
            found.append(_Cell(one, other, name, auc))
    return found


def _annotated_alike(labels: pd.DataFrame) -> list[list[str]]:
    """Labels in groups that are annotated in the same rows."""
    groups: dict[bytes, list[str]] = {}
    for name in labels:
        groups.setdefault(labels[name].notna().to_numpy().tobytes(), []).append(name)
    return list(groups.values())


def _resamples(test: Side, cells, labels, names, resamples: int, seed: int) -> np.ndarray:
    """How often each resample holds each test row, shape (m, resamples); no label loses a class."""
    drawn = np.zeros((len(test.domain), resamples), dtype=np.int32)
    for code, name in enumerate(names):
        rows = np.flatnonzero(test.domain == code)
        truths = []
        for label in {cell.label for cell in cells if cell.test == code}:
            truth = labels[label].iloc[test.rows[rows]]
            known = truth.notna().to_numpy()
            truths.append((np.flatnonzero(known), truth[known].to_numpy(dtype=bool)))
        draws = Resamples(
            pd.factorize(test.group[rows])[0],
            truths,
            resamples=resamples,
            seed=resample_seed(seed, name),
            corpus=name,
        )
        drawn[rows] = np.concatenate(list(draws.blocks()), axis=1)
    return drawn


def _measure(cell: _Cell, drawn: np.ndarray) -> tuple[float, np.ndarray]:
    """The AUC, and those of all resamples."""
    ones = np.ones((len(drawn), 1), dtype=np.int32)
    return float(cell.auc(ones)[0]), cell.auc(drawn)


def _mean(measured: list[tuple[float, np.ndarray]], test: Side, level: float) -> dict:
    value, draws = _average(measured)
    sd = float(np.std(draws, ddof=1))
    low, high = (float(one) for one in auc_interval(value, sd, _df(test), level))
    plain = [None if np.isnan(bound) else bound for bound in (low, high)]
    return {"auc": value, "low": plain[0], "high": plain[1]}

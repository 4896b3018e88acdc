"""Controls: what must come out when nothing is there to be found."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit
from sklearn.metrics import roc_auc_score

from audio_debias.evidence.bootstrap import CELL, MEAN, TRANSFER

COLUMNS = ["control", "train_corpus", "test_corpus", "auc", "low", "high", "draws", "at_chance"]

ALARM = 0.001
"""A control is off chance below this p: at 0.05, one of a run's twenty would be by chance."""


def permute_labels(samples: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Matched samples whose labels say nothing: permuted within each label and corpus.

    Parameters
    ----------
    samples : DataFrame
        ``label, corpus, clip_id, positive, genre``.
    seed : int

    Returns
    -------
    DataFrame
        The same rows in the same order, as many of them positive.
    """
    rng = np.random.default_rng(seed)
    groups = samples.groupby(["label", "corpus"], sort=False)["positive"]
    return samples.assign(positive=groups.transform(lambda part: rng.permutation(part.to_numpy())))


def labels_permuted(
    score: Callable[[pd.DataFrame], pd.DataFrame],
    samples: pd.DataFrame,
    *,
    draws: int = 10,
    seed: int = 42,
    level: float = 0.95,
) -> pd.DataFrame:
    """AUC of classifiers trained on permuted labels: it must fall to 0.5.

    One classifier of noise may by chance point along a label: the mean over draws is judged.

    Parameters
    ----------
    score : callable
        From matched samples to scores: ``train_corpus, test_corpus, label, logit, truth``.
    samples : DataFrame
    draws, seed : int
    level : float
        Of the interval of the mean over draws.

    Returns
    -------
    DataFrame
        `COLUMNS`, a row per transfer, over the labels that have both classes.
    """
    means = []
    for draw in range(draws):
        scores = score(permute_labels(samples, seed + draw))
        aucs = {
            key: roc_auc_score(group["truth"].astype(bool), group["logit"])
            for key, group in scores.groupby(["train_corpus", "test_corpus", "label"], sort=False)
            if group["truth"].nunique() == 2
        }
        index = pd.MultiIndex.from_tuples(aucs, names=["train_corpus", "test_corpus", "label"])
        means.append(pd.Series(aucs.values(), index).groupby(level=[0, 1], sort=False).mean())
    rows = [
        ("labels permuted", *transfer, *_around_chance(values.to_numpy(), level))
        for transfer, values in pd.concat(means, axis=1).iterrows()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def corpora_permuted(identified: Sequence[pd.DataFrame], level: float = 0.95) -> pd.DataFrame:
    """AUC of adversaries with the names of the corpora permuted: it must fall to 0.5.

    Parameters
    ----------
    identified : sequence of DataFrame
        One per draw: :func:`~audio_debias.evidence.adversaries.identify_domains` with
        ``permute=True`` and another seed.
    level : float

    Returns
    -------
    DataFrame
        `COLUMNS`, a row per adversary, named in ``control``.
    """
    draws = pd.concat(identified)
    rows = [
        (f"corpora permuted: {name}", None, None, *_around_chance(part.to_numpy(float), level))
        for name, part in draws.groupby("adversary", sort=False)["auc_after"]
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _around_chance(values: np.ndarray, level: float) -> tuple[float, float, float, int, bool]:
    mean, count = float(values.mean()), len(values)
    error = max(float(values.std(ddof=1)) / np.sqrt(count), np.finfo(float).tiny)
    half = stdtrit(count - 1, (1 + level) / 2) * error
    p = 2 * stdtr(count - 1, -abs(mean - 0.5) / error)
    return mean, mean - half, mean + half, count, bool(p > ALARM)


def random_band(
    metrics: pd.DataFrame, draws: Sequence[pd.DataFrame], level: float = 0.95
) -> pd.DataFrame:
    """Where the change by random directions falls: one more draw lies inside with that chance.

    Parameters
    ----------
    metrics : DataFrame
        Metrics of the run, those of ``none`` among them.
    draws : sequence of two or more DataFrame
        Metrics of the method ``random``, one table per seed.
    level : float

    Returns
    -------
    DataFrame
        The columns of a transfer and ``label`` (or ``mean``); ``low``, ``high`` in [0, 1] and
        ``draws``. The prediction interval of a normal distribution.
    """
    keys = [column for column in TRANSFER if column != "method"] + ["label"]
    base = metrics[metrics["method"] == "none"].set_index(keys)["roc_auc"].astype(float)
    changes = []
    for table in draws:
        auc = table[table["method"] == "random"].set_index(keys)["roc_auc"].astype(float)
        change = auc - base.reindex(auc.index)
        mean = change.groupby(level=keys[:-1], sort=False).mean()
        mean = pd.concat({MEAN: mean}, names=["label"]).reorder_levels(keys)
        changes.append(pd.concat([change, mean]))
    changes = pd.concat(changes, axis=1)
    count = changes.shape[1]
    half = stdtrit(count - 1, (1 + level) / 2) * changes.std(axis=1, ddof=1)
    half *= np.sqrt(1 + 1 / count)
    centre = changes.mean(axis=1)
    band = pd.DataFrame({"low": centre - half, "high": centre + half, "draws": count})
    band = band.reset_index().assign(method="random")
    return band[[*CELL, "train_corpus", "test_corpus", "label", "low", "high", "draws"]]

"""Test clips that look like copies of training clips, trimmed, re-encoded or scaled.

Copies with the same samples are found by hashing. Others lie much nearer to one training clip, in
the embedding, than to all others. In a space of intrinsic dimension m, whatever its density, the
ratio r of the distances to the nearest and to the k-th nearest of many points has
P(r < t) = 1 - (1 - t^m)^(k - 1) (Facco, d'Errico, Rodriguez & Laio, Scientific Reports 2017, for
k = 2; the order statistics of a Poisson process). Its one parameter is read off the largest ratios,
where no copy is.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

LEVEL = 0.05
"""Chance that a pair of corpora without any copy has a suspect."""

FEWEST = 20
"""Clips of either side below which no law can be read off."""

PARALLEL = 0.9
"""Cosine about the common mean that a copy has at least: in small corpora, where the k-th neighbour
may be another instrument, the law alone suspects clips that are merely alike."""

NEIGHBOURS = 5
"""The k of the law: up to k - 1 copies of one clip show."""

_QUANTILE = 0.75
_BLOCK = 1024
SUSPECTS = ["train_corpus", "test_corpus", "clip_id", "near", "cosine", "chance"]
SHARES = [
    "train_corpus",
    "test_corpus",
    "test_clips",
    "suspects",
    "auc",
    "auc_without",
    "share",
    "example",
]


def nearest_cosines(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nearest of `y` to each row of `x`.

    Parameters
    ----------
    x : array of shape (n, D)
    y : array of shape (m, D)
        At least `NEIGHBOURS` rows. Both are taken from their common mean.

    Returns
    -------
    nearest : array of int, shape (n,)
    cosine : array of float64, shape (n, NEIGHBOURS)
        Of the nearest, the second nearest and so on.
    """
    center = np.concatenate([x, y]).mean(axis=0, dtype=np.float64)
    x, y = (_directions(one - center) for one in (x, y))
    nearest, cosine = np.zeros(len(x), dtype=int), np.zeros((len(x), NEIGHBOURS))
    for start in range(0, len(x), _BLOCK):
        rows = slice(start, start + _BLOCK)
        products = x[rows] @ y.T
        nearest[rows] = products.argmax(axis=1)
        cosine[rows] = -np.sort(np.partition(-products, NEIGHBOURS - 1)[:, :NEIGHBOURS])
    return nearest, cosine


def chance_of(cosine: np.ndarray) -> np.ndarray:
    """How likely a nearest neighbour as near as each is, if all are different recordings.

    Parameters
    ----------
    cosine : array of shape (n, NEIGHBOURS)
        Of the nearest neighbours, nearest first; fewer than three in four clips may be copies.

    Returns
    -------
    array of float64, shape (n,)
        1 where all are as far as one another, so that no law can be read off.
    """
    distance = np.sqrt(np.maximum(1 - cosine, 1e-12))
    log_ratio = np.log(distance[:, 0] / distance[:, -1])
    others = NEIGHBOURS - 1
    at_quantile = np.quantile(log_ratio, _QUANTILE)
    if at_quantile > -1e-9:
        return np.ones(len(cosine))
    m = np.log(-np.expm1(np.log1p(-_QUANTILE) / others)) / at_quantile
    return -np.expm1(others * np.log1p(-np.minimum(np.exp(m * log_ratio), 1 - 1e-16)))


def suspects_of(
    clips: Mapping[str, pd.DataFrame], embeddings: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Test clips that are nearer to a training clip than chance allows, of every transfer.

    Parameters
    ----------
    clips : mapping of corpus to DataFrame
        ``clip_id, split``, restricted to clips that have an embedding.
    embeddings : mapping of corpus to DataFrame
        Rows of embeddings indexed by ``clip_id``.

    Returns
    -------
    DataFrame
        `SUSPECTS`: the test clip, the training clip that it is `near`, their cosine about the
        common mean, above `PARALLEL`, and the `chance` of one as near, below ``LEVEL / n`` of n
        test clips.
    """
    found = []
    for train_corpus, a in clips.items():
        for test_corpus, b in clips.items():
            train = a.loc[a["split"].eq("train"), "clip_id"].to_numpy()
            test = b.loc[b["split"].eq("test"), "clip_id"].to_numpy()
            if min(len(train), len(test)) < FEWEST:
                continue
            nearest, cosine = nearest_cosines(
                embeddings[test_corpus].loc[test].to_numpy(np.float64),
                embeddings[train_corpus].loc[train].to_numpy(np.float64),
            )
            chance = chance_of(cosine)
            rows = pd.DataFrame(
                {"clip_id": test, "near": train[nearest], "cosine": cosine[:, 0], "chance": chance}
            ).assign(train_corpus=train_corpus, test_corpus=test_corpus)
            found.append(rows[(chance < LEVEL / len(test)) & (cosine[:, 0] > PARALLEL)])
    table = pd.concat(found) if found else pd.DataFrame(columns=SUSPECTS)
    return table[SUSPECTS].sort_values(["train_corpus", "test_corpus", "chance"], ignore_index=True)


def resting_share(scores: pd.DataFrame, suspects: pd.DataFrame) -> pd.DataFrame:
    """How much of each transfer's ROC-AUC rests on suspected copies.

    Parameters
    ----------
    scores : DataFrame
        ``train_corpus, test_corpus, label, clip_id, logit, truth`` of the uncorrected embedding.
    suspects : DataFrame
        What :func:`suspects_of` gives.

    Returns
    -------
    DataFrame
        `SHARES`, a row per transfer: mean ROC-AUC over labels with and without the suspects, over
        the labels that have both; the share of what is above chance, (auc - auc_without) / (auc -
        1/2); null where no label has both. The `example` is the least likely suspect.
    """
    rows = []
    for (train, test), part in scores.groupby(["train_corpus", "test_corpus"], sort=False):
        known = suspects["train_corpus"].eq(train) & suspects["test_corpus"].eq(test)
        copies = set(suspects.loc[known, "clip_id"])
        kept = part[~part["clip_id"].isin(copies)]
        both = pd.DataFrame({"auc": _aucs(part), "without": _aucs(kept)}).dropna()
        auc, without = both["auc"].mean(), both["without"].mean()
        share = (auc - without) / (auc - 0.5) if auc != 0.5 else np.nan
        clips = part["clip_id"].nunique()
        example = ""
        if copies:
            first = suspects[known].iloc[0]
            example = f"{first['clip_id']} ~ {first['near']} (cosine {first['cosine']:.4f})"
        rows.append((train, test, clips, len(copies), auc, without, share, example))
    return pd.DataFrame(rows, columns=SHARES)


def _aucs(scores: pd.DataFrame) -> pd.Series:
    """ROC-AUC by label, of labels with both classes."""
    return pd.Series(
        {
            label: roc_auc_score(part["truth"].astype(bool), part["logit"])
            for label, part in scores.groupby("label")
            if part["truth"].nunique() == 2
        },
        dtype=float,
    )


def _directions(x: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(x, axis=1, keepdims=True)
    return x / np.where(lengths > 0, lengths, 1)

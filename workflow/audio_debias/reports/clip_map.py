"""A map of the test clips of a pair, before and after a correction."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.linear_model import RidgeClassifierCV
from threadpoolctl import threadpool_limits

from audio_debias.corrections.correction import BiasCorrection
from audio_debias.samples.rows import rows_of

AXES = ("domain", "task", "pc1", "pc2")
COLUMNS = [
    *("label", "corpus", "clip_id"),
    *(f"{axis}_{when}" for when in ("before", "after") for axis in AXES),
]
_STRENGTHS = np.logspace(-2, 4, 7)
_TRAIN = 500


def draw_clips(clips: pd.DataFrame, most: int, seed: int) -> pd.DataFrame:
    """At most `most` test clips of a corpus, in their order; the same for every model.

    Parameters
    ----------
    clips : DataFrame
        A clip table.
    most, seed : int
    """
    test = clips[clips["split"] == "test"]
    rng = np.random.default_rng(seed)
    return test.iloc[np.sort(rng.permutation(len(test))[:most])]


def clip_map(
    samples: pd.DataFrame,
    clips: Mapping[str, pd.DataFrame],
    embeddings: Mapping[str, pd.DataFrame],
    corrections: Mapping[str, BiasCorrection],
    *,
    seed: int = 42,
) -> pd.DataFrame:
    """Where clips lie before and after a correction.

    Directions are fitted on the matched training clips before the correction, by ridge regression
    [1]_, and kept for after it: what a correction takes away along them is seen as it is.

    Parameters
    ----------
    samples : DataFrame
        Matched samples.
    clips : mapping of two corpora to DataFrame
        The clips to show: what :func:`draw_clips` gives. Those without an embedding are left out.
    embeddings : mapping of two corpora to DataFrame
        Rows of float32 embeddings indexed by ``clip_id``, in the order of the pair.
    corrections : mapping of label to fitted BiasCorrection
    seed : int
        Of the training clips, 500 of each corpus at most.

    Returns
    -------
    DataFrame
        `COLUMNS`, a row per label and clip. ``domain``: along the direction that tells the corpora
        apart; ``task``: along the one that tells the label's positives from its negatives; ``pc1``
        and ``pc2``: the first two principal components [2]_ of the clips before the correction.
        All in standard deviations of the shown clips before the correction, around their mean.

    References
    ----------
    .. [1] A. E. Hoerl, R. W. Kennard, "Ridge regression: biased estimation for nonorthogonal
       problems", Technometrics 12(1), 1970.
    .. [2] K. Pearson, "On lines and planes of closest fit to systems of points in space",
       Philosophical Magazine 2(11), 1901.
    """
    corpora = tuple(embeddings)
    shown = {
        corpus: clips[corpus][clips[corpus]["clip_id"].isin(embeddings[corpus].index)]
        for corpus in corpora
    }
    parts = []
    with threadpool_limits(1):  # Bits do not depend on the number of cores.
        for label in samples["label"].unique():
            if label not in corrections or not all(map(len, shown.values())):
                continue
            train = _draw(samples[samples["label"] == label], seed)
            parts.append(_of_label(train, shown, embeddings, corrections[label], label))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def _draw(sampled: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Training clips of either corpus, up to a bound."""
    rng = np.random.default_rng(seed)
    parts = [
        part.iloc[np.sort(rng.permutation(len(part))[:_TRAIN])]
        for _, part in sampled.groupby("corpus", sort=False)
    ]
    return pd.concat(parts)


def _of_label(train, shown, embeddings, correction, label) -> pd.DataFrame:
    """The map of one label."""
    fitted, parts, moved, domain, positive = [], [], [], [], []
    first = next(iter(embeddings))
    for code, (corpus, table) in enumerate(embeddings.items()):
        own = train[train["corpus"] == corpus]
        fitted.append(correction.map(rows_of(table, own["clip_id"], corpus), first))
        domain.append(np.full(len(own), code))
        positive.append(own["positive"].to_numpy(bool))
        mapped = correction.map(rows_of(table, shown[corpus]["clip_id"], corpus), first)
        parts.append(mapped)
        moved.append(correction.eraser_of(corpus).apply(mapped))
    x = np.concatenate(fitted).astype(np.float64)
    before, after = (np.concatenate(rows).astype(np.float64) for rows in (parts, moved))
    unit = x.std(axis=0)
    unit[unit == 0] = 1
    weights = np.stack(
        [
            RidgeClassifierCV(alphas=_STRENGTHS).fit(x / unit, np.concatenate(target)).coef_.ravel()
            for target in (domain, positive)
        ]
        + list(PCA(2, svd_solver="full").fit(before / unit).components_)
    )
    values = before / unit @ weights.T
    centre, spread = values.mean(axis=0), values.std(axis=0)
    spread[spread == 0] = 1
    values = np.concatenate([values, after / unit @ weights.T], axis=1)
    placed = (values - np.tile(centre, 2)) / np.tile(spread, 2)
    table = pd.DataFrame(placed, columns=COLUMNS[3:])
    ids = [(label, corpus, clip) for corpus, rows in shown.items() for clip in rows["clip_id"]]
    return pd.concat([pd.DataFrame(ids, columns=COLUMNS[:3]), table], axis=1)

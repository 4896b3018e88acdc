"""Means over labels: the numbers behind the table."""

import pandas as pd

from audio_debias.experiment.method import REFERENCE

CELL = ["pair", "model", "method", "mode", "train_corpus", "test_corpus"]


def mean_auc(metrics: pd.DataFrame) -> pd.DataFrame:
    """Mean ROC-AUC over labels, and its change against the uncorrected embedding.

    Parameters
    ----------
    metrics : DataFrame
        One row per pair, model, method, mode, train corpus, test corpus and label, with
        ``roc_auc`` in [0, 1]; null where a label could not be evaluated.

    Returns
    -------
    DataFrame
        One row per cell, in the order given: the columns of `CELL`; ``auc``, the mean in AUC
        points (100 x ROC-AUC) over the labels that have one; ``change``, the mean over labels of
        the difference to the uncorrected embedding, in points, over the labels that have both;
        ``labels``, the number of labels in the mean; ``left_out``, the number of labels without.
    """
    transfer = [column for column in CELL if column != "method"] + ["label"]
    points = metrics[[*CELL, "label"]].assign(auc=100 * metrics["roc_auc"].astype(float))
    uncorrected = points.loc[points["method"] == REFERENCE, [*transfer, "auc"]]
    points = points.merge(
        uncorrected, "left", transfer, suffixes=("", "_uncorrected"), validate="many_to_one"
    )
    points["change"] = points["auc"] - points["auc_uncorrected"]
    points["missing"] = points["auc"].isna()
    return points.groupby(CELL, sort=False, as_index=False).agg(
        auc=("auc", "mean"),
        change=("change", "mean"),
        labels=("auc", "count"),
        left_out=("missing", "sum"),
    )


BIAS = {
    "rank": 1,
    "variance_removed": 100,
    "direction_auc": 100,
    "domain_auc_before": 100,
    "domain_auc_after": 100,
    "distance_before": 1,
    "distance_after": 1,
}
"""The bias measures and the factor that brings them to their unit: percent or AUC points."""


def mean_bias(bias: pd.DataFrame) -> pd.DataFrame:
    """Means of the bias measures over train corpora and labels.

    Parameters
    ----------
    bias : DataFrame
        One row per pair, model, method, mode, train corpus and label, with the columns of `BIAS`:
        ``rank`` (directions taken out), ``variance_removed`` (share in [0, 1]), ``direction_auc``
        (telling the corpora apart along the first direction taken out), ``domain_auc_before`` and
        ``_after`` (telling them apart with all features), all in [0, 1], and the
        ``distance_before`` and ``_after`` between the corpora in standard deviations.

    Returns
    -------
    DataFrame
        ``pair, model, method, mode`` and the means: variance in percent, AUCs in points (50 =
        chance, 100 = always told apart).
    """
    scaled = bias[["pair", "model", "method", "mode"]].assign(
        **{name: factor * bias[name].astype(float) for name, factor in BIAS.items()}
    )
    return scaled.groupby(["pair", "model", "method", "mode"], sort=False, as_index=False).mean()


def left_out(metrics: pd.DataFrame) -> pd.DataFrame:
    """Labels without a ROC-AUC: ``pair, model, label, reason`` and the number of ``rows``."""
    missing = metrics[metrics["roc_auc"].isna()]
    keys = ["pair", "model", "label", "reason"]
    return (
        missing.assign(reason=missing["reason"].fillna("no reason recorded"))
        .groupby(keys, sort=False, as_index=False)
        .agg(rows=("method", "size"))
    )


FEW = 10
"""Positive test clips below which a figure is rough: one clip moves it by several points."""


def few_positives(metrics: pd.DataFrame) -> pd.DataFrame:
    """Labels judged on fewer than `FEW` positive test clips.

    Parameters
    ----------
    metrics : DataFrame
        ``pair, test_corpus, label, support`` (positive test clips) and ``roc_auc``.

    Returns
    -------
    DataFrame
        ``pair, test_corpus, label, support``: the least of all models and methods.
    """
    judged = metrics[metrics["roc_auc"].notna() & metrics["support"].lt(FEW).fillna(False)]
    keys = ["pair", "test_corpus", "label"]
    return judged.groupby(keys, sort=False, as_index=False).agg(support=("support", "min"))

"""Strength of a correction: domain identification and cross-domain AUC along it."""

from collections.abc import Mapping

import pandas as pd

from audio_debias.evidence.bootstrap import MEAN
from audio_debias.experiment.method import OnCurve

KEYS = ["pair", "model", "mode", "curve"]
COLUMNS = (*KEYS, "method", "strength", "linear", "nonlinear", "cross", "within")


def along_strength(
    intervals: pd.DataFrame, adversaries: pd.DataFrame, curves: Mapping[str, OnCurve]
) -> pd.DataFrame:
    """What erasers leave of the domain, and the AUCs, as more and more of them is applied.

    Parameters
    ----------
    intervals, adversaries : DataFrame
        Of the run.
    curves : mapping of str to OnCurve
        As :func:`~audio_debias.experiment.method.strength_curves` gives them.

    Returns
    -------
    DataFrame
        `COLUMNS`, sorted by strength within a curve: one row a method, and one of strength 0, the
        same space without an eraser. ``linear`` and ``nonlinear`` are the ROC-AUCs of the
        adversaries ``linear`` and ``rbf`` on held-out clips; ``cross`` and ``within`` the ROC-AUCs
        of labels, means over labels and the two transfers. All in [0, 1].
    """
    cell = ["pair", "model", "method", "mode"]
    means = intervals[intervals["label"] == MEAN]
    across = means["train_corpus"] != means["test_corpus"]
    measures = {
        name: rows.assign(auc=rows["auc"].astype(float)).groupby(cell)["auc"].mean()
        for name, rows in (("cross", means[across]), ("within", means[~across]))
    }
    for name, adversary in (("linear", "linear"), ("nonlinear", "rbf")):
        rows = adversaries[adversaries["adversary"] == adversary]
        measures[name] = rows.set_index(cell)["auc_after"].astype(float)
    measured = pd.DataFrame(measures).reset_index()
    points = [(name, one.curve, one.strength) for name, one in curves.items()]
    starts = {one.curve: one.reference for one in curves.values() if one.reference}
    points += [(reference, curve, 0.0) for curve, reference in starts.items()]
    table = pd.DataFrame(points, columns=["method", "curve", "strength"]).merge(measured, "left")
    return table.sort_values([*KEYS, "strength"], kind="stable", ignore_index=True)[list(COLUMNS)]

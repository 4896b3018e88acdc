"""What each correction removes of the domain, and what it costs or gains across domains."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from audio_debias.evidence.bootstrap import MEAN
from audio_debias.evidence.verdicts import BETTER, WORSE
from audio_debias.experiment.method import REFERENCE
from audio_debias.reports.figures.style import (
    BAND,
    FAINT,
    INK,
    SOFT,
    add_legend,
    markers,
    method_colors,
    short,
    styled,
)
from audio_debias.reports.names import MODES, Names
from audio_debias.reports.summary import mean_auc, mean_bias


@styled
def tradeoff_figure(
    metrics: pd.DataFrame,
    bias: pd.DataFrame,
    pair: str,
    names: Names | None = None,
    intervals: pd.DataFrame | None = None,
    band: pd.DataFrame | None = None,
) -> Figure:
    """Draw domain identification after each correction against the change in cross-domain AUC.

    Parameters
    ----------
    metrics, bias : DataFrame
        As :func:`~audio_debias.reports.summary.mean_auc` and
        :func:`~audio_debias.reports.summary.mean_bias` take them.
    pair : str
        Which pair of corpora to draw.
    names : mapping of str to str, optional
        Display names of models and methods.
    intervals : DataFrame, optional
        ``intervals.parquet`` of the run: a bar spans the intervals of both directions; grey where
        neither change is better or worse.
    band : DataFrame, optional
        What :func:`~audio_debias.evidence.controls.random_band` gives, as a field over all models.

    Returns
    -------
    Figure
        One panel per mode. A line leads from the uncorrected embedding (open marker, no change) to
        the corrected one: to the left the corpora are harder to tell apart, upwards labels are
        recognised better in the other corpus (mean over labels and the two directions).
    """
    names = names or {}
    cells = mean_auc(metrics[metrics["pair"] == pair])
    across = cells[cells["train_corpus"] != cells["test_corpus"]]
    keys = ["pair", "model", "method", "mode"]
    change = across.groupby(keys, sort=False, as_index=False)["change"].mean()
    points = change.merge(mean_bias(bias), "left", keys)
    points = points[points["method"] != REFERENCE]
    points = points.assign(low=np.nan, high=np.nan, real=True)
    if intervals is not None:
        points = points.drop(columns=["low", "high", "real"]).merge(
            _spans(intervals, keys), "left", keys
        )
    modes, models = list(points["mode"].unique()), list(points["model"].unique())
    colors, shapes = method_colors(points["method"].unique()), markers(models)
    figure = Figure(figsize=(1.2 + 4.4 * len(modes), 4.6), layout="constrained")
    grid = figure.subplots(1, len(modes), sharex=True, sharey=True, squeeze=False)[0]
    for mode, axes in zip(modes, grid, strict=True):
        if band is not None:
            drawn = _across(band[band["pair"] == pair])
            axes.axhspan(
                100 * drawn["low"].min(), 100 * drawn["high"].max(), color=BAND, zorder=0, lw=0
            )
        axes.axhline(0, color=SOFT, linewidth=0.8, zorder=1)
        for point in points[points["mode"] == mode].itertuples():
            color = colors[point.method] if point.real else FAINT
            shape = shapes[point.model]
            before, after = point.domain_auc_before, point.domain_auc_after
            axes.vlines(after, point.low, point.high, color=color, linewidth=0.9, alpha=0.7)
            axes.plot([before, after], [0, point.change], color=color, linewidth=0.8, alpha=0.5)
            axes.scatter(before, 0, 26, "white", marker=shape, ec=INK, lw=0.8, zorder=3)
            axes.scatter(after, point.change, 38, color, marker=shape, ec="white", lw=0.6, zorder=4)
        axes.set_title(MODES.get(mode, mode))
        axes.set_xlabel("domain identification, ROC-AUC (points; 50 = chance)")
        axes.grid()
    grid[0].set_ylabel("change in cross-domain ROC-AUC (points)")
    handles = [
        Line2D([], [], color=SOFT, marker=shape, ls="none", label=short(names.get(model, model)))
        for model, shape in shapes.items()
    ]
    add_legend(figure, handles, "upper")
    handles = [Line2D([], [], color=INK, marker="o", mfc="white", ls="none", label="uncorrected")]
    handles += [
        Line2D([], [], color=color, marker="o", label=short(names.get(method, method)))
        for method, color in colors.items()
    ]
    add_legend(figure, handles)
    return figure


def _across(table: pd.DataFrame) -> pd.DataFrame:
    """Means over labels, of transfers to the other corpus."""
    return table[(table["label"] == MEAN) & (table["train_corpus"] != table["test_corpus"])]


def _spans(intervals: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """``low`` and ``high`` in points over both directions, and whether one change is ``real``."""
    across = _across(intervals)
    across = across.assign(
        low=100 * across["change_low"].astype(float),
        high=100 * across["change_high"].astype(float),
        real=across["verdict"].isin([BETTER, WORSE]),
    )
    spans = {"low": ("low", "min"), "high": ("high", "max"), "real": ("real", "max")}
    return across.groupby(keys, sort=False, as_index=False).agg(**spans)

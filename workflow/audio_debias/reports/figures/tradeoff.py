"""What each correction removes of the domain, and what it costs or gains across domains."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from audio_debias.experiment.method import REFERENCE
from audio_debias.reports.figures.style import (
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
    metrics: pd.DataFrame, bias: pd.DataFrame, pair: str, names: Names | None = None
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
    modes, models = list(points["mode"].unique()), list(points["model"].unique())
    colors, shapes = method_colors(points["method"].unique()), markers(models)
    figure = Figure(figsize=(1.2 + 4.4 * len(modes), 4.6), layout="constrained")
    grid = figure.subplots(1, len(modes), sharex=True, sharey=True, squeeze=False)[0]
    for mode, axes in zip(modes, grid, strict=True):
        axes.axhline(0, color=SOFT, linewidth=0.8, zorder=1)
        for point in points[points["mode"] == mode].itertuples():
            color, shape = colors[point.method], shapes[point.model]
            before, after = point.domain_auc_before, point.domain_auc_after
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

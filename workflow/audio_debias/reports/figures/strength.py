"""What corrections remove and what they cost, as more and more of them is applied."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from audio_debias.reports.figures.style import (
    INK,
    add_legend,
    markers,
    method_colors,
    short,
    styled,
)
from audio_debias.reports.names import MODES, Names

READERS = {"linear": "a linear reader", "nonlinear": "a nonlinear reader"}


@styled
def strength_figure(table: pd.DataFrame, pair: str, names: Names | None = None) -> Figure:
    """Draw domain identification against cross-domain AUC along the strength.

    Parameters
    ----------
    table : DataFrame
        As :func:`~audio_debias.evidence.strength.along_strength` gives it.
    pair : str
        Which pair of corpora to draw.
    names : mapping of str to str, optional
        Display names of models and methods.

    Returns
    -------
    Figure
        One row per mode, one column per reader (`READERS`), a line per model and eraser: from the
        uncorrected embedding (open marker) to full strength (large marker).
    """
    names = names or {}
    rows = table[table["pair"] == pair]
    modes, models = list(rows["mode"].unique()), list(rows["model"].unique())
    colors, shapes = method_colors(rows["curve"].unique()), markers(models)
    figure = Figure(figsize=(9, 0.8 + 3.6 * len(modes)), layout="constrained")
    grid = figure.subplots(len(modes), len(READERS), sharey=True, squeeze=False)
    for mode, row in zip(modes, grid, strict=True):
        for (reader, title), axes in zip(READERS.items(), row, strict=True):
            of_mode = rows[rows["mode"] == mode]
            for (model, curve), points in of_mode.groupby(["model", "curve"], sort=False):
                x, y = 100 * points[reader], 100 * points["cross"]
                color, shape = colors[curve], shapes[model]
                axes.plot(x, y, color=color, marker=shape, markersize=3.5, linewidth=1)
                end = points["strength"].to_numpy().argmax()
                axes.scatter(
                    x.iloc[end], y.iloc[end], 42, color, marker=shape, ec="white", zorder=3
                )
                start = points["strength"] == 0
                axes.scatter(
                    x[start], y[start], 26, "white", marker=shape, ec=INK, lw=0.8, zorder=4
                )
            axes.set_xlabel(f"told apart by {title}, ROC-AUC (points; 50 = chance)")
            axes.set_title(MODES.get(mode, mode))
            axes.grid()
        row[0].set_ylabel("cross-domain ROC-AUC (points)")
    handles = [
        Line2D([], [], color=INK, marker=shape, ls="none", label=short(names.get(model, model)))
        for model, shape in shapes.items()
    ]
    add_legend(figure, handles, "upper")
    handles = [
        Line2D([], [], color=color, marker="o", label=short(names.get(curve, curve)))
        for curve, color in colors.items()
    ]
    add_legend(figure, handles)
    return figure

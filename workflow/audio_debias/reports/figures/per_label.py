"""ROC-AUC per label and transfer, with arrows from uncorrected to corrected."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from audio_debias.evidence.verdicts import BETTER, WORSE
from audio_debias.experiment.method import REFERENCE
from audio_debias.reports.figures.style import (
    FAINT,
    INK,
    LINE,
    SOFT,
    add_legend,
    label_rows,
    method_colors,
    short,
    styled,
)
from audio_debias.reports.names import MODES, Names, transfer_name, transfers_of


@styled
def per_label_figure(
    metrics: pd.DataFrame,
    pair: str,
    model: str,
    mode: str,
    names: Names | None = None,
    intervals: pd.DataFrame | None = None,
    band: pd.DataFrame | None = None,
) -> Figure:
    """Draw the four transfers of one pair, model and mode.

    Parameters
    ----------
    metrics : DataFrame
        One row per pair, model, method, mode, train corpus, test corpus and label; ``roc_auc``.
    pair, model, mode : str
        What to draw.
    names : mapping of str to str, optional
        Display names of models, corpora and methods.
    intervals : DataFrame, optional
        ``intervals.parquet`` of the run: a change that is neither better nor worse is grey.
    band : DataFrame, optional
        What :func:`~audio_debias.evidence.controls.random_band` gives.

    Returns
    -------
    Figure
        A black bar per label marks the uncorrected embedding; one arrow per method leads to the
        corrected one, a dot where the change is below 0.002. Chance is dotted where in sight; a
        grey field is where random directions would lead.
    """
    names = names or {}
    metrics = _of(metrics, pair, model, mode)
    labels = list(metrics["label"].unique())
    colors = method_colors(metrics["method"].unique())
    row_height = max(0.25, 0.08 * len(colors) + 0.06)
    figure = Figure(figsize=(11.5, 1.7 + row_height * len(labels)), layout="constrained")
    grid = figure.subplots(1, 4, sharex=True)
    for (train, test), axes in zip(transfers_of(pair), grid, strict=True):
        auc = _by_method(metrics, train, test, labels, "roc_auc").astype(float)
        real = None
        if intervals is not None:
            judged = _of(intervals, pair, model, mode)
            real = _by_method(judged, train, test, labels, "verdict").isin([BETTER, WORSE])
        if band is not None:
            bounds = _of(band, pair, model, mode)
            bounds = bounds[(bounds["train_corpus"] == train) & (bounds["test_corpus"] == test)]
            bounds = bounds.set_index("label")[["low", "high"]].reindex(labels)
            _draw_band(axes, auc[REFERENCE].to_numpy(), bounds.to_numpy(float))
        _draw_transfer(axes, auc, colors, real)
        label_rows(axes, labels, names=axes is grid[0])
        kind = "Within domain" if train == test else "Cross-domain"
        axes.set_title(f"{kind}\n{short(transfer_name(train, test, names), 34)}")
        axes.set_xlabel("ROC-AUC")
        axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    if grid[0].get_xlim()[0] < 0.5:
        for axes in grid:
            axes.axvline(0.5, color=SOFT, linewidth=0.8, linestyle=":", zorder=1)
    title = f"{short(names.get(model, model), 60)}, {MODES.get(mode, mode).lower()}"
    figure.suptitle(title, fontweight="bold", fontsize=10)
    handles = [
        Line2D([], [], color=INK, marker="|", markersize=10, linestyle="none", label="uncorrected")
    ] + [
        Line2D(
            [], [], color=color, marker=">", markersize=5, label=short(names.get(method, method))
        )
        for method, color in colors.items()
    ]
    add_legend(figure, handles)
    return figure


def _of(table: pd.DataFrame, pair: str, model: str, mode: str) -> pd.DataFrame:
    """The rows of one figure."""
    chosen = (table["pair"] == pair) & (table["model"] == model)
    return table[chosen & table["mode"].isin([mode, "any"])]


def _by_method(table, train: str, test: str, labels: list[str], value: str) -> pd.DataFrame:
    """One value of a transfer: a row per label, a column per method."""
    cell = table[(table["train_corpus"] == train) & (table["test_corpus"] == test)]
    return cell.pivot(index="label", columns="method", values=value).reindex(labels)  # noqa: PD010


def _draw_band(axes, start: np.ndarray, bounds: np.ndarray) -> None:
    """Where random directions lead from the uncorrected AUCs, a field per label."""
    left, width = start + bounds[:, 0], bounds[:, 1] - bounds[:, 0]
    axes.barh(np.arange(len(start)), width, 0.8, left, color=LINE, alpha=0.7, zorder=1.5)


def _draw_transfer(
    axes, auc: pd.DataFrame, colors: dict[str, str], real: pd.DataFrame | None
) -> None:
    """The arrows of one transfer; those that are not `real` are grey."""
    rows = np.arange(len(auc))
    start = auc[REFERENCE].to_numpy()
    axes.vlines(start, rows - 0.42, rows + 0.42, color=INK, linewidth=1.1, zorder=2)
    middle = {"transform": axes.get_yaxis_transform(), "ha": "center", "va": "center"}
    for row in rows[np.isnan(start)]:
        axes.text(0.5, row, "no AUC", color=SOFT, fontsize=7, **middle)
    lanes = np.linspace(-0.36, 0.36, len(colors)) if len(colors) > 1 else np.zeros(len(colors))
    for lane, (method, color) in zip(lanes, colors.items(), strict=True):
        end = auc.get(method, pd.Series(np.nan, auc.index)).to_numpy()
        change = end - start
        shades = np.full(len(rows), color, dtype=object)
        if real is not None:
            known = real.get(method, pd.Series(False, auc.index)).to_numpy(bool)
            shades = np.where(known, color, FAINT).astype(object)
        axes.hlines(rows + lane, start, end, color=shades, linewidth=1.2, zorder=3)
        still = np.abs(change) < 0.002
        for chosen, marker in ((still, "o"), (~still & (change > 0), ">"), (change <= -0.002, "<")):
            size = 7 if marker == "o" else 15
            at = rows[chosen] + lane
            axes.scatter(
                end[chosen], at, size, list(shades[chosen]), marker=marker, linewidths=0, zorder=4
            )

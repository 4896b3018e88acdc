"""Depth: where in a network corpora are told apart, and where labels are found."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from audio_debias.evidence.bootstrap import MEAN
from audio_debias.experiment.method import REFERENCE
from audio_debias.reports.figures.style import (
    INK,
    SOFT,
    add_legend,
    method_colors,
    short,
    styled,
)
from audio_debias.reports.names import Names

PANELS = {
    "domain": "domain identification, ROC-AUC (points)",
    "label": "label ROC-AUC (points)",
}


def along_depth(
    intervals: pd.DataFrame, adversaries: pd.DataFrame, layers: Mapping[str, tuple[str, int]]
) -> pd.DataFrame:
    """How well corpora are told apart and labels are found in every layer, uncorrected.

    Parameters
    ----------
    intervals, adversaries : DataFrame
        Of the run.
    layers : mapping of str to (str, int)
        Models that are a layer: the network and the layer's number.

    Returns
    -------
    DataFrame
        ``network, pair, layer``, then AUCs from 0 to 1: ``domain`` (of the linear adversary on
        held-out clips), ``cross`` and ``within`` (means over labels and the two transfers).
    """
    keys = ["pair", "model"]
    plain = intervals[(intervals["method"] == REFERENCE) & (intervals["label"] == MEAN)]
    across = plain["train_corpus"] != plain["test_corpus"]
    linear = adversaries[
        (adversaries["method"] == REFERENCE) & (adversaries["adversary"] == "linear")
    ]
    measures = {
        name: rows.assign(auc=rows[column].astype(float)).groupby(keys)["auc"].mean()
        for name, rows, column in (
            ("domain", linear, "auc_before"),
            ("cross", plain[across], "auc"),
            ("within", plain[~across], "auc"),
        )
    }
    measured = pd.DataFrame(measures).reset_index()
    measured = measured[measured["model"].isin(list(layers))]
    networks, numbers = zip(*(layers[model] for model in measured["model"]), strict=True)
    table = measured.drop(columns="model").assign(network=networks, layer=numbers)
    return table.sort_values(["network", "pair", "layer"], kind="stable", ignore_index=True)


@styled
def depth_figure(table: pd.DataFrame, names: Names | None = None) -> Figure:
    """Draw domain identification and label AUC over the layers of each network.

    Parameters
    ----------
    table : DataFrame
        As `along_depth` gives it.
    names : mapping of str to str, optional
        Display names of networks and pairs.

    Returns
    -------
    Figure
        One row per network, a colour per pair of corpora.
    """
    names = names or {}
    networks = list(dict.fromkeys(table["network"]))
    colors = method_colors(dict.fromkeys(table["pair"]))
    figure = Figure(figsize=(9, 1.1 + 3.2 * len(networks)), layout="constrained")
    grid = figure.subplots(len(networks), len(PANELS), squeeze=False)
    for network, row in zip(networks, grid, strict=True):
        for axes, (panel, title) in zip(row, PANELS.items(), strict=True):
            for pair, line in table[table["network"] == network].groupby("pair", sort=False):
                style = {"color": colors[pair], "marker": "o", "markersize": 3.5, "linewidth": 1.2}
                if panel == "domain":
                    axes.plot(line["layer"], 100 * line["domain"], **style)
                else:
                    axes.plot(line["layer"], 100 * line["cross"], **style)
                    axes.plot(line["layer"], 100 * line["within"], **style, linestyle="--")
            if panel == "domain":
                axes.axhline(50, color=SOFT, linewidth=0.8)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8, min_n_ticks=1))
            axes.set_xlabel("layer")
            axes.set_ylabel(title)
            axes.set_title(short(names.get(network, network)))
            axes.grid(axis="y")
    across = Line2D([], [], color=INK, linestyle="-", label="across the corpora")
    within = Line2D([], [], color=INK, linestyle="--", label="within a corpus")
    add_legend(figure, [across, within], "upper")
    add_legend(
        figure,
        [
            Line2D([], [], color=color, marker="o", label=short(names.get(pair, pair)))
            for pair, color in colors.items()
        ],
    )
    return figure

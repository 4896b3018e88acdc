"""Where in a network the recording domain lives, and where the labels do."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from audio_debias.errors import InputError
from audio_debias.models.layers import split_name
from audio_debias.reports.figures.style import BLUE, GREEN, VERMILLION, short, styled
from audio_debias.reports.names import Names

_CURVES = {
    "domain identification": (VERMILLION, "o"),
    "labels, same corpus": (BLUE, "s"),
    "labels, other corpus": (GREEN, "^"),
}


def by_layer(metrics: pd.DataFrame, bias: pd.DataFrame, pair: str) -> pd.DataFrame:
    """ROC-AUCs of the uncorrected embeddings of every layer of the models that have layers.

    Parameters
    ----------
    metrics, bias : DataFrame
        Of a run; models are called ``name@layer``.
    pair : str

    Returns
    -------
    DataFrame
        model, layer, and per curve the mean over labels and directions, in points; by layer.
    """
    plain = metrics[(metrics["pair"] == pair) & (metrics["method"] == "none")]
    same = plain["train_corpus"] == plain["test_corpus"]
    # Corrections repeat the measure of the uncorrected embedding.
    before = bias[bias["pair"] == pair].groupby("model")["domain_auc_before"].mean()
    curves = [
        before,
        plain[same].groupby("model")["roc_auc"].mean(),
        plain[~same].groupby("model")["roc_auc"].mean(),
    ]
    table = 100 * pd.concat(curves, axis=1, keys=list(_CURVES)).astype(float)
    names = [split_name(model) for model in table.index]
    table.insert(0, "model", [name for name, _ in names])
    table.insert(1, "layer", [layer for _, layer in names])
    table = table[table["layer"].notna()].reset_index(drop=True).astype({"layer": int})
    return table.sort_values(["model", "layer"], ignore_index=True)


@styled
def depth_figure(
    metrics: pd.DataFrame, bias: pd.DataFrame, pair: str, names: Names | None = None
) -> Figure:
    """Draw domain identification and label AUC over a network's layers, before any correction.

    Parameters
    ----------
    metrics, bias : DataFrame
        As :func:`by_layer` takes them.
    pair : str
    names : mapping of str to str, optional
        Display names of models, without layer.

    Returns
    -------
    Figure
        One panel per model.

    Raises
    ------
    InputError
        If no model of the run has layers.
    """
    table = by_layer(metrics, bias, pair)
    models = list(table["model"].unique())
    if not models:
        raise InputError("figure over depth: no model has layers; add some, such as wavlm@6")
    figure = Figure(figsize=(1.2 + 3.6 * len(models), 3.8), layout="constrained")
    grid = figure.subplots(1, len(models), sharey=True, squeeze=False)[0]
    for model, axes in zip(models, grid, strict=True):
        part = table[table["model"] == model]
        for curve, (color, marker) in _CURVES.items():
            axes.plot(part["layer"], part[curve], color=color, marker=marker, label=curve)
        axes.set_title(short((names or {}).get(model, model)))
        axes.set_xlabel("layer")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid()
    grid[0].set_ylabel("ROC-AUC (points)")
    figure.legend(*grid[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure

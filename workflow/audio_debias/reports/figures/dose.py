"""Dose and response: what a recording condition made on purpose does to each model."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from audio_debias.corpora.effects import EFFECTS, dose_of
from audio_debias.reports.figures.style import (
    SOFT,
    add_legend,
    markers,
    method_colors,
    short,
    styled,
)
from audio_debias.reports.names import Names

RESPONSES = {
    "domain_auc": "domain identification, ROC-AUC (points)",
    "cross_auc": "cross-domain ROC-AUC (points)",
    "cosine": "|cosine| of domain and label direction",
}


def dose_response(
    metrics: pd.DataFrame,
    bias: pd.DataFrame,
    cosines: pd.DataFrame,
    derived: Mapping[str, tuple[str, Sequence[Mapping]]],
) -> pd.DataFrame:
    """The responses of every model to every dose, means over labels and train corpora.

    Parameters
    ----------
    metrics, bias, cosines : DataFrame
        Of the run; the uncorrected embedding (method ``none``) is looked at.
    derived : mapping of str to (str, chain)
        Derived corpora: which corpus each is of, and by which chain.

    Returns
    -------
    DataFrame
        ``effect, dose, model, domain_auc, cross_auc`` (AUCs from 0 to 1) and ``cosine``, one row a
        pair of a corpus and one derived from it by a single effect, and model.
    """
    pairs: dict[str, tuple] = {}
    for name, (source, chain) in derived.items():
        if len(chain) == 1:
            pairs |= dict.fromkeys((f"{source}--{name}", f"{name}--{source}"), dose_of(chain))
    plain = metrics[metrics["method"] == "none"]
    across = plain[plain["train_corpus"] != plain["test_corpus"]]
    keys = ["pair", "model"]
    parts = [
        across.assign(cross_auc=across["roc_auc"].astype(float)),
        bias.assign(domain_auc=bias["domain_auc_before"].astype(float)),
        cosines.assign(cosine=cosines["cosine"].astype(float).abs()),
    ]
    columns = ("cross_auc", "domain_auc", "cosine")
    means = [
        part.groupby(keys, sort=False)[column].mean()
        for part, column in zip(parts, columns, strict=True)
    ]
    table = pd.concat(means, axis=1).reset_index()
    table = table[table["pair"].isin(list(pairs))]
    effects = pd.DataFrame([pairs[pair] for pair in table["pair"]], columns=["effect", "dose"])
    table = pd.concat([effects, table.reset_index(drop=True)], axis=1)
    return table.sort_values(["effect", "dose"], kind="stable", ignore_index=True)


@styled
def dose_figure(responses: pd.DataFrame, names: Names | None = None) -> Figure:
    """Draw the responses over the dose.

    Parameters
    ----------
    responses : DataFrame
        As :func:`dose_response` gives it.
    names : mapping of str to str, optional
        Display names of models.

    Returns
    -------
    Figure
        One row per effect, one column per response, a line per model. The original corpus, against
        itself at chance, is no point of it.
    """
    names = names or {}
    if responses.empty:
        figure = Figure(figsize=(5, 1.5), layout="constrained")
        figure.text(0.5, 0.5, "no corpus is derived from another", ha="center", color=SOFT)
        return figure
    effects, models = list(responses["effect"].unique()), list(responses["model"].unique())
    colors, shapes = method_colors(models), markers(models)
    figure = Figure(figsize=(10, 0.8 + 2.3 * len(effects)), layout="constrained")
    grid = figure.subplots(len(effects), len(RESPONSES), squeeze=False)
    for effect, row in zip(effects, grid, strict=True):
        for (response, title), axes in zip(RESPONSES.items(), row, strict=True):
            scale = 1 if response == "cosine" else 100
            for model in models:
                at = (responses["effect"] == effect) & (responses["model"] == model)
                points = responses[at]
                look = {"color": colors[model], "marker": shapes[model], "linewidth": 1}
                axes.plot(points["dose"], scale * points[response], **look)
            axes.set_xlabel(f"{effect}, {EFFECTS[effect].unit}")
            axes.grid()
            if row is grid[0]:
                axes.set_title(title)
    handles = [
        Line2D([], [], color=colors[m], marker=shapes[m], label=short(names.get(m, m)))
        for m in models
    ]
    add_legend(figure, handles)
    return figure

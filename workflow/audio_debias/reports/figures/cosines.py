"""|cosine| between the domain direction and the label classifier."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from audio_debias.reports.figures.style import (
    BLUE,
    SOFT,
    VERMILLION,
    add_legend,
    label_rows,
    short,
    styled,
)
from audio_debias.reports.names import MODES, Names, corpora_of

_MARKERS = {"linear": "o", "kernel": "D"}


@styled
def cosine_figure(
    cosines: pd.DataFrame,
    pair: str,
    names: Names | None = None,
    published: pd.DataFrame | None = None,
) -> Figure:
    """Draw |cosine| per label, model and train corpus: columns models, rows modes.

    Parameters
    ----------
    cosines : DataFrame
        ``pair, mode, space`` (``linear`` or ``kernel``), ``label, model, train_corpus, cosine``.
    pair : str
        Which pair of corpora to draw.
    names : mapping of str to str, optional
        Display names of models and corpora.
    published : DataFrame, optional
        The same columns without ``pair``: drawn beside ours with open markers.

    Returns
    -------
    Figure
        Colour is the corpus that the classifier was trained on, the marker's shape the space. The
        axis is logarithmic: 1 is the same direction, 0 would be orthogonal.
    """
    names = names or {}
    cosines = cosines[cosines["pair"] == pair].assign(source="ours")
    if published is not None:
        cosines = pd.concat([cosines, published.assign(source="published")])
        cosines = cosines[cosines["train_corpus"].isin(corpora_of(pair))]
    cosines = cosines.assign(size=cosines["cosine"].astype(float).abs())
    if cosines.empty:
        figure = Figure(figsize=(5, 1.5), layout="constrained")
        figure.text(0.5, 0.5, "no label could be compared", ha="center", va="center", color=SOFT)
        return figure
    modes, models, labels = (list(cosines[c].unique()) for c in ("mode", "model", "label"))
    spaces = [space for space in _MARKERS if space in set(cosines["space"])]
    colors = dict(zip(corpora_of(pair), (BLUE, VERMILLION), strict=True))
    figure = Figure(
        figsize=(
            max(5, 1.6 + 3 * len(models)),
            1.3 + len(modes) * max(2, 0.5 + 0.27 * len(labels)),
        ),
        layout="constrained",
    )
    grid = figure.subplots(len(modes), len(models), sharex=True, squeeze=False)
    lanes = np.linspace(-0.3, 0.3, 2 * len(spaces))
    for mode, row in zip(modes, grid, strict=True):
        for model, axes in zip(models, row, strict=True):
            cell = cosines[(cosines["mode"] == mode) & (cosines["model"] == model)]
            series = [(space, corpus) for space in spaces for corpus in colors]
            for lane, (space, corpus) in zip(lanes, series, strict=True):
                chosen = cell[(cell["space"] == space) & (cell["train_corpus"] == corpus)]
                _draw_series(axes, chosen, labels, lane, _MARKERS[space], colors[corpus])
            label_rows(axes, labels, names=axes is row[0])
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter("{x:g}")
            axes.set_title(short(names.get(model, model)))
        row[0].set_ylabel(MODES.get(mode, mode), fontweight="bold", labelpad=8)
    for axes in grid[-1]:
        axes.set_xlabel("|cosine|")
    handles = [
        Line2D([], [], color=color, marker="o", label=f"trained on {short(names.get(name, name))}")
        for name, color in colors.items()
    ]
    if len(spaces) > 1:
        handles += [_key(marker, f"{space} space", SOFT) for space, marker in _MARKERS.items()]
    if published is not None:
        handles += [_key("o", "ours", SOFT), _key("o", "published", "white")]
    add_legend(figure, handles)
    return figure


def _draw_series(axes, chosen, labels, lane, marker, color) -> None:
    for source, face in (("published", "white"), ("ours", color)):
        size = chosen[chosen["source"] == source].set_index("label")["size"].reindex(labels)
        axes.scatter(size, np.arange(len(labels)) + lane, 16, face, marker=marker, ec=color, lw=0.9)


def _key(marker: str, label: str, face: str) -> Line2D:
    return Line2D(
        [], [], color=SOFT, marker=marker, markerfacecolor=face, linestyle="none", label=label
    )

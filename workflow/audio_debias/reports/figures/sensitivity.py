"""Domain sensitivity: what a classifier loses when it meets the other corpus."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from audio_debias.experiment.method import REFERENCE
from audio_debias.reports.figures.style import (
    BLUE,
    FAINT,
    INK,
    SOFT,
    VERMILLION,
    add_legend,
    label_rows,
    short,
    styled,
)
from audio_debias.reports.names import Names, corpora_of


def domain_drop(metrics: pd.DataFrame) -> pd.DataFrame:
    """ROC-AUC within the train corpus minus ROC-AUC on the other corpus of the pair.

    Parameters
    ----------
    metrics : DataFrame
        One row per pair, model, method, mode, train corpus, test corpus and label; ``roc_auc``.

    Returns
    -------
    DataFrame
        ``pair, model, method, mode, train_corpus, label`` and ``drop`` in AUC points (100 x
        ROC-AUC), positive where the classifier does worse abroad; null where an AUC is.
    """
    keys = ["pair", "model", "method", "mode", "train_corpus", "label"]
    at_home = metrics["train_corpus"] == metrics["test_corpus"]
    both = metrics[at_home].merge(
        metrics[~at_home], on=keys, suffixes=("_within", "_across"), validate="one_to_one"
    )
    drop = 100 * (both["roc_auc_within"].astype(float) - both["roc_auc_across"].astype(float))
    return both[keys].assign(drop=drop)


@styled
def sensitivity_figure(
    metrics: pd.DataFrame,
    pair: str,
    names: Names | None = None,
    method: str = REFERENCE,
    bounds: pd.DataFrame | None = None,
) -> Figure:
    """Draw the drop from within-domain to cross-domain AUC per label and model.

    Parameters
    ----------
    metrics : DataFrame
        As :func:`domain_drop` takes it.
    pair : str
        Which pair of corpora to draw.
    names : mapping of str to str, optional
        Display names of models and corpora.
    method : str
        Which correction to draw; the mode is the first in `metrics`.
    bounds : DataFrame, optional
        ``drops.parquet`` of the run, for intervals; a drop whose interval holds zero is grey.

    Returns
    -------
    Figure
        One column per model, one row per label and one for the mean over labels; colour is the
        corpus that the classifier was trained on. Right of zero it does worse on the other corpus.
    """
    names = names or {}
    chosen = (metrics["pair"] == pair) & (metrics["method"] == method)
    drops = domain_drop(metrics[chosen & (metrics["mode"] == metrics["mode"].iloc[0])])
    models, labels = (list(drops[column].unique()) for column in ("model", "label"))
    rows = [*labels, "mean"]
    colors = dict(zip(corpora_of(pair), (BLUE, VERMILLION), strict=True))
    size = max(5, 1.6 + 3 * len(models)), 1.4 + 0.27 * len(rows)
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(1, len(models), sharex=True, squeeze=False)[0]
    for model, axes in zip(models, grid, strict=True):
        axes.axvline(0, color=INK, linewidth=0.8, zorder=1)
        for lane, (corpus, color) in zip((-0.17, 0.17), colors.items(), strict=True):
            at = (drops["model"] == model) & (drops["train_corpus"] == corpus)
            drop = drops[at].set_index("label")["drop"].reindex(labels)
            heights = np.arange(len(rows)) + lane
            values = np.append(drop, drop.mean())
            shades = [color] * len(rows)
            if bounds is None:
                axes.hlines(heights, 0, values, color=color, linewidth=1.3, alpha=0.55)
            else:
                low, high = _interval(bounds, pair, model, method, corpus, rows)
                shades = [FAINT if a <= 0 <= b else color for a, b in zip(low, high, strict=True)]
                axes.hlines(heights, low, high, color=shades, linewidth=1.3)
            axes.scatter(drop, heights[:-1], 20, shades[:-1], marker="o", linewidths=0, zorder=3)
            axes.scatter(
                values[-1:], heights[-1:], 40, shades[-1:], marker="D", linewidths=0, zorder=3
            )
        label_rows(axes, rows, names=axes is grid[0])
        axes.axhline(len(labels) - 0.5, color=SOFT, linewidth=0.8)
        axes.set_title(short(names.get(model, model)))
        axes.set_xlabel("drop in ROC-AUC (points)")
    grid[0].get_yticklabels()[-1].set_fontweight("bold")
    handles = [
        Line2D(
            [], [], color=color, marker="o", label=f"trained on {short(names.get(corpus, corpus))}"
        )
        for corpus, color in colors.items()
    ]
    add_legend(figure, handles)
    return figure


def _interval(
    bounds: pd.DataFrame, pair: str, model: str, method: str, corpus: str, rows: list[str]
) -> np.ndarray:
    """Ends of the intervals of the drops in points, shape (2, rows); NaN where unknown."""
    own = bounds[(bounds["pair"] == pair) & (bounds["model"] == model)]
    own = own[(own["method"] == method) & (own["train_corpus"] == corpus)]
    own = own.drop_duplicates("label").set_index("label")[["low", "high"]].reindex(rows)
    return 100 * own.to_numpy(float, na_value=np.nan).T

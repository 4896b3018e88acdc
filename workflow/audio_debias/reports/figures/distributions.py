"""What a corpus is made of: clips per label and genre."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Patch

from audio_debias.reports.figures.style import (
    BLUE,
    INK,
    SKY,
    SOFT,
    add_legend,
    label_rows,
    short,
    styled,
)
from audio_debias.reports.names import Names

_SPLITS = {"train": BLUE, "test": SKY}
_SHARE = LinearSegmentedColormap.from_list("share", ["#ffffff", BLUE])


@styled
def distribution_figure(
    clips: Mapping[str, pd.DataFrame], labels: Sequence[str], names: Names | None = None
) -> Figure:
    """Draw the labels and genres of each corpus: one row per corpus.

    Parameters
    ----------
    clips : mapping of str to DataFrame
        Clip table per corpus: ``split``, ``genre`` (null = none) and one nullable boolean column
        per label (null = not annotated). A label without a column has no clip.
    labels : sequence of str
        The labels, in the order to draw.
    names : mapping of str to str, optional
        Display names of corpora.

    Returns
    -------
    Figure
        Left: positive clips per label, with how many were annotated. Middle: clips per genre.
        Right: the genres among the positives of each label, in percent of a row.
    """
    names = names or {}
    genres = list(dict.fromkeys(g for table in clips.values() for g in table["genre"].dropna()))
    row_height = max(2.2, 0.9 + 0.25 * len(labels))
    figure = Figure(
        figsize=(11.5, 0.9 + row_height * len(clips)), layout=ConstrainedLayoutEngine(wspace=0.05)
    )
    grid = figure.subplots(len(clips), 3, squeeze=False, width_ratios=[1.25, 0.9, 1])
    for (corpus, table), row in zip(clips.items(), grid, strict=True):
        _draw_labels(row[0], table, labels)
        _draw_genres(row[1], table, genres)
        _draw_shares(row[2], table, labels, genres)
        row[0].set_ylabel(short(names.get(corpus, corpus)), fontweight="bold", labelpad=8)
        row[0].set_title("Positive clips per label (of annotated)")
        row[1].set_title("Clips per genre")
        row[2].set_title("Genres among the positives (%)")
    handles = [Patch(color=color, label=split) for split, color in _SPLITS.items()]
    add_legend(figure, handles)
    return figure


def _draw_labels(axes, table: pd.DataFrame, labels: Sequence[str]) -> None:
    annotations = table.reindex(columns=list(labels)).astype("boolean")
    counts = annotations.fillna(False).astype(int).groupby(table["split"]).sum()
    _draw_bars(axes, counts, [f"{n:,}" for n in annotations.notna().sum()], " of ")
    label_rows(axes, list(labels))


def _draw_genres(axes, table: pd.DataFrame, genres: list[str]) -> None:
    known = table["genre"].fillna("no genre")
    rows = genres + ["no genre"] * bool(table["genre"].isna().any())
    counts = pd.crosstab(table["split"], known).reindex(columns=rows, fill_value=0)
    shares = [f"{100 * n / max(len(table), 1):.0f} %" for n in counts.sum()]
    _draw_bars(axes, counts, shares, " · ")
    label_rows(axes, [row.replace("_", " ") for row in rows])


def _draw_bars(axes, counts: pd.DataFrame, remarks: list[str], join: str) -> None:
    rows = np.arange(counts.shape[1])
    left = np.zeros(len(rows))
    for split, color in _SPLITS.items():
        widths = counts.reindex(_SPLITS, fill_value=0).loc[split].to_numpy()
        axes.barh(rows, widths, 0.68, left, color=color, linewidth=0)
        left += widths
    for row, total, remark in zip(rows, left, remarks, strict=True):
        axes.annotate(
            f"{total:,.0f}{join}{remark}",
            (total, row),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
            color=SOFT,
        )
    axes.set_xlim(0, max(left.max(initial=0), 1) * 1.42)
    axes.set_xlabel("clips")


def _draw_shares(axes, table: pd.DataFrame, labels: Sequence[str], genres: list[str]) -> None:
    if not genres:
        axes.set_axis_off()
        return
    positive = table.reindex(columns=list(labels)).astype("boolean").fillna(False).astype(int)
    counts = positive.groupby(table["genre"]).sum().reindex(genres, fill_value=0).T
    shares = (100 * counts.div(positive.sum().replace(0, np.nan), axis=0)).to_numpy()
    axes.imshow(shares, cmap=_SHARE, vmin=0, vmax=100, aspect="auto")
    for (row, column), share in np.ndenumerate(shares):
        text = "–" if np.isnan(share) else f"{share:.0f}"
        color = "white" if share > 55 else INK
        axes.text(column, row, text, fontsize=7.5, color=color, ha="center", va="center")
    axes.set_xticks(range(len(genres)), [short(g, 16).replace("_", "\n") for g in genres])
    axes.set_yticks(range(len(labels)), [short(label, 18) for label in labels])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)

"""Our numbers beside the published ones, with a verdict each.

C. Wang, G. Richard and B. McFee, "Transfer Learning and Bias Correction with Pre-trained Audio
Embeddings", ISMIR 2023.
"""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from audio_debias.experiment.method import REFERENCE
from audio_debias.reports.names import (
    MODES,
    Names,
    corpora_of,
    row_name,
    transfer_name,
    transfers_of,
)
from audio_debias.reports.page import render
from audio_debias.reports.published_files import CELL, PAIR
from audio_debias.reports.summary import mean_auc
from audio_debias.reports.table_cells import signed

TOLERANCE = 0.02
"""Points of ROC-AUC: room for a logistic regression that converged differently."""

_ROUNDING = 0.005
_LABELS = 10


def compare(
    runs: Sequence[pd.DataFrame],
    table: pd.DataFrame,
    labels: pd.DataFrame | None = None,
    seeded: Collection[str] = (),
    tolerance: float = TOLERANCE,
) -> pd.DataFrame:
    """Put ours, theirs and the difference side by side, per table cell and per label.

    Parameters
    ----------
    runs : sequence of DataFrame
        Our metrics; further ones are the same run from other seeds.
    table : DataFrame
        What :func:`~audio_debias.reports.published_files.read_published_table` gives.
    labels : DataFrame, optional
        What :func:`~audio_debias.reports.published_files.read_published_labels` gives.
    seeded : collection of str
        The methods whose result depends on the seed.
    tolerance : float
        The largest difference that agrees, in AUC points. A cell has half a unit of the poster's
        last digit on top.
    seeded : collection of str
        The methods that depend on the seed.

    Returns
    -------
    DataFrame
        ``level`` (``cell`` or ``label``), ``model, method, mode, train_corpus, test_corpus,
        label`` (null for a cell), ``ours, published, difference, tolerance`` in AUC points,
        ``seeded``, ``seeds`` and ``verdict``: ``agrees``, ``differs``, ``not judged``, or
        ``incomplete`` where a label, or one of the paper's ten labels in a mean, has no AUC in
        ours.
        Of a method that depends on the seed, ours is the mean over seeds, the
        tolerance is wider by three standard deviations over seeds, and fewer than three seeds
        are not judged. What is not published, or not in our run, is not listed.
    """
    names = set(corpora_of(PAIR))
    runs = [run[run["pair"].map(lambda pair: set(corpora_of(pair)) == names)] for run in runs]
    cells = [mean_auc(run) for run in runs]
    cells = [cell.assign(auc=cell["auc"].where(cell["labels"] == _LABELS)) for cell in cells]
    judged = _judge(cells, table, CELL, seeded, tolerance + _ROUNDING)
    parts = [judged.assign(level="cell", label=None)]
    if labels is not None:
        order = table[["model", "method", "mode"]].drop_duplicates()
        labels = order.merge(labels)
        ours, theirs = (
            [table.assign(auc=100 * table["roc_auc"].astype(float)) for table in tables]
            for tables in (runs, [labels])
        )
        judged = _judge(ours, theirs[0], [*CELL, "label"], seeded, tolerance)
        parts.append(judged.assign(level="label"))
    columns = ["level", *CELL, "label", "ours", "published", "difference", "tolerance"]
    return pd.concat(parts, ignore_index=True)[[*columns, "seeded", "seeds", "verdict"]]


def _judge(
    runs: Sequence[pd.DataFrame],
    published: pd.DataFrame,
    keys: list[str],
    seeded: Collection[str],
    tolerance: float,
) -> pd.DataFrame:
    seeds = pd.concat(runs).groupby(keys, sort=False)["auc"].agg(["first", "mean", "std", "count"])
    both = published[[*keys, "auc"]].rename(columns={"auc": "published"})
    both["published"] = both["published"].astype(float)
    both = both.merge(seeds.reset_index(), on=keys, validate="one_to_one")
    random = both["seeded"] = both["method"].isin(list(seeded))
    both["seeds"] = both["count"].where(random, 1)
    both["ours"] = both["mean"].where(random, both["first"])
    both["difference"] = both["ours"] - both["published"]
    both["tolerance"] = tolerance + (3 * both["std"]).where(random, 0.0)
    both["verdict"] = np.select(
        [
            both["ours"].isna(),
            random & (both["seeds"] < 3),
            both["difference"].abs() <= both["tolerance"],
        ],
        ["incomplete", "not judged", "agrees"],
        "differs",
    )
    return both


def html_comparison(
    comparison: pd.DataFrame,
    names: Names | None = None,
    title: str = "Beside the published numbers",
) -> str:
    """The comparison as one self-contained HTML page.

    Parameters
    ----------
    comparison : DataFrame
        What :func:`compare` gives.
    names : mapping of str to str, optional
        Display names of models, corpora and methods.
    title : str
        The title of the page.
    """
    names = names or {}
    comparison = comparison.assign(
        row=[
            row_name(model, method, names)
            for model, method in zip(comparison["model"], comparison["method"], strict=True)
        ],
        mark=comparison["verdict"].map(_MARKS),
    )
    counts = {
        level: ", ".join(f"{verdict} {count}" for verdict, count in part.value_counts().items())
        for level, part in comparison.groupby("level")["verdict"]
    }
    sections = [
        {
            "title": MODES.get(mode, mode),
            "transfers": [transfer_name(*transfer, names) for transfer in transfers_of(PAIR)],
            "rows": _cell_rows(part[part["level"] == "cell"]),
            "labels": list(part["label"].dropna().unique()),
            "label_rows": _label_rows(part[part["level"] == "label"], names),
        }
        for mode, part in comparison.groupby("mode", sort=False)
    ]
    return render(
        "published.html",
        title,
        counts=counts,
        sections=sections,
        signed=signed,
        # Those of the seeded methods are wider.
        tolerances=comparison.groupby("level")["tolerance"].min().to_dict(),
    )


_MARKS = {"agrees": "✓", "differs": "✗", "not judged": "·", "incomplete": "–"}


def _cell_rows(cells: pd.DataFrame) -> list[dict]:
    rows = []
    for (_, method), part in cells.groupby(["model", "method"], sort=False):
        found = part.set_index(["train_corpus", "test_corpus"])
        values = [
            found.loc[transfer].to_dict() if transfer in found.index else None
            for transfer in transfers_of(PAIR)
        ]
        rows.append({"name": part["row"].iloc[0], "first": method == REFERENCE, "cells": values})
    return rows


def _label_rows(cells: pd.DataFrame, names: Names) -> list[dict]:
    keys = ["model", "method", "train_corpus", "test_corpus"]
    labels = list(cells["label"].unique())
    rows = []
    for (_, _, train, test), part in cells.groupby(keys, sort=False):
        found = part.set_index("label")
        values = [found.loc[label].to_dict() if label in found.index else None for label in labels]
        transfer = transfer_name(train, test, names)
        rows.append({"name": part["row"].iloc[0], "transfer": transfer, "cells": values})
    return rows

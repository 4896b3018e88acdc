"""The published numbers as their authors wrote them down, under our names or theirs.

C. Wang, G. Richard and B. McFee, "Transfer Learning and Bias Correction with Pre-trained Audio
Embeddings", ISMIR 2023.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TextIO

import pandas as pd

from audio_debias.errors import InputError
from audio_debias.experiment.method import REFERENCE
from audio_debias.reports.names import corpora_of

PAIR = "irmas--openmic"
CELL = ["model", "method", "mode", "train_corpus", "test_corpus"]

_NAMES = {
    "embedding": "model",
    "train_set": "train_corpus",
    "test_set": "test_corpus",
    "instrument": "label",
    "f1-score": "f1",
    "ap": "average_precision",
}


def read_published_table(path: str | Path | TextIO) -> pd.DataFrame:
    """Read the poster's table, `resources/published/table.csv`.

    Returns
    -------
    DataFrame
        ``model, method, mode, train_corpus, test_corpus, auc``: one row per cell, in AUC points.
    """
    cells = pd.read_csv(path).melt(["model", "method"], var_name="transfer", value_name="auc")
    parts = cells.pop("transfer").str.split("_", expand=True)
    return cells.assign(mode=parts[0], train_corpus=parts[1], test_corpus=parts[2])[[*CELL, "auc"]]


def read_published_labels(paths: Mapping[str, str | Path]) -> pd.DataFrame:
    """Read the authors' per-label results.

    Parameters
    ----------
    paths : mapping of str to path
        Per mode, the authors' ``results/{mode}/result_all.csv``.

    Returns
    -------
    DataFrame
        The columns of our metrics: ``pair, model, method, mode, train_corpus, test_corpus, label,
        roc_auc`` and the other measures; methods in the paper's order.

    Raises
    ------
    InputError
        If a file is no CSV or lacks a column.
    """
    tables = []
    for mode, path in paths.items():
        source = f"give the authors' results/{mode}/result_all.csv"
        table = _read_csv(path, [*_NAMES, "roc_auc"], source).rename(columns=_NAMES)
        table["model"], _, table["method"] = zip(
            *(name.partition("-") for name in table["model"]), strict=True
        )
        table["method"] = table["method"].replace("", REFERENCE)
        tables.append(table.assign(pair=PAIR, mode=mode, reason=None))
    return pd.concat(tables, ignore_index=True)


def read_published_cosines(paths: Mapping[tuple[str, str], str | Path]) -> pd.DataFrame:
    """Read the authors' cosines between domain direction and label classifier.

    Parameters
    ----------
    paths : mapping of (mode, space) to path
        The authors' ``results/{mode}/cosine_similarity.csv`` (space ``linear``) and
        ``cosine_similarity-k.csv`` (``kernel``).

    Returns
    -------
    DataFrame
        ``mode, space, label, model, train_corpus, cosine``.

    Raises
    ------
    InputError
        If a file is no CSV or lacks a column.
    """
    names = {
        "instrument": "label",
        "embedding": "model",
        "train set": "train_corpus",
        "cosine similarity": "cosine",
    }
    tables = []
    for (mode, space), path in paths.items():
        source = f"give the authors' cosines of results/{mode}"
        table = _read_csv(path, names, source).rename(columns=names)
        table["model"] = table["model"].str.removesuffix("-k")
        tables.append(table.assign(mode=mode, space=space))
    columns = ["mode", "space", *names.values()]
    return pd.concat(tables, ignore_index=True)[columns]


def _read_csv(path: str | Path, columns: Collection[str], source: str) -> pd.DataFrame:
    try:
        table = pd.read_csv(path)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: not readable as CSV ({reason}); {source}") from None
    missing = set(columns) - set(table.columns)
    if missing:
        raise InputError(f"{path}: no column {', '.join(sorted(missing))}; {source}")
    return table


def under_published_names(metrics: pd.DataFrame, same_as: Mapping[str, str]) -> pd.DataFrame:
    """Our metrics with models and corpora called as in the published results.

    Parameters
    ----------
    metrics : DataFrame
        With the columns ``pair, model, train_corpus, test_corpus``.
    same_as : mapping of str to str
        Our name of a model or corpus to the published one.
    """
    called = {column: metrics[column].map(same_as) for column in ("train_corpus", "test_corpus")}
    pairs = metrics["pair"].map(lambda pair: "--".join(same_as[one] for one in corpora_of(pair)))
    return metrics.assign(pair=pairs, model=metrics["model"].map(same_as), **called)


def under_own_names(published: pd.DataFrame, same_as: Mapping[str, str]) -> pd.DataFrame:
    """Published rows of our models and corpora, called as in our run.

    Parameters
    ----------
    published : DataFrame
        With the columns ``model`` and ``train_corpus``.
    same_as : mapping of str to str
        Our name of a model or corpus to the published one.
    """
    own = {theirs: ours for ours, theirs in same_as.items()}
    known = published[["model", "train_corpus"]].isin(own.keys()).all(axis=1)
    columns = {name: published[name].map(own) for name in ("model", "train_corpus")}
    return published.assign(**columns)[known]

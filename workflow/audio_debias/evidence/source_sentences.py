"""The sources of bias in sentences, each with the numbers that it was made from."""

from collections.abc import Mapping

import pandas as pd

from audio_debias.corpora.properties import PROPERTIES
from audio_debias.evidence.sentences import Finding

LEAST_R2 = 0.05
"""A factor is named if the lower end of its interval explains more than this."""


def named(sources: pd.DataFrame, identified: pd.Series) -> pd.DataFrame:
    """The factors that explain a score's difference between the corpora, the strongest first.

    Parameters
    ----------
    sources : DataFrame
        The rows of one score, as :func:`~audio_debias.evidence.sources.attribute` gives them.
    identified : Series
        ``auc_low`` of that score, as :func:`~audio_debias.evidence.sources.identification` gives
        it.

    Returns
    -------
    DataFrame
        Those rows of properties, genre and labels with ``r2_alone_low`` above `LEAST_R2` and
        ``auc_low`` above 0.5; none where the score itself may be at chance.
    """
    rows = sources[sources["kind"].isin(["property", "genre", "label"])]
    if not identified["auc_low"] > 0.5:
        return rows.iloc[:0]
    rows = rows[(rows["r2_alone_low"] > LEAST_R2) & (rows["auc_low"] > 0.5)]
    return rows.sort_values("r2_alone", ascending=False, kind="stable")


def sentences(
    sources: pd.DataFrame, identified: pd.DataFrame, names: Mapping[str, str] | None = None
) -> list[Finding]:
    """One finding per pair and model, of its linear probe.

    Parameters
    ----------
    sources, identified : DataFrame
        With ``pair`` and ``model`` before the columns of `attribute` and `identification`.
    names : mapping of str to str, optional
        Display names of models and of pairs of corpora.

    Returns
    -------
    list of Finding
    """
    names = names or {}
    findings = []
    linear = sources[sources["score"] == "linear"]
    for (pair, model), rows in linear.groupby(["pair", "model"], sort=False):
        at = (identified["pair"] == pair) & (identified["model"] == model)
        score = identified[at & (identified["score"] == "linear")].iloc[0]
        found = named(rows, score)
        numbers = {
            "auc": float(score["auc"]),
            "auc_low": float(score["auc_low"]),
            "auc_high": float(score["auc_high"]),
            "r2_between": float(score["r2"]),
            **dict(zip(found["property"], found["r2_alone"].astype(float), strict=True)),
        }
        apart = f"{names.get(pair, pair)} apart at {100 * score['auc']:.1f}"
        start = f"{names.get(model, model)} tells {apart}"
        if not score["auc_low"] > 0.5:
            text = f"{start}: not better than chance; no source to name."
        elif found.empty:
            text = f"{start}; no measured property, genre or label explains it."
        else:
            between = f"{100 * score['r2']:.0f} % of its domain score lies between the corpora"
            text = f"{start}; {between}; {_list(found)}."
        findings.append(Finding("sources", text, {"pair": pair, "model": model}, numbers))
    return findings


def _list(found: pd.DataFrame) -> str:
    """The strongest factor of each of the first three groups, with its share."""
    parts = []
    for row in found.drop_duplicates("group").head(3).itertuples():
        title = PROPERTIES[row.property].title if row.kind == "property" else f"the {row.property}"
        interval = f"{100 * row.r2_alone_low:.0f} to {100 * row.r2_alone_high:.0f}"
        parts.append(f"{title} alone explains {100 * row.r2_alone:.0f} % ({interval})")
    return "; ".join(parts)

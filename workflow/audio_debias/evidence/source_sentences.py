"""The sources of bias in sentences, each with the numbers that it was made from."""

from collections.abc import Mapping

import pandas as pd

from audio_debias.corpora.properties import PROPERTIES
from audio_debias.evidence.sentences import Finding
from audio_debias.evidence.sources import NAMED_KINDS

LEAST_BETWEEN = 0.01
"""Of a score of which no more lies between the corpora, no source is named."""

OF_STEREO = ("correlation", "width")
"""Properties that follow from the channels where one corpus is mono and the other not."""

DIRECTIONS = {"lda": "its discriminant (lda)", "mean": "the difference of its means (mean)"}
"""Scores that are directions which corrections take out."""


def named(sources: pd.DataFrame, identified: pd.Series) -> pd.DataFrame:
    """The factors that explain a score's difference between the corpora, the leading group first.

    Parameters
    ----------
    sources : DataFrame
        The rows of one score, as :func:`~audio_debias.evidence.sources.attribute` gives them.
    identified : Series
        ``auc_low`` and ``r2`` of that score, as
        :func:`~audio_debias.evidence.sources.identification` gives them.

    Returns
    -------
    DataFrame
        Those rows of properties, genre and labels that have a ``step``, in its order and then the
        strongest first; none where the score itself may be at chance, or next to nothing of it lies
        between the corpora: of clips in pairs, the bootstrap sees what is too small to matter.
    """
    rows = sources[sources["kind"].isin(NAMED_KINDS)]
    if not (identified["auc_low"] > 0.5 and identified["r2"] > LEAST_BETWEEN):
        return rows.iloc[:0]
    rows = rows[rows["step"].notna()]
    return rows.sort_values(["step", "r2_alone"], ascending=[True, False], kind="stable")


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
            text = f"{start}; no measured property, genre or label explains it{_constants(rows)}."
        else:
            between = f"{100 * score['r2']:.0f} % of its domain score lies between the corpora"
            text = f"{start}; {between}; {_list(found, rows)}{_constants(rows)}."
        findings.append(Finding("sources", text, {"pair": pair, "model": model}, numbers))
    return findings


def along(
    sources: pd.DataFrame, identified: pd.DataFrame, names: Mapping[str, str] | None = None
) -> list[Finding]:
    """One finding per pair, model and direction: what a correction takes out that removes it.

    Parameters
    ----------
    sources, identified, names
        As for :func:`sentences`.

    Returns
    -------
    list of Finding
    """
    names = names or {}
    keys = ["pair", "model", "score"]
    told = identified.set_index(keys)
    findings = []
    directions = sources[sources["score"].isin(DIRECTIONS.keys())]
    for (pair, model, score), rows in directions.groupby(keys, sort=False):
        auc = told.loc[(pair, model, score)]
        found = named(rows, auc)
        what = "no measured property, genre or label explains it"
        if not auc["auc_low"] > 0.5:
            what = "not better than chance"
        elif not found.empty:
            what = _list(found, rows)
        text = (
            f"Along {DIRECTIONS[score]}, {names.get(model, model)} tells {names.get(pair, pair)} "
            f"apart at {100 * auc['auc']:.1f}; {what}."
        )
        numbers = dict(zip(found["property"], found["r2_alone"].astype(float), strict=True))
        about = {"pair": pair, "model": model, "direction": score}
        findings.append(Finding("directions", text, about, {"auc": float(auc["auc"]), **numbers}))
    return findings


def _list(found: pd.DataFrame, rows: pd.DataFrame) -> str:
    """The three leading groups, each with the share that it explains together."""
    parts = []
    groups = rows[rows["kind"] == "group"].set_index("group")
    for group, members in found.groupby("group", sort=False):
        titles = [factor_title(name) for name in members["property"]]
        share, subject = members.iloc[0], f"{titles[0]} alone explains"
        if len(members) > 1:
            share, subject = groups.loc[group], f"{group} ({', '.join(titles)}) explains"
        interval = f"{100 * share['r2_alone_low']:.0f} to {100 * share['r2_alone_high']:.0f}"
        parts.append(f"{subject} {100 * share['r2_alone']:.0f} % ({interval})")
    return "; ".join(parts[:3])


def _constants(rows: pd.DataFrame) -> str:
    """What is the same for all clips of a corpus: it may be the cause, and no data can tell."""
    names = rows.loc[rows["kind"] == "constant", "property"]
    if "channels" in set(names):
        names = names[~names.isin(OF_STEREO)]
    constant = [factor_title(name) for name in names]
    return f"; constant in each corpus: {', '.join(constant)}" if constant else ""


def factor_title(name: str) -> str:
    """How a property, genre or label is called that may tell the corpora apart."""
    return PROPERTIES[name].title if name in PROPERTIES else f"the {name}"

"""The answer that the page opens on: a handful of sentences per pair of corpora and per model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from audio_debias.evidence.bootstrap import MEAN
from audio_debias.evidence.modes import free_of_modes, once
from audio_debias.reports.answer_sentences import of_model, overall
from audio_debias.reports.names import Names


@dataclass(frozen=True)
class Answer:
    """What a reader is told first about a pair of corpora.

    Attributes
    ----------
    pair, title : str
    overall : list of (str, str)
        A question in a word or two, and the sentence that answers it.
    models : list of (str, str, list of str)
        Per model: its own name, its title, its sentences.
    best : dict of str to (str, str)
        Per model the method and mode with the largest mean change across corpora.
    """

    pair: str
    title: str
    overall: list[tuple[str, str]]
    models: list[tuple[str, str, list[str]]]
    best: dict[str, tuple[str, str]]


def answers(
    findings: Sequence[Mapping],
    intervals: pd.DataFrame,
    names: Names,
    sources: pd.DataFrame | None = None,
) -> list[Answer]:
    """The answers of a run, one a pair.

    Parameters
    ----------
    findings : sequence of mapping
        What ``findings.json`` holds: ``kind, text, about, numbers``.
    intervals : DataFrame
        What :func:`~audio_debias.evidence.modes.once` gives of the run's.
    names : mapping of str to str
        Display names of models, corpora, pairs and methods.
    sources : DataFrame, optional
        Columns ``pair, model, property, kind, r2_alone, r2_alone_low, r2_alone_high, step``.
    """
    means = intervals[intervals["label"] == MEAN]
    told = []
    for pair, rows in means.groupby("pair", sort=False):
        own = [one for one in findings if one["about"].get("pair") == pair]
        best = _best(rows)
        models = [
            (model, names.get(model, model), list(of_model(own, part, best.get(model), names)))
            for model, part in rows.groupby("model", sort=False)
        ]
        origin = None if sources is None else sources[sources["pair"] == pair]
        answered = list(overall(own, rows, names, origin))
        told.append(Answer(pair, names.get(pair, pair), answered, models, best))
    return told


def best_corrections(intervals: pd.DataFrame, pair: str) -> dict[str, tuple[str, str]]:
    """Per model of a pair, the method and mode with the largest mean change across corpora.

    Parameters
    ----------
    intervals : DataFrame
        ``intervals.parquet`` of the run.
    pair : str
    """
    means = once(intervals, free_of_modes(intervals))
    return _best(means[(means["label"] == MEAN) & (means["pair"] == pair)])


def _best(means: pd.DataFrame) -> dict[str, tuple[str, str]]:
    across = means[(means["train_corpus"] != means["test_corpus"]) & means["change"].notna()]
    changes = across.groupby(["model", "method", "mode"], sort=False)["change"].mean()
    return {model: part.idxmax()[1:] for model, part in changes.groupby("model", sort=False)}

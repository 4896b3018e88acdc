"""The bias of a table of embeddings: domains told apart, labels carried over, before and after."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from audio_debias.corpora.properties import PROPERTIES
from audio_debias.corrections.correction import BiasCorrection
from audio_debias.corrections.pooled import apply_pooled
from audio_debias.errors import InputError
from audio_debias.evidence.domain_scores import domain_scores
from audio_debias.evidence.factors import factors_of
from audio_debias.evidence.label_transfer import label_transfer
from audio_debias.evidence.many_domains import Side, draw_side, identify
from audio_debias.evidence.source_sentences import named
from audio_debias.evidence.sources import FOLDS, attribute, fewest_tracks, identification
from audio_debias.tables.embedding_table import EmbeddingTable
from audio_debias.tables.splitting import split_of

SOURCE_ROWS = 1000
"""Rows of a domain at most whose properties are held against the domain score."""

LABELS = 50
"""The labels with most rows at most."""


def measure_table(
    table: EmbeddingTable,
    correction: BiasCorrection | None = None,
    *,
    seed: int = 0,
    resamples: int = 2000,
    sources: bool = True,
    progress: Callable[[str], None] = lambda step: None,
) -> dict:
    """Measure the bias of a table, and what a correction makes of it.

    Parameters
    ----------
    table : EmbeddingTable
        With domains.
    correction : fitted BiasCorrection, optional
    seed : int
        Of the split where the table has none, and of resamples.
    resamples : int
        Of the intervals.
    sources : bool
        Hold columns of recording properties (as in the workflow's ``properties.parquet``) against
        the domain.
    progress : callable, optional
        Called with the name of each step.

    Returns
    -------
    dict
        Of types JSON knows: ``table`` (rows by domain and side, labels), ``before`` and, with a
        correction, ``after``: ``identification`` and ``labels``
        (:func:`~audio_debias.evidence.many_domains.identify`,
        :func:`~audio_debias.evidence.label_transfer.label_transfer`), and ``sources``.

    Raises
    ------
    InputError
        If the table has no domains, one only, or too few rows of one on a side.
    """
    if table.domain is None:
        raise InputError(
            f"{table.source}: has no column domain; name the column that says where a row was "
            "recorded with --domain"
        )
    names, codes = np.unique(table.domain, return_inverse=True)
    if len(names) < 2:
        raise InputError(f"{table.source}: all rows are of the domain {names[0]!r}; needs two")
    split = split_of(table, seed)
    _refuse_small(table, names, codes, split)
    table = _most_frequent(table)
    sides = [
        draw_side(table.x, codes, table.group, np.flatnonzero(split == side), seed)
        for side in ("train", "test")
    ]
    found: dict[str, Any] = {"table": _describe(table, names, codes, split)}
    options = {"resamples": resamples, "seed": seed}
    states = {"before": sides}
    if correction is not None:
        states["after"] = [_corrected(correction, side, names, table.source) for side in sides]
    for when, (train, test) in states.items():
        progress(f"domains {when}")
        found[when] = {"identification": identify(train, test, names.tolist(), **options)}
        progress(f"labels {when}")
        found[when]["labels"] = label_transfer(train, test, table.labels, names.tolist(), **options)
    found["sources"] = []
    if sources and set(PROPERTIES) & set(table.others):
        progress("sources")
        found["sources"] = _sources(table, codes, names, seed)
    return found


def _refuse_small(table: EmbeddingTable, names, codes, split) -> None:
    for code, name in enumerate(names):
        for side in ("train", "test"):
            rows = int(((codes == code) & (split == side)).sum())
            if rows < 2:
                raise InputError(
                    f"{table.source}: domain {name!r} has {rows} rows to {side} on; it needs two "
                    "or more on either side: leave it out"
                )


def _most_frequent(table: EmbeddingTable) -> EmbeddingTable:
    """The table with at most `LABELS` labels."""
    if table.labels.shape[1] <= LABELS:
        return table
    counts = table.labels.sum().sort_values(ascending=False, kind="stable")
    kept = table.labels[sorted(counts.index[:LABELS])]
    return replace(table, labels=kept)


def _corrected(correction: BiasCorrection, side: Side, names, source: str) -> Side:
    width = correction.n_features_in_
    if side.x.shape[1] != width:
        raise InputError(
            f"{source}: has embeddings of {side.x.shape[1]} numbers; the correction takes {width}"
        )
    try:
        x = apply_pooled(correction, side.x.astype(np.float32), names[side.domain])
    except ValueError as error:
        raise InputError(f"{source}: {error}") from None
    return Side(x.astype(np.float64), side.domain, side.group, side.rows)


def _describe(table: EmbeddingTable, names, codes, split) -> dict:
    counts = {
        name: {side: int(((codes == code) & (split == side)).sum()) for side in ("train", "test")}
        for code, name in enumerate(names.tolist())
    }
    return {
        "source": table.source,
        "rows": len(table),
        "width": int(table.x.shape[1]),
        "domains": counts,
        "split": "the table's" if table.split is not None else "made: one row in four tests",
        "groups": None if table.group is None else len(np.unique(table.group)),
        "labels": {label: int(table.labels[label].sum()) for label in table.labels},
    }


def _sources(table: EmbeddingTable, codes: np.ndarray, names, seed: int) -> list[dict]:
    """What tells each domain from the others, or two from each other, as the workflow names it."""
    side = draw_side(table.x, codes, table.group, np.arange(len(table)), seed, SOURCE_ROWS)
    factors = factors_of(
        table.others.iloc[side.rows].reset_index(drop=True),
        labels=table.labels.iloc[side.rows].reset_index(drop=True),
    )
    if not factors:
        return []
    mean, unit = side.x.mean(axis=0), side.x.std(axis=0)
    x = (side.x - mean) / np.where(unit > 0, unit, 1)
    groups = pd.factorize(side.group)[0]
    found = []
    for code, name in enumerate(names.tolist()) if len(names) > 2 else [(1, names[1])]:
        domain = (side.domain == code).astype(int)
        if fewest_tracks(domain, groups) < FOLDS:
            continue
        scores = domain_scores(x, domain, groups, seed, ["linear"])
        causes = attribute(scores, domain, factors, groups, seed)
        told = identification(scores, domain, groups, seed).set_index("score")
        causes = named(causes, told.loc["linear"])
        found += [
            {
                "domain": name,
                "cause": row.property,
                "r2": float(row.r2_alone),
                "auc": float(row.auc),
            }
            for row in causes.itertuples()
        ]
    return found


def removed_by(table: EmbeddingTable, correction: BiasCorrection, *, seed: int = 0) -> dict:
    """What a correction takes from a table's test rows: for its card.

    Returns
    -------
    dict
        ``chance`` and, by probe, how often it names the domain right ``before`` and ``after``;
        empty where a domain lacks test rows.

    Raises
    ------
    InputError
        As :func:`measure_table`.
    """
    without = replace(table, labels=table.labels.iloc[:, :0])
    try:
        measured = measure_table(without, correction, seed=seed, resamples=250, sources=False)
    except InputError:
        return {}
    states = [measured[when]["identification"] for when in ("before", "after")]
    before, after = (state["probes"] for state in states)
    return {
        "chance": states[0]["chance"],
        "probes": {
            name: {"before": before[name]["accuracy"], "after": after[name]["accuracy"]}
            for name in before
        },
    }

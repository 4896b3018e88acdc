"""Every ROC-AUC of a run in paired resamples of the test clips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from audio_debias.errors import InputError
from audio_debias.evidence.resampling import (
    BLOCK,
    Resamples,
    WeightedAuc,
    resample_seed,
    tracks_of,
)

CELL = ["pair", "model", "method", "mode"]
TRANSFER = [*CELL, "train_corpus", "test_corpus"]
MEAN = "mean"
"""What stands in the column ``label`` of a mean over labels."""

_COUNTS = ["positives", "clips", "tested"]


@dataclass(frozen=True)
class Bootstrap:
    """ROC-AUCs of all cells of a run, as they are and in every resample of the test clips.

    Attributes
    ----------
    rows : DataFrame
        Columns of `TRANSFER`, ``label``, ``auc`` (NaN where there is none), ``positives`` and
        ``clips`` (test clips annotated for the label), ``tested`` and ``tracks`` (those annotated
        for any label, and their tracks) and ``df`` (tracks of the rarer class less one).
    resampled : array of float64, shape (rows, resamples)
        NaN where a class lies in a single track: nothing is known of its spread.
    redrawn : dict of str to int
        Per test corpus, the resamples that lacked a class and were drawn again.
    """

    rows: pd.DataFrame
    resampled: np.ndarray
    redrawn: dict[str, int]


def bootstrap_scores(
    scores: Mapping[tuple[str, str, str, str], pd.DataFrame],
    clips: Mapping[str, pd.DataFrame],
    labels: Sequence[str],
    pairs: Mapping[str, Sequence[str]],
    *,
    resamples: int = 2000,
    seed: int = 42,
) -> Bootstrap:
    """ROC-AUC of every transfer and label, and its values in paired resamples of the test clips.

    Parameters
    ----------
    scores : mapping of (pair, model, method, mode) to DataFrame
        ``train_corpus, test_corpus, label, clip_id, logit, truth``; ranked by the logit.
    clips : mapping of corpus to DataFrame
        Clip tables: ``clip_id, split, track_id``.
    labels : sequence of str
        Every transfer gets a row for each, whether or not it has scores.
    pairs : mapping of pair to its two corpora
    resamples : int
    seed : int
        The run's; each test corpus has its own resamples, the same in all cells and repeats.

    Raises
    ------
    InputError
        If a label is called ``mean``, scores have no logit, or a scored clip is not in its corpus's
        test split.
    """
    if MEAN in labels:
        raise InputError(f"config: labels: {MEAN!r} stands for the mean over labels; rename it")
    tested: list[tuple] = []
    tracks: dict[str, pd.Series] = {}
    found: dict = {}
    for cell, table in scores.items():
        if "logit" not in table:
            raise InputError(f"scores of {'/'.join(cell)}: no column 'logit'; score the clips anew")
        groups = dict(iter(table.groupby(["train_corpus", "test_corpus", "label"])))
        counts = {}
        for transfer, ids in table.groupby(["train_corpus", "test_corpus"])["clip_id"]:
            test, known = transfer[1], ids.unique()
            on = tracks.setdefault(test, _tracks_by_clip(clips[test]))
            counts[transfer] = len(known), on.reindex(known).nunique()
        for train, test, label in product(pairs[cell[0]], pairs[cell[0]], labels):
            if (train, test, label) in groups:
                found.setdefault(test, {})[len(tested)] = groups[train, test, label]
            tested.append((*cell, train, test, label, *counts.get((train, test), (0, 0))))
    rows = pd.DataFrame(tested, columns=[*TRANSFER, "label", "tested", "tracks"])
    measured = {name: np.full(len(rows), np.nan) for name in ("auc", "positives", "clips", "df")}
    resampled = np.full((len(rows), resamples), np.nan)
    redrawn = {}
    for corpus, groups in found.items():
        test = clips[corpus][clips[corpus]["split"] == "test"]
        draws = _resample_corpus(corpus, test, groups, measured, resampled, seed)
        redrawn[corpus] = draws.redrawn
    rows = rows.assign(**measured).astype(dict.fromkeys(_COUNTS, "Int64"))
    return Bootstrap(rows, resampled, redrawn)


def _tracks_by_clip(clips: pd.DataFrame) -> pd.Series:
    """The track of each test clip."""
    test = clips[clips["split"] == "test"]
    return pd.Series(tracks_of(test), index=test["clip_id"])


def _resample_corpus(corpus, test, groups, measured, resampled, seed) -> Resamples:
    """Fill the `measured` and `resampled` values of the `groups` that are tested on `corpus`."""
    tracks, index = tracks_of(test), pd.Index(test["clip_id"])
    statistics, truths = {}, {}
    for row, group in groups.items():
        positions = index.get_indexer(group["clip_id"])
        if (positions < 0).any():
            clip = group["clip_id"].to_numpy()[positions < 0][0]
            raise InputError(f"scores: clip_id: {clip} is no test clip of {corpus}; score it anew")
        truth = group["truth"].to_numpy(bool)
        measured["positives"][row], measured["clips"][row] = truth.sum(), len(truth)
        if truth.all() or not truth.any():
            continue
        auc = WeightedAuc(group["logit"].to_numpy(float), truth, positions, len(test))
        measured["auc"][row] = auc(np.ones((len(test), 1), dtype=np.int32))[0]
        spread = min(len(np.unique(tracks[positions[truth == value]])) for value in (False, True))
        if spread > 1:
            measured["df"][row] = spread - 1
            statistics[row] = auc
            truths[positions.tobytes(), truth.tobytes()] = positions, truth
    draws = Resamples(
        tracks,
        list(truths.values()),
        resamples=resampled.shape[1],
        seed=resample_seed(seed, corpus),
        corpus=corpus,
    )
    for number, weights in enumerate(draws.blocks()):
        columns = slice(number * BLOCK, number * BLOCK + weights.shape[1])
        for row, auc in statistics.items():
            resampled[row, columns] = auc(weights)
    return draws

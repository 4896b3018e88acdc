"""Evidence of a made-up run, by the functions that make it in a real one."""

import json
from itertools import combinations, product

import numpy as np
import pandas as pd

from audio_debias.evidence.bootstrap import bootstrap_scores
from audio_debias.evidence.findings import as_json, collect
from audio_debias.evidence.intervals import drop_table, in_every_mode, interval_table
from audio_debias.evidence.moments import moments
from audio_debias.reports.clip_map import COLUMNS
from audio_debias.reports.index_page import count_positives
from audio_debias.reports.map_data import map_blocks
from unit.evidence_data import clip_table, normal_scores, score_table

LABELS = ["flute", "organ", "violin"]
CORPORA = ["a", "b"]
MODES = ["global", "classwise"]
METHODS = {"none": ["any"], "lda": MODES, "k": ["any"], "klda": MODES}
MODELS = ["small", "large"]
POSITIVES = {"flute": 60, "organ": 6, "violin": 60}
NAMES = {"lda": "LDA", "k": "K", "klda": "KLDA", "a--b": "a and b"}


def make_run(gain=0.0, kernel_loss=0.15, clips=240, seed=0, **changes):
    """The tables that a page is made of; LDA gains `gain` AUC across corpora on the model small.

    Within a corpus the AUC is 0.95, across 0.75; kernel methods lose `kernel_loss` everywhere.
    """
    rng = np.random.default_rng(seed)
    tables = {corpus: clip_table(clips, corpus=corpus) for corpus in CORPORA}
    truth = {label: np.arange(clips) < POSITIVES[label] for label in LABELS}
    noise = {key: rng.normal(size=clips) for key in product(CORPORA, LABELS)}
    scores = {}
    for model, (method, modes) in product(MODELS, METHODS.items()):
        for mode in modes:
            parts = []
            for train, test in product(CORPORA, CORPORA):
                auc = 0.95 if train == test else 0.75
                auc += gain * (method == "lda" and model == "small" and train != test)
                auc -= kernel_loss * method.startswith("k")
                logits = {
                    label: normal_scores(
                        rng, truth[label], auc, common=noise[test, label], shared=0.95
                    )
                    for label in LABELS
                }
                parts.append(score_table(logits, truth, tables[test], train, test))
            scores["a--b", model, method, mode] = pd.concat(parts, ignore_index=True)
    bootstrap = bootstrap_scores(scores, tables, LABELS, {"a--b": CORPORA}, resamples=200)
    against_none = moments(bootstrap, "none")
    in_space = moments(bootstrap, {"k": "k", "klda": "k"})
    intervals = in_every_mode(interval_table([against_none]), MODES)
    drops = in_every_mode(drop_table([against_none]), MODES)
    adversaries = make_adversaries(intervals)
    ranks = adversaries.assign(rank=1).drop_duplicates(["model", "method", "mode"])
    found = collect(
        intervals, drops, adversaries, ranks, margin=0.5, resamples=200, redrawn={}, names=NAMES
    )
    annotated = {
        corpus: pd.DataFrame({"genre": ["jazz"] * (clips - 1) + [None], **truth})
        for corpus in CORPORA
    }
    return {
        "findings": json.loads(as_json(found)),
        "intervals": intervals,
        "in_space": in_every_mode(interval_table([in_space]), MODES),
        "adversaries": adversaries,
        "cosines": make_angles(intervals, seed),
        "counts": count_positives(annotated, LABELS),
        "maps_of": maps_of(intervals),
        "title": "The run test",
        "names": NAMES,
    } | changes


def make_adversaries(intervals, after=0.9):
    """A linear and a nonlinear adversary for every cell."""
    cells = intervals[["pair", "model", "method", "mode"]].drop_duplicates()
    cells = cells.merge(pd.DataFrame({"adversary": ["linear", "rbf"]}), "cross")
    numbers = {"auc_before": 0.99, "before_low": 0.98, "before_high": 0.995, "auc_after": after}
    numbers |= {"after_low": after - 0.02, "after_high": after + 0.02}
    return cells.assign(**numbers, null_low=0.45, null_high=0.55)


def make_strengths(intervals):
    """LDA at four strengths: the domain fades, the AUC across corpora rises a little."""
    rows = [
        {"pair": pair, "model": model, "mode": mode, "curve": "lda", "strength": strength}
        | {"linear": 0.99 - 0.4 * strength, "nonlinear": 0.995 - 0.1 * strength}
        | {"cross": 0.7 + 0.01 * len(model) + 0.02 * strength, "within": 0.95}
        for pair, model in intervals[["pair", "model"]].drop_duplicates().itertuples(index=False)
        for mode in MODES
        for strength in (0.0, 0.25, 0.5, 1.0)
    ]
    return pd.DataFrame(rows)


def make_angles(intervals, seed=0):
    """Cosines of every model, mode, train corpus and label."""
    keys = ["pair", "model", "mode", "train_corpus", "label"]
    rows = intervals.loc[intervals["label"] != "mean", keys].drop_duplicates()
    cosine = np.random.default_rng(seed).uniform(-0.3, 0.3, len(rows))
    return rows.assign(space="linear", cosine=cosine)


def make_large_run(models=10, methods=12, corpora=8, labels=10, seed=0):
    """The tables of a run of that size, with numbers drawn at random."""
    rng = np.random.default_rng(seed)
    corpora = [f"corpus_{i}" for i in range(corpora)]
    methods = ["none", *(f"method_{i}" for i in range(1, methods))]
    labels = [*(f"label_{i}" for i in range(labels)), "mean"]
    keys = [
        (f"{a}--{b}", model, method, mode, train, test, label)
        for a, b in combinations(corpora, 2)
        for model, method, mode, (train, test), label in product(
            [f"model_{i}" for i in range(models)],
            methods,
            MODES,
            product((a, b), (a, b)),
            labels,
        )
    ]
    columns = ["pair", "model", "method", "mode", "train_corpus", "test_corpus", "label"]
    table = pd.DataFrame(keys, columns=columns)
    auc, change = rng.uniform(0.6, 0.98, len(table)), rng.normal(0, 0.02, len(table))
    table = table.assign(auc=auc, low=auc - 0.02, high=auc + 0.02, positives=50)
    table = table.assign(change=change, change_low=change - 0.03, change_high=change + 0.03)
    none = table["method"] == "none"
    table.loc[none, ["change", "change_low", "change_high"]] = None
    verdict = pd.Series(rng.choice(["better", "worse", "cannot tell"], len(table)), dtype="string")
    table["verdict"] = verdict.where(~none)
    return {
        "findings": [],
        "intervals": table,
        "in_space": table,
        "adversaries": make_adversaries(table),
        "cosines": make_angles(table),
        "maps_of": maps_of(table, clips=100),
        "title": "A large run",
        "names": {},
    }


def metrics_of(intervals):
    """The metrics behind intervals."""
    labelled = intervals[intervals["label"] != "mean"].rename(columns={"auc": "roc_auc"})
    return labelled.assign(reason=pd.Series(pd.NA, labelled.index, "string"))


def make_controls(intervals, half=0.01):
    """A band of random directions around no change, and permuted labels, one of them off chance."""
    keys = ["pair", "model", "mode", "train_corpus", "test_corpus", "label"]
    band = intervals[keys].drop_duplicates()
    permuted = intervals.loc[intervals["label"] == "mean", ["pair", "model"]].drop_duplicates()
    permuted = permuted.assign(control="labels permuted", train_corpus="a", test_corpus="b")
    permuted = permuted.assign(auc=0.5, low=0.48, high=0.52)
    return {
        "band": band.assign(method="random", low=-half, high=half, draws=10),
        "permuted": permuted.assign(at_chance=permuted["model"] != "large"),
    }


def make_maps(intervals, clips=40, seed=0):
    """Maps of made-up clips, and the clip tables and properties that go with them."""
    rng = np.random.default_rng(seed)
    labels = [label for label in intervals["label"].unique() if label != "mean"]
    tables, properties = {}, {}
    for corpus in pd.unique(intervals["test_corpus"]):
        ids = [f"{corpus}{i:03d}" for i in range(clips)]
        truth = pd.array([None, True, *[False] * (clips - 2)], "boolean")
        tables[corpus] = pd.DataFrame({"clip_id": ids, "genre": ["jazz", None] * (clips // 2)})
        tables[corpus][labels] = pd.DataFrame(dict.fromkeys(labels, truth))
        properties[corpus] = pd.DataFrame({"clip_id": ids, "loudness": rng.normal(-20, 3, clips)})
    maps = {}
    for pair, model in intervals[["pair", "model"]].drop_duplicates().itertuples(index=False):
        corpora = pair.split("--")
        keys = [
            (label, corpus, clip)
            for label, corpus in product(labels, corpora)
            for clip in tables[corpus]["clip_id"]
        ]
        table = pd.DataFrame(keys, columns=COLUMNS[:3])
        side = table["corpus"].eq(corpora[0]).to_numpy()
        places = rng.normal(size=(len(table), 8))
        places[:, 0] += 4 * side
        maps[pair, model] = pd.concat([table, pd.DataFrame(places, columns=COLUMNS[3:])], axis=1)
    return maps, tables, properties


def maps_of(intervals, **size):
    """What a page takes to show those maps."""
    return lambda words: map_blocks(*make_maps(intervals, **size), words)

"""Metrics and bias measures of the shape that the reports read."""

from itertools import combinations, product
from pathlib import Path

import numpy as np
import pandas as pd

POSTER = Path(__file__).resolve().parents[2] / "resources" / "published" / "table.csv"
LABELS = ["cello", "clarinet", "flute", "guitar", "organ"]
METHODS = ["none", "lda", "mlda", "k", "klda", "mklda"]
TITLES = dict(zip(METHODS, ["none", "LDA", "mLDA", "K", "KLDA", "mKLDA"], strict=True))
MODES = ["global", "classwise"]


def make_metrics(corpora=("a", "b"), models=("small", "large"), labels=LABELS, seed=0):
    """ROC-AUCs drawn around 0.9 within and 0.75 across corpora."""
    rng = np.random.default_rng(seed)
    rows = []
    for pair in combinations(corpora, 2):
        for model, method, mode, train, test, label in product(
            models, METHODS, MODES, pair, pair, labels
        ):
            auc = rng.normal(0.9 if train == test else 0.75, 0.02)
            rows.append(("--".join(pair), model, method, mode, train, test, label, auc))
    columns = ["pair", "model", "method", "mode", "train_corpus", "test_corpus", "label", "roc_auc"]
    metrics = pd.DataFrame(rows, columns=columns)
    return metrics.astype({"roc_auc": "Float64"}).assign(
        reason=pd.Series(pd.NA, metrics.index, "string")
    )


def make_bias(metrics, seed=0):
    """Bias measures for every model, method, mode, train corpus and label of `metrics`."""
    rng = np.random.default_rng(seed)
    keys = ["pair", "model", "method", "mode", "train_corpus", "label"]
    bias = metrics[keys].drop_duplicates(ignore_index=True)
    corrected = ~bias["method"].isin(["none", "k"])
    return bias.assign(
        rank=corrected.astype("Int64"),
        variance_removed=(0.01 * corrected).astype("Float64"),
        direction_auc=pd.Series(0.97, bias.index, "Float64").where(corrected),
        domain_auc_before=pd.Series(0.99, bias.index, "Float64"),
        domain_auc_after=pd.Series(rng.uniform(0.5, 0.9, len(bias)), dtype="Float64"),
        distance_before=pd.Series(1.2, bias.index, "Float64"),
        distance_after=pd.Series(0.8, bias.index, "Float64"),
    )


def make_cosines(metrics, seed=0):
    """Cosines of either space for every model, mode, train corpus and label of `metrics`."""
    rng = np.random.default_rng(seed)
    keys = ["pair", "model", "mode", "train_corpus", "label"]
    cosines = (
        metrics[keys]
        .drop_duplicates()
        .merge(
            pd.DataFrame(
                {"space": ["linear", "kernel"]},
            ),
            "cross",
        )
    )
    return cosines.assign(cosine=rng.normal(0, 0.1, len(cosines)))


def make_clips(labels=LABELS, clips=200, seed=0):
    """A clip table: partly annotated, some clips without a genre."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"split": rng.choice(["train", "test"], clips)})
    table["genre"] = rng.choice(["pop_rock", "jazz_blue", "classical", None], clips)
    for label in labels:
        values = pd.array(rng.random(clips) < 0.2, dtype="boolean")
        values[rng.random(clips) < 0.5] = pd.NA
        table[label] = values
    return table


def read_published_metrics(shared):
    """The published per-label results of the shared data folder as our metrics."""
    names = {
        "embedding": "model",
        "train_domain": "train_corpus",
        "test_domain": "test_corpus",
        "instrument": "label",
    }
    results = pd.read_csv(shared / "published" / "results.csv").rename(columns=names)
    return results.assign(pair="irmas--openmic", reason=None)

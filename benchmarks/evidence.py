"""What the evidence costs at the size of the paper, on made scores and embeddings.

python benchmarks/evidence.py: CPU seconds of the intervals (3 models, 30 cells, 4 transfers, 10
labels, 2,000 resamples, 1,666 and 2,491 test clips) and of the adversaries of one cell a model.
"""

import itertools
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "workflow"))

from audio_debias.corrections.per_label import fit_corrections
from audio_debias.evidence.adversaries import identify_domains
from audio_debias.evidence.bootstrap import bootstrap_scores
from audio_debias.evidence.intervals import drop_table, interval_table
from audio_debias.evidence.moments import moments

LABELS = [f"label_{i}" for i in range(10)]
TEST = {"irmas": 1666, "openmic": 2491}
TRAIN = {"irmas": 4997, "openmic": 6838}
ANNOTATED = {"irmas": 1.0, "openmic": 0.2}
CELLS = [
    ("none", "any"),
    ("k", "any"),
    *itertools.product(("lda", "mlda", "klda", "mklda"), ("global", "classwise")),
]


def make_scores(rng):
    clips, truths = {}, {}
    for corpus, count in TEST.items():
        ids = [f"{corpus} {i:05d}" for i in range(count)]
        tracks = [f"{i // 3}" for i in range(count)] if corpus == "irmas" else None
        clips[corpus] = pd.DataFrame({"clip_id": ids, "split": "test", "track_id": tracks})
        for label in LABELS:
            kept = rng.random(count) < ANNOTATED[corpus]
            truths[corpus, label] = np.array(ids)[kept], rng.random(kept.sum()) < 0.1
    scores = {}
    for model, (method, mode) in itertools.product("xyz", CELLS):
        parts = []
        for train, test, label in itertools.product(TEST, TEST, LABELS):
            ids, truth = truths[test, label]
            part = pd.DataFrame({"clip_id": ids, "truth": truth})
            part["logit"] = rng.normal(size=len(ids)) + 1.5 * truth
            parts.append(part.assign(train_corpus=train, test_corpus=test, label=label))
        scores["irmas--openmic", model, method, mode] = pd.concat(parts, ignore_index=True)
    return scores, clips


def make_embeddings(rng, features):
    clips, embeddings, samples = {}, {}, []
    for corpus in TEST:
        split = ["train"] * TRAIN[corpus] + ["test"] * TEST[corpus]
        ids = [f"{corpus} {i:05d}" for i in range(len(split))]
        index = pd.Index(ids, name="clip_id")
        x = rng.normal(0.1 * (corpus == "irmas"), 1, (len(split), features)).astype(np.float32)
        embeddings[corpus] = pd.DataFrame(x, index=index)
        clips[corpus] = pd.DataFrame(
            {"clip_id": ids, "split": split, "genre": "pop_rock", "track_id": None}
        )
        for label in LABELS[:3]:
            drawn = pd.DataFrame({"clip_id": ids[: TRAIN[corpus]], "corpus": corpus})
            drawn["positive"] = rng.random(len(drawn)) < 0.1
            samples.append(drawn.assign(label=label, genre="pop_rock").iloc[::4])
    return pd.concat(samples, ignore_index=True), clips, embeddings


def seconds(function, *arguments, **options):
    start = time.process_time()
    result = function(*arguments, **options)
    return time.process_time() - start, result


def main():
    rng = np.random.default_rng(0)
    scores, clips = make_scores(rng)
    pairs = {"irmas--openmic": list(TEST)}
    spent, bootstrap = seconds(bootstrap_scores, scores, clips, LABELS, pairs, resamples=2000)
    print(f"resamples of {len(bootstrap.rows)} AUCs: {spent:.1f} CPU s")
    spent, table = seconds(moments, bootstrap)
    more = sum(seconds(function, [table])[0] for function in (interval_table, drop_table))
    print(f"moments, intervals, verdicts, drops: {spent + more:.1f} CPU s")
    for features, eraser, space in ((128, "lda", "linear"), (1024, "lda", "linear"),
                                    (1024, "lda", "kernel")):  # fmt: skip
        data = make_embeddings(rng, features)
        corrections = fit_corrections(data[0], data[2], eraser=eraser, space=space)
        spent, _ = seconds(identify_domains, *data, corrections, labels=3)
        print(f"adversaries, {features} features, {space}, 3 labels: {spent:.1f} CPU s")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()

"""Scores of test clips with a known ROC-AUC, in the shape that transfers give."""

import numpy as np
import pandas as pd
from scipy.stats import norm

from audio_debias.evidence.bootstrap import bootstrap_scores
from audio_debias.evidence.intervals import interval_table
from audio_debias.evidence.moments import moments

LABELS = [f"label_{i}" for i in range(10)]


def separation(auc):
    """The distance of the means of two normal distributions of unit variance with that AUC."""
    return np.sqrt(2) * norm.ppf(auc)


def normal_scores(rng, truth, auc, tracks=None, share=0.0, common=None, shared=0.0):
    """Scores of `truth` with that AUC; `share` of the noise's variance is the track's, `shared`
    that of `common`, the noise that other scores of the same clips have too."""
    noise = np.sqrt(1 - share - shared) * rng.normal(size=len(truth))
    if tracks is not None:
        noise += np.sqrt(share) * rng.normal(size=tracks.max() + 1)[tracks]
    if common is not None:
        noise += np.sqrt(shared) * common
    return separation(auc) * truth + noise


def clip_table(count, tracks=None, corpus="b"):
    """The test clips of a corpus; without `tracks`, of no known track."""
    names = None if tracks is None else [f"track {track}" for track in tracks]
    ids = [f"{corpus}{i:05d}" for i in range(count)]
    return pd.DataFrame({"clip_id": ids, "split": "test", "track_id": names})


def score_table(logits, truths, clips, train="a", test="b"):
    """Scores per label of all clips, from arrays by label."""
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "train_corpus": train,
                    "test_corpus": test,
                    "label": label,
                    "clip_id": clips["clip_id"],
                    "logit": logits[label],
                    "truth": truths[label],
                }
            )
            for label in logits
        ],
        ignore_index=True,
    )


def intervals_of(tables, clips, labels, *, resamples=500, seed=0, references="none", **limits):
    """The intervals of tables by method, all of the transfer a → b."""
    scores = {("a--b", "model", method, "any"): table for method, table in tables.items()}
    pairs = {"a--b": ("a", "b")}
    bootstrap = bootstrap_scores(
        scores, {"b": clips}, labels, pairs, resamples=resamples, seed=seed
    )
    table = interval_table([moments(bootstrap, references)], **limits)
    chosen = (table["train_corpus"] == "a") & (table["test_corpus"] == "b")
    return table[chosen].set_index(["method", "label"])

"""How well the scores of a transfer tell positives from negatives."""

import logging
from collections.abc import Sequence
from itertools import product

import pandas as pd
from sklearn.metrics import average_precision_score

from audio_debias.transfers.classifier import roc_auc

_log = logging.getLogger("audio_debias")

METRICS = ("roc_auc", "average_precision", "precision", "recall", "f1", "accuracy")
COLUMNS = ("train_corpus", "test_corpus", "label", *METRICS, "support", "reason")


def compute_metrics(
    scores: pd.DataFrame,
    labels: Sequence[str],
    corpora: Sequence[str],
    excluded: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Metrics of every label on every transfer between `corpora`.

    Parameters
    ----------
    scores : DataFrame
        ``train_corpus, test_corpus, label, clip_id, logit, score, truth``. Clips are ranked by the
        logit, since probabilities near 1 tie; the threshold is a probability of 0.5.
    labels, corpora : sequence of str
        Every combination gets a row, whether or not it has scores.
    excluded : DataFrame, optional
        ``label, reason, detail`` of labels that were not compared.

    Returns
    -------
    DataFrame
        ``train_corpus, test_corpus, label``, the metrics (null where `reason` says why),
        ``support`` (positive test clips) and ``reason`` (null where all is well). Scores that are
        all equal have an AUC of 0.5, and a reason: nothing was learned, or a correction took it
        out.
    """
    reasons = {}
    if excluded is not None:
        reasons = {row.label: f"{row.reason}: {row.detail}" for row in excluded.itertuples()}
    groups = dict(iter(scores.groupby(["train_corpus", "test_corpus", "label"])))
    rows = [
        (*key, *_metrics(groups.get(key), reasons.get(key[2])))
        for key in product(corpora, corpora, labels)
    ]
    table = pd.DataFrame(rows, columns=COLUMNS).astype(
        dict.fromkeys(METRICS, "Float64") | {"support": "Int64", "reason": "string"}
    )
    for row in table[table["roc_auc"].notna() & table["reason"].notna()].itertuples():
        _log.warning("%s to %s, %s: %s", row.train_corpus, row.test_corpus, row.label, row.reason)
    return table


def _metrics(group: pd.DataFrame | None, reason: str | None) -> tuple:
    nothing = (None,) * len(METRICS)
    if group is None:
        return *nothing, None, reason or "no annotated test clip"
    truth, logit = group["truth"].to_numpy(bool), group["logit"].to_numpy()
    positives = int(truth.sum())
    if positives in (0, len(truth)):
        polarity = "negative" if positives == 0 else "positive"
        return *nothing, positives, f"all {len(truth)} test clips are {polarity}"
    # Four counts: scikit-learn's checks of its arguments cost several times what it computes.
    predicted = logit >= 0
    chosen, hits = int(predicted.sum()), int((truth & predicted).sum())
    return (
        roc_auc(truth, logit),
        average_precision_score(truth, logit),
        hits / chosen if chosen else 0.0,
        hits / positives,
        2 * hits / (chosen + positives),
        float((truth == predicted).mean()),
        positives,
        f"all {len(logit)} scores are equal" if (logit == logit[0]).all() else None,
    )

"""Which of the published changes exceed the noise of the test sets that they were measured on."""

import pandas as pd
from scipy.special import ndtr

from audio_debias.evidence.bootstrap import MEAN
from audio_debias.evidence.verdicts import holm


def published_against_noise(
    intervals: pd.DataFrame, published: pd.DataFrame, level: float = 0.95
) -> pd.DataFrame:
    """Published cross-domain changes beside the spread that their test clips give ours.

    Parameters
    ----------
    intervals : DataFrame
        Our intervals on the same test sets, under the published names of models and corpora.
    published : DataFrame
        ``model, method, mode, train_corpus, test_corpus`` and ``auc``, the mean over labels in
        AUC points.
    level : float

    Returns
    -------
    DataFrame
        One row per published change against ``none`` across corpora: its keys, ``published`` and
        ``sd`` (of our change, over test clips), both in AUC points, two-sided normal ``p``,
        ``p_holm`` over all rows, and ``exceeds`` and ``exceeds_holm``. Null where ours has no
        such cell.
    """
    transfer = ["model", "mode", "train_corpus", "test_corpus"]
    across = published[published["train_corpus"] != published["test_corpus"]]
    base = across[across["method"] == "none"].set_index(transfer)["auc"].astype(float)
    changes = across[across["method"] != "none"].reset_index(drop=True)
    uncorrected = base.reindex(pd.MultiIndex.from_frame(changes[transfer])).to_numpy()
    changes["published"] = changes["auc"].astype(float) - uncorrected
    ours = intervals[
        (intervals["label"] == MEAN) & (intervals["train_corpus"] != intervals["test_corpus"])
    ]
    keys = ["model", "method", "mode", "train_corpus", "test_corpus"]
    table = changes[[*keys, "published"]].merge(
        ours[[*keys, "change_sd_test"]], "left", keys, validate="1:1"
    )
    table["sd"] = 100 * table.pop("change_sd_test").astype(float)
    table["p"] = 2 * ndtr(-table["published"].abs() / table["sd"].where(table["sd"] > 0))
    table["p_holm"] = holm(table["p"].to_numpy())
    for name, p in (("exceeds", "p"), ("exceeds_holm", "p_holm")):
        table[name] = (table[p] < 1 - level).astype("boolean").mask(table[p].isna())
    return table

"""Balance: what matching took away, what stays unbalanced, and what genre alone tells."""

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

COLUMNS = ("label", "positive", "genre", "corpus", "available", "matched")


def balance_table(corpora: dict[str, pd.DataFrame], samples: pd.DataFrame) -> pd.DataFrame:
    """Training clips of every cell of label, genre and corpus, before and after matching.

    Parameters
    ----------
    corpora : mapping of str to DataFrame
        The two clip tables by name.
    samples : DataFrame
        The matched samples: ``label, corpus, clip_id, positive, genre``.

    Returns
    -------
    DataFrame
        `COLUMNS`; a missing genre is ``none``.
    """
    keys = ["label", "positive", "genre", "corpus"]
    counts = []
    for label in samples["label"].unique():
        for name, clips in corpora.items():
            train = clips[(clips["split"] == "train") & clips[label].notna()]
            counts.append(
                pd.DataFrame(
                    {
                        "label": label,
                        "positive": train[label].astype(bool),
                        "genre": train["genre"].fillna("none"),
                        "corpus": name,
                    }
                )
            )
    if not counts:
        return pd.DataFrame(columns=COLUMNS)
    available = pd.concat(counts).value_counts(keys, sort=False).rename("available")
    matched = samples.assign(genre=samples["genre"].fillna("none"))
    matched = matched.value_counts(keys, sort=False).rename("matched")
    table = pd.concat([available, matched], axis=1).fillna(0).astype(int)
    return table.reset_index().sort_values(keys, ignore_index=True)[list(COLUMNS)]


def imbalance(table: pd.DataFrame, column: str = "matched") -> pd.DataFrame:
    """How far the genre mixes of the two corpora are apart, per label and sign.

    Parameters
    ----------
    table : DataFrame
        As :func:`balance_table` gives it.
    column : str
        ``available`` or ``matched``.

    Returns
    -------
    DataFrame
        ``label, positive, distance``: total variation distance of the genre shares, half the sum
        of |p - q|; 0 the same mix, 1 no genre in common.
    """
    rows = []
    for (label, positive), cells in table.groupby(["label", "positive"], sort=False):
        shares = cells.pivot_table(column, "genre", "corpus", aggfunc="sum", fill_value=0)
        shares = shares / shares.sum()
        gap = shares.max(axis=1) - shares.min(axis=1) if shares.shape[1] == 2 else pd.Series([2.0])
        rows.append((label, positive, float(gap.sum() / 2)))
    return pd.DataFrame(rows, columns=["label", "positive", "distance"])


def genre_identification(
    genre: pd.Series, domain: np.ndarray, auc_model: float
) -> tuple[float, float | None]:
    """How well genre alone tells the corpora apart, and its share of what a model does.

    Parameters
    ----------
    genre : Series of str, length n
    domain : array of int, shape (n,)
        0 or 1.
    auc_model : float
        Domain identification (ROC-AUC) from the embedding.

    Returns
    -------
    auc : float
        Of the share of the second corpus among the clips of the genre.
    share : float or None
        (auc - 0.5) / (auc_model - 0.5), at most 1; None where the model is at chance.
    """
    codes = pd.factorize(genre, use_na_sentinel=False)[0]
    shares = np.bincount(codes, domain) / np.bincount(codes)
    auc = float(roc_auc_score(domain, shares[codes]))
    share = None
    if auc_model > 0.5:
        share = float(np.clip((auc - 0.5) / (auc_model - 0.5), 0, 1))
    return auc, share

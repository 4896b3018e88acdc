"""Estimates and variances of AUCs and of their changes, from resamples of the test clips."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from audio_debias.evidence.bootstrap import CELL, MEAN, TRANSFER, Bootstrap, bootstrap_scores


def moments(bootstrap: Bootstrap, references: Mapping[str, str] | str = "none") -> pd.DataFrame:
    """Estimates and variances over resamples: per label, and for the mean over labels.

    Parameters
    ----------
    bootstrap : Bootstrap
    references : str or mapping of method to method
        Against what a method's change is measured: against ``none``, or kernel methods against
        ``k``. A reference has one mode. A method that is its own reference has no change.

    Returns
    -------
    DataFrame
        The columns of the rows, with ``auc_var``, ``change`` and ``change_var``. A mean has the
        AUCs of all labels that have one, and the changes of all that have two; ``auc_shared``,
        ``auc_shared_var`` and ``df_shared`` are over the labels that have an AUC on every corpus
        that the classifiers are tested on.
    """
    rows, resampled = bootstrap.rows, bootstrap.resampled
    base = _reference_rows(rows, references)
    change = rows["auc"].to_numpy() - np.where(base < 0, np.nan, rows["auc"].to_numpy()[base])
    labelled = rows.assign(
        auc_var=resampled.var(axis=1, ddof=1),
        change=change,
        change_var=[
            np.var(one - resampled[other], ddof=1) if other >= 0 else np.nan
            for one, other in zip(resampled, base, strict=True)
        ],
    )
    labelled = labelled.assign(
        auc_shared=labelled["auc"], auc_shared_var=labelled["auc_var"], df_shared=labelled["df"]
    )
    tried = _tried_on_every_corpus(rows)
    means = []
    for key, group in rows.groupby(TRANSFER, sort=False):
        part = group.index[group["auc"].notna()].to_numpy()
        shared = part[rows.loc[part, "label"].isin(tried[key[:-1]]).to_numpy()]
        both = part[~np.isnan(change[part])]
        differences = (resampled[one] - resampled[base[one]] for one in both)
        means.append(
            {
                **dict(zip(TRANSFER, key, strict=True)),
                "label": MEAN,
                "auc": rows.loc[part, "auc"].mean(),
                "positives": rows.loc[part, "positives"].sum(),
                "clips": rows.loc[part, "tested"].max() if len(part) else pd.NA,
                "df": _df_of_mean(rows.loc[part]),
                "auc_var": _variance_of_mean(resampled[one] for one in part),
                "auc_shared": rows.loc[shared, "auc"].mean(),
                "auc_shared_var": _variance_of_mean(resampled[one] for one in shared),
                "df_shared": _df_of_mean(rows.loc[shared]),
                "change": change[both].mean() if len(both) else np.nan,
                "change_var": _variance_of_mean(differences),
            }
        )
    means = pd.DataFrame(means).astype(dict.fromkeys(["positives", "clips"], "Int64"))
    labelled = labelled.drop(columns=["tested", "tracks"])
    table = pd.concat([labelled, means], ignore_index=True)
    # A perfect AUC is perfect in every resample: nothing is known of its spread, nor of a change
    # from one to another.
    perfect = table["auc_var"] == 0
    table.loc[perfect & (table["change_var"] == 0), "change_var"] = np.nan
    table.loc[perfect, "auc_var"] = np.nan
    table.loc[table["auc_shared_var"] == 0, "auc_shared_var"] = np.nan
    return table


def _tried_on_every_corpus(rows: pd.DataFrame) -> dict[tuple, set[str]]:
    """By cell and train corpus, the labels that have an AUC on each test corpus."""
    keys = [*CELL, "train_corpus"]
    corpora = rows.groupby(keys)["test_corpus"].nunique()
    counts = rows[rows["auc"].notna()].groupby([*keys, "label"])["test_corpus"].nunique()
    tried: dict[tuple, set[str]] = {key: set() for key in corpora.index}
    for (*key, label), count in counts.items():
        if count == corpora[tuple(key)]:
            tried[tuple(key)].add(label)
    return tried


def _df_of_mean(rows: pd.DataFrame) -> float:
    """Degrees of freedom of a mean over labels: their sum, and no more than the tracks allow that
    all labels share."""
    return min(rows["df"].sum(), rows["tracks"].max() - 1) if len(rows) else np.nan


def moments_of_run(
    read_scores: Callable[[tuple[str, str, str, str]], pd.DataFrame],
    cells: Sequence[tuple[str, str, str, str]],
    clips: Mapping[str, pd.DataFrame],
    labels: Sequence[str],
    pairs: Mapping[str, Sequence[str]],
    *,
    references: Sequence[Mapping[str, str] | str] = ("none",),
    resamples: int = 2000,
    seed: int = 42,
) -> tuple[list[pd.DataFrame], dict[str, int]]:
    """The moments of all cells, pair by pair: memory does not grow with the number of pairs.

    Parameters
    ----------
    read_scores : callable
        From a cell (pair, model, method, mode) to its scores.
    cells : sequence of tuple
    clips, labels, pairs
        As in :func:`~audio_debias.evidence.bootstrap.bootstrap_scores`.
    references : sequence
        Each as in :func:`moments`.
    resamples, seed
        As in :func:`~audio_debias.evidence.bootstrap.bootstrap_scores`.

    Returns
    -------
    tables : list of DataFrame
        What :func:`moments` gives, one a reference.
    redrawn : dict of str to int
        Per test corpus, the most resamples that were drawn again in a pair.
    """
    tables: list[list] = [[] for _ in references]
    redrawn: dict[str, int] = {}
    for pair in pairs:
        scores = {cell: read_scores(cell) for cell in cells if cell[0] == pair}
        bootstrap = bootstrap_scores(scores, clips, labels, pairs, resamples=resamples, seed=seed)
        for table, reference in zip(tables, references, strict=True):
            table.append(moments(bootstrap, reference))
        for corpus, count in bootstrap.redrawn.items():
            redrawn[corpus] = max(redrawn.get(corpus, 0), count)
    return [pd.concat(table, ignore_index=True) for table in tables], redrawn


def _reference_rows(rows: pd.DataFrame, references: Mapping[str, str] | str) -> np.ndarray:
    """The row that each row's change is measured against; -1 where there is none."""
    methods = rows["method"]
    reference = methods.map(
        lambda method: references if isinstance(references, str) else references.get(method, "none")
    )
    keys = ["pair", "model", "train_corpus", "test_corpus", "label"]
    wanted = pd.MultiIndex.from_frame(rows[keys].assign(method=reference))
    known = rows[methods.isin(set(reference))]
    index = pd.MultiIndex.from_frame(known[[*keys, "method"]])
    found = index.get_indexer(wanted)
    base = np.where(found < 0, -1, known.index.to_numpy()[found])
    return np.where(reference == methods, -1, base)


def _variance_of_mean(resampled) -> float:
    total, count = 0.0, 0
    for values in resampled:
        total, count = total + values, count + 1
    return float(np.var(total / count, ddof=1)) if count else np.nan

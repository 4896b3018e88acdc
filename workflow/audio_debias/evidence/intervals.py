"""Intervals of ROC-AUCs, of changes by a correction and of drops across corpora."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit, stdtrit

from audio_debias.evidence.bootstrap import (
    CELL,
    MEAN,
    TRANSFER,
    Bootstrap,
    bootstrap_scores,
)
from audio_debias.evidence.verdicts import judge

COLUMNS = [
    *TRANSFER,
    "label",
    *("auc", "low", "high", "sd_test", "sd_training"),
    *("change", "change_low", "change_high", "p", "p_holm", "verdict", "positives"),
    *("change_sd_test", "change_sd_training", "clips", "clips_needed"),
]
DROP_COLUMNS = [*TRANSFER, "label", "drop", "low", "high", "sd_test", "sd_training"]


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
        AUCs of all labels that have one, and the changes of all that have two.
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
    means = []
    for key, group in rows.groupby(TRANSFER, sort=False):
        part = group.index[group["auc"].notna()].to_numpy()
        both = part[~np.isnan(change[part])]
        differences = (resampled[one] - resampled[base[one]] for one in both)
        means.append(
            {
                **dict(zip(TRANSFER, key, strict=True)),
                "label": MEAN,
                "auc": rows.loc[part, "auc"].mean(),
                "positives": rows.loc[part, "positives"].sum(),
                "clips": rows.loc[part, "tested"].max() if len(part) else pd.NA,
                "df": rows.loc[part, "df"].sum() if len(part) else np.nan,
                "auc_var": _variance_of_mean(resampled[one] for one in part),
                "change": change[both].mean() if len(both) else np.nan,
                "change_var": _variance_of_mean(differences),
            }
        )
    means = pd.DataFrame(means).astype(dict.fromkeys(["positives", "clips"], "Int64"))
    table = pd.concat([labelled.drop(columns="tested"), means], ignore_index=True)
    # A perfect AUC is perfect in every resample: nothing is known of its spread, nor of a change
    # from one to another.
    perfect = table["auc_var"] == 0
    table.loc[perfect & (table["change_var"] == 0), "change_var"] = np.nan
    table.loc[perfect, "auc_var"] = np.nan
    return table


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


def interval_table(
    repeats: Sequence[pd.DataFrame], *, level: float = 0.95, margin: float = 0.5
) -> pd.DataFrame:
    r"""Intervals, tests and verdicts.

    The variance of an AUC is that over test clips plus that over training samples (the law of
    total variance): the mean over repeats of the bootstrap variance, and the variance over repeats
    of the AUC. AUCs get their interval on the logit scale, which keeps it inside [0, 1]; changes
    get theirs on their own. Quantiles are Student's, with Satterthwaite's degrees of freedom.

    Parameters
    ----------
    repeats : sequence of DataFrame
        What :func:`moments` gives: the run's own, then the same from other seeds.
    level : float
        Coverage of the intervals.
    margin : float
        In AUC points (100 x ROC-AUC): a change inside it is no difference.

    Returns
    -------
    DataFrame
        `COLUMNS`; AUCs and changes in [0, 1]; null where nothing is known. ``p_holm`` is Holm's
        over all changes of a pair's table: its means together, its labels together.
        ``clips_needed``: see :func:`~audio_debias.evidence.verdicts.clips_needed`.
    """
    table = repeats[0].copy()
    auc = _spread(repeats, "auc", table["df"])
    change = _spread(repeats, "change", table["df"])
    table["sd_test"], table["sd_training"] = auc.test, auc.training
    table["change_sd_test"], table["change_sd_training"] = change.test, change.training
    table["low"], table["high"] = auc_interval(table["auc"], auc.total, auc.df, level)
    half = stdtrit(change.df, (1 + level) / 2) * change.total
    table["change_low"], table["change_high"] = table["change"] - half, table["change"] + half
    table = judge(table, change.total, change.df, level=level, margin=margin / 100)
    floats = [column for column in COLUMNS if pd.api.types.is_float_dtype(table[column].dtype)]
    return table.astype(dict.fromkeys(floats, "Float64"))[COLUMNS]


def drop_table(repeats: Sequence[pd.DataFrame], *, level: float = 0.95) -> pd.DataFrame:
    """What a classifier loses abroad: AUC within its train corpus less AUC on the other corpus.

    The two corpora are resampled apart, so that the variances add.

    Parameters
    ----------
    repeats, level
        As :func:`interval_table`.

    Returns
    -------
    DataFrame
        `DROP_COLUMNS`, in [0, 1]; ``test_corpus`` is the other one.
    """
    drops = [_drops(table) for table in repeats]
    table = drops[0]
    spread = _spread(drops, "drop", table["df"])
    half = stdtrit(spread.df, (1 + level) / 2) * spread.total
    table = table.assign(
        low=table["drop"] - half,
        high=table["drop"] + half,
        sd_test=spread.test,
        sd_training=spread.training,
    )
    return table.astype(dict.fromkeys(DROP_COLUMNS[7:], "Float64"))[DROP_COLUMNS]


def _drops(table: pd.DataFrame) -> pd.DataFrame:
    home = table["train_corpus"] == table["test_corpus"]
    keys = [*CELL, "train_corpus", "label"]
    both = table[home].merge(table[~home], on=keys, suffixes=("", "_abroad"), validate="1:1")
    parts = np.array([both["auc_var"], both["auc_var_abroad"]])
    return both[keys].assign(
        test_corpus=both["test_corpus_abroad"],
        drop=both["auc"] - both["auc_abroad"],
        drop_var=parts.sum(axis=0),
        df=_satterthwaite(parts, np.array([both["df"], both["df_abroad"]])),
    )


def in_every_mode(table: pd.DataFrame, modes: Sequence[str]) -> pd.DataFrame:
    """A table of cells with the rows of mode ``any`` repeated under each mode of the run."""
    repeated = table["mode"].map(lambda mode: list(modes) if mode == "any" else [mode])
    exploded = table.assign(mode=repeated).explode("mode", ignore_index=True)
    return exploded.astype({"mode": table["mode"].dtype})


def auc_interval(auc, sd, df, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Interval of an AUC from its standard deviation, made on the logit scale.

    An AUC of 0 or 1, or a standard deviation of zero, tells nothing of its spread: NaN.
    """
    auc, sd = np.asarray(auc, dtype=float), np.asarray(sd, dtype=float)
    inside = (auc > 0) & (auc < 1) & (sd > 0)
    auc = np.where(inside, auc, np.nan)
    half = stdtrit(df, (1 + level) / 2) * sd / (auc * (1 - auc))
    return expit(logit(auc) - half), expit(logit(auc) + half)


@dataclass(frozen=True)
class _Spread:
    test: np.ndarray
    training: np.ndarray
    total: np.ndarray
    df: np.ndarray


def _spread(repeats: Sequence[pd.DataFrame], name: str, df: pd.Series) -> _Spread:
    """Standard deviations of a quantity: over test clips, over training samples, over both."""
    test = np.mean([table[f"{name}_var"] for table in repeats], axis=0)
    if len(repeats) == 1:
        return _Spread(np.sqrt(test), np.full(len(test), np.nan), np.sqrt(test), df.to_numpy())
    training = np.var([table[name] for table in repeats], axis=0, ddof=1)
    parts = np.array([test, training])
    degrees = np.array([df.to_numpy(), np.full(len(test), len(repeats) - 1)])
    total = np.sqrt(parts.sum(axis=0))
    return _Spread(np.sqrt(test), np.sqrt(training), total, _satterthwaite(parts, degrees))


def _satterthwaite(variances: np.ndarray, df: np.ndarray) -> np.ndarray:
    """Degrees of freedom of a sum of variances (Satterthwaite, Biometrics Bulletin 1946)."""
    scale = np.where(variances.max(axis=0) > 0, variances.max(axis=0), 1.0)
    shares = np.where(variances.max(axis=0) > 0, variances / scale, 1.0)
    return shares.sum(axis=0) ** 2 / (shares**2 / df).sum(axis=0)

"""Intervals of ROC-AUCs, of changes by a correction and of drops across corpora."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit, stdtrit

from audio_debias.evidence.bootstrap import (
    CELL,
    TRANSFER,
)
from audio_debias.evidence.verdicts import judge

COLUMNS = [
    *TRANSFER,
    "label",
    *("auc", "low", "high", "sd_test", "sd_training"),
    *("change", "change_low", "change_high", "p", "p_holm", "verdict", "positives"),
    *("change_sd_test", "change_sd_training", "clips", "clips_needed"),
]
DROP_COLUMNS = [
    *TRANSFER,
    "label",
    *("auc", "auc_abroad", "drop", "low", "high", "sd_test", "sd_training"),
]


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
        `DROP_COLUMNS`, in [0, 1]; ``test_corpus`` is the other one. A mean is over the labels that
        have an AUC on both corpora, ``auc`` and ``auc_abroad`` with it.
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
    parts = np.array([both["auc_shared_var"], both["auc_shared_var_abroad"]])
    return both[keys].assign(
        test_corpus=both["test_corpus_abroad"],
        auc=both["auc_shared"],
        auc_abroad=both["auc_shared_abroad"],
        drop=both["auc_shared"] - both["auc_shared_abroad"],
        drop_var=parts.sum(axis=0),
        df=_satterthwaite(parts, np.array([both["df_shared"], both["df_shared_abroad"]])),
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

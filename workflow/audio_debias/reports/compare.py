"""Two runs side by side: which mean AUCs and changes differ, and whether beyond noise."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from markupsafe import Markup
from scipy.special import ndtr, ndtri

from audio_debias.errors import InputError
from audio_debias.evidence.bootstrap import MEAN, TRANSFER
from audio_debias.evidence.modes import free_of_modes, once
from audio_debias.evidence.verdicts import holm
from audio_debias.evidence.wording import signed
from audio_debias.files import read_parquet, replacing
from audio_debias.reports.index_page import bundles, policy, table_style
from audio_debias.reports.names import SHORT_MODES, Names, transfer_name
from audio_debias.reports.page import render

_KEYS = [*TRANSFER, "label"]
_INTERVALS = "intervals.parquet"
COLUMNS = [*_KEYS, "before", "after", "difference", "low", "high", "p_holm", "verdict"]


def compare_runs(before: pd.DataFrame, after: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """The AUCs that both runs have, and how they differ.

    Parameters
    ----------
    before, after : DataFrame
        ``intervals.parquet`` of two runs.
    level : float

    Returns
    -------
    DataFrame
        `COLUMNS`: AUCs and differences in [0, 1]. The variances of the two runs add, as if they
        shared no test clips: where they do, intervals are wider than need be, and a difference that
        is found is real. ``p_holm`` is Holm's over the means of a pair, and over its labels.
        ``verdict`` is ``better``, ``worse`` or ``cannot tell``; null without spread.
    """
    free = free_of_modes(before).intersection(free_of_modes(after))
    both = once(before, free).merge(once(after, free), on=_KEYS, suffixes=("_before", "_after"))
    variance = sum(
        both[f"sd_{part}_{when}"].fillna(0).astype(float) ** 2
        for part in ("test", "training")
        for when in ("before", "after")
    )
    unknown = both["sd_test_before"].isna() | both["sd_test_after"].isna()
    sd = np.sqrt(variance).mask(unknown)
    difference = both["auc_after"].astype(float) - both["auc_before"].astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(difference == 0, 0.0, np.abs(difference) / sd)
    p = pd.Series(2 * ndtr(-ratio), both.index).mask(unknown)
    p = p.groupby([both["pair"], both["label"] == MEAN]).transform(lambda part: holm(part))
    half = ndtri((1 + level) / 2) * sd
    real = p < 1 - level
    verdict = np.select(
        [p.isna(), real & (difference > 0), real],
        np.array([None, "better", "worse"], dtype=object),
        "cannot tell",
    )
    return both.assign(
        before=both["auc_before"],
        after=both["auc_after"],
        difference=difference,
        low=difference - half,
        high=difference + half,
        p_holm=p,
        verdict=pd.array(verdict, dtype="string"),
    )[COLUMNS]


def write_comparison(run_a: Path, run_b: Path, out: Path, names: Names | None = None) -> None:
    """Compare the results of two runs on a page.

    Parameters
    ----------
    run_a, run_b : path
        Folders of two runs, such as ``results/demo``: what changed from the first to the second.
    out : path
        The page: one self-contained HTML file.
    names : mapping of str to str, optional
        Display names of models, corpora and methods.

    Raises
    ------
    InputError
        If a folder holds no finished run, both are the same, or they have no transfer in common.
    """
    runs = [Path(run_a), Path(run_b)]
    if runs[0].resolve() == runs[1].resolve():
        raise InputError(f"{run_b}: a run does not differ from itself; give two runs")
    before, after = map(_read_intervals, runs)
    shared = before[TRANSFER].merge(after[TRANSFER].drop_duplicates(), on=TRANSFER)
    if shared.empty:
        raise InputError(
            f"{run_a} and {run_b}: no transfer in common; compare runs that share a pair of "
            "corpora, a model and a method"
        )
    titles = [run.resolve().name for run in runs]
    if titles[0] == titles[1]:
        titles = [str(run) for run in runs]
    with replacing(out) as temporary:
        temporary.write_text(compare_page(before, after, titles, names), encoding="utf-8")


def _read_intervals(run: Path) -> pd.DataFrame:
    """The intervals of a run in its folder."""
    if not run.is_dir():
        raise InputError(f"{run}: no such folder; give the folder of a run, such as results/demo")
    path = run / _INTERVALS
    if not path.is_file():
        raise InputError(f"{run}: holds no {_INTERVALS}; give the folder of a finished run")
    table = read_parquet(path)
    lacking = {*_KEYS, "auc", "sd_test", "sd_training"} - set(table)
    if lacking:
        raise InputError(f"{path}: no column {min(lacking)!r}; run this version's workflow again")
    return table


def compare_page(
    before: pd.DataFrame, after: pd.DataFrame, runs: Sequence[str], names: Names | None = None
) -> str:
    """The comparison as one self-contained HTML page.

    Parameters
    ----------
    before, after : DataFrame
        ``intervals.parquet`` of two runs.
    runs : two str
        What the runs are called.
    names : mapping of str to str, optional
        Display names of models, corpora and methods.
    """
    names = names or {}
    table = compare_runs(before, after)
    rows = [
        {
            "name": f"{names.get(row.model, row.model)}, {names.get(row.method, row.method)}",
            "mode": SHORT_MODES.get(row.mode, row.mode),
            "transfer": transfer_name(row.train_corpus, row.test_corpus, names),
            "label": row.label,
            "before": 100 * row.before,
            "after": 100 * row.after,
            "difference": 100 * row.difference,
            "interval": f"[{signed(row.low)}, {signed(row.high)}]" if pd.notna(row.low) else "",
            "verdict": row.verdict if pd.notna(row.verdict) else "unknown",
        }
        for row in table[table["before"].notna() & table["after"].notna()].itertuples()
    ]
    scripts = [bundles()[0], render("compare.js", "")]
    return render(
        "compare.html",
        f"{runs[0]} and {runs[1]}",
        sentences=_sentences(table, before, after, runs, names),
        runs=list(runs),
        rows=rows,
        scripts=[Markup(script) for script in scripts],
        policy=policy(scripts),
        table_style=table_style(),
    )


def _sentences(table, before, after, runs, names: Names) -> list[str]:
    means = table[table["label"] == MEAN]
    counts = {word: int((means["verdict"] == word).sum()) for word in ("better", "worse")}
    told = [
        f"Of {len(means)} mean AUCs of both runs, {counts['better']} are better in {runs[1]} "
        f"and {counts['worse']} worse beyond noise, after Holm's correction."
    ]
    if means["difference"].notna().any():
        row = means.loc[means["difference"].abs().idxmax()]
        model, method = (names.get(row[key], row[key]) for key in ("model", "method"))
        mode = SHORT_MODES.get(row["mode"], row["mode"])
        what = ", ".join(filter(None, [model, method, mode]))
        told.append(
            f"The largest difference is {signed(row['difference'])} points "
            f"({what}, {transfer_name(row['train_corpus'], row['test_corpus'], names)}): "
            f"{row['verdict'] if pd.notna(row['verdict']) else 'unknown'}."
        )
    for run, own, other in ((runs[0], before, after), (runs[1], after, before)):
        cells = [
            set(one[TRANSFER].drop_duplicates().itertuples(index=False, name=None))
            for one in (own, other)
        ]
        if alone := len(cells[0] - cells[1]):
            told.append(f"{alone} transfers are in {run} alone and not compared.")
    return told

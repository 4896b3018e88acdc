"""The answer that the page opens on: a handful of sentences per pair of corpora and per model."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from audio_debias.corpora.properties import PROPERTIES
from audio_debias.evidence import wording as say
from audio_debias.evidence.bootstrap import CELL, MEAN, TRANSFER
from audio_debias.evidence.sources import NAMED_KINDS
from audio_debias.evidence.verdicts import BETTER, OPEN, VERDICTS, WORSE
from audio_debias.experiment.method import REFERENCE
from audio_debias.reports.names import Names

SHORT_MODES = {"global": "global", "classwise": "class-wise", "any": ""}


@dataclass(frozen=True)
class Answer:
    """What a reader is told first about a pair of corpora.

    Attributes
    ----------
    pair, title : str
    overall : list of (str, str)
        A question in a word or two, and the sentence that answers it.
    models : list of (str, str, list of str)
        Per model: its own name, its title, its sentences.
    best : dict of str to (str, str)
        Per model the method and mode with the largest mean change across corpora.
    """

    pair: str
    title: str
    overall: list[tuple[str, str]]
    models: list[tuple[str, str, list[str]]]
    best: dict[str, tuple[str, str]]


def answers(
    findings: Sequence[Mapping],
    intervals: pd.DataFrame,
    names: Names,
    sources: pd.DataFrame | None = None,
) -> list[Answer]:
    """The answers of a run, one a pair.

    Parameters
    ----------
    findings : sequence of mapping
        What ``findings.json`` holds: ``kind, text, about, numbers``.
    intervals : DataFrame
        What :func:`once` gives of the run's.
    names : mapping of str to str
        Display names of models, corpora, pairs and methods.
    sources : DataFrame, optional
        Columns ``pair, model, property, kind, r2_alone, r2_alone_low, r2_alone_high``.
    """
    means = intervals[intervals["label"] == MEAN]
    told = []
    for pair, rows in means.groupby("pair", sort=False):
        own = [one for one in findings if one["about"].get("pair") == pair]
        across = rows[(rows["train_corpus"] != rows["test_corpus"]) & rows["change"].notna()]
        best = _best(across)
        models = [
            (
                model,
                say.name(model, names),
                list(_of_model(rows[rows["model"] == model], own, names)),
            )
            for model in rows["model"].unique()
        ]
        within = rows[(rows["train_corpus"] == rows["test_corpus"]) & rows["change"].notna()]
        overall = list(_overall(own, across, within, names))
        if sources is not None:
            overall[2:2] = list(_origin(sources[sources["pair"] == pair], names))
        told.append(Answer(pair, say.name(pair, names), overall, models, best))
    return told


def free_of_modes(intervals: pd.DataFrame) -> pd.MultiIndex:
    """The (pair, model, method) whose numbers are the same in each of several modes."""
    others = [column for column in intervals if column != "mode"]
    cells = intervals.groupby(CELL[:3], sort=False)
    distinct = intervals.drop_duplicates(others).groupby(CELL[:3], sort=False).size()
    modes = cells["mode"].nunique()
    return distinct.index[modes.gt(1) & cells.size().eq(modes * distinct)]


def once(table: pd.DataFrame, free: pd.MultiIndex) -> pd.DataFrame:
    """A table of cells in which those `free` of modes stand once, as mode ``any``.

    In the tables of a run they stand under each mode, with the same numbers.
    """
    is_free = pd.MultiIndex.from_frame(table[CELL[:3]]).isin(free)
    rest = table.assign(mode=table["mode"].astype(object).mask(is_free, "any"))
    keys = [*TRANSFER, "label", "adversary"]
    return rest.drop_duplicates([key for key in keys if key in rest], ignore_index=True)


def best_corrections(intervals: pd.DataFrame, pair: str) -> dict[str, tuple[str, str]]:
    """Per model of a pair, the method and mode with the largest mean change across corpora.

    Parameters
    ----------
    intervals : DataFrame
        ``intervals.parquet`` of the run.
    pair : str
    """
    means = once(intervals, free_of_modes(intervals))
    means = means[(means["label"] == MEAN) & (means["pair"] == pair)]
    across = means[(means["train_corpus"] != means["test_corpus"]) & means["change"].notna()]
    return _best(across)


def correction_name(method: str, mode: str, names: Names) -> str:
    """A correction such as ``LDA (class-wise)``."""
    mode = SHORT_MODES.get(mode, mode)
    return say.name(method, names) + (f" ({mode})" if mode else "")


def _best(across: pd.DataFrame) -> dict[str, tuple[str, str]]:
    changes = across.groupby(["model", "method", "mode"], sort=False)["change"].mean()
    return {model: part.idxmax()[1:] for model, part in changes.groupby("model", sort=False)}


def _overall(own, across, within, names: Names) -> Iterator[tuple[str, str]]:
    apart = [one for one in own if one["kind"] == "told_apart"]
    if apart:
        yield "Biased?", _biased(apart)
    losses = [one for one in own if one["kind"] == "drops"]
    if losses:
        yield "By how much?", _lost(losses)
    if across.empty:
        return
    methods = [say.name(method, names) for method in across["method"].unique()]
    yield (
        "What was tried?",
        f"{_listed(methods)}: {len(across)} changes of mean AUC across corpora, of which "
        f"{_counts(across)}.",
    )
    better = across[across["verdict"] == BETTER]
    top = across.loc[across["change"].astype(float).idxmax()]
    if better.empty and top["change"] <= 0:
        yield "What helped?", "Nothing: no correction gains any mean AUC across corpora."
    elif better.empty:
        yield (
            "What helped?",
            f"Nothing beyond noise. The largest gain, picked afterwards and so flattering, is "
            f"{_change(top, names, model=True)}.",
        )
    else:
        top = better.loc[better["change"].astype(float).idxmax()]
        yield "What helped?", f"Most of all {_change(top, names, model=True)}."
    worse = pd.concat([across, within])
    worse = worse[worse["verdict"] == WORSE]
    if worse.empty:
        yield "What does it cost?", "No correction makes a mean AUC worse beyond noise."
    else:
        low = worse.loc[worse["change"].astype(float).idxmin()]
        yield (
            "What does it cost?",
            f"{len(worse)} changes are losses beyond noise; the largest is "
            f"{_change(low, names, model=True)}.",
        )
    yield "What to do?", _advice(own, across, better, names)


def _biased(apart: Sequence[Mapping]) -> str:
    biased = [one for one in apart if one["numbers"]["linear"] > one["numbers"]["null_high"]]
    aucs = [one["numbers"]["linear"] for one in apart]
    low, high = say.auc(min(aucs)), say.auc(max(aucs))
    reached = low if low == high else f"{low} to {high}"
    who = {0: "No embedding tells", len(apart): "Yes: every embedding tells"}.get(
        len(biased), f"In part: {len(biased)} of {len(apart)} embeddings tell"
    )
    return (
        f"{who} the corpora apart (a linear probe reaches an AUC of {reached} on clips that it "
        "has not seen; 50 is chance)."
    )


def _lost(losses: Sequence[Mapping]) -> str:
    known = [one for one in losses if one["numbers"]["low"] is not None]
    sure = [one for one in known if one["numbers"]["low"] > 0]
    largest = max(losses, key=lambda one: one["numbers"]["drop"])
    if not sure:
        return f"No classifier loses beyond noise on the other corpus. {largest['text']}"
    return (
        f"{len(sure)} of {len(losses)} classifiers lose beyond noise on the other corpus. "
        f"{max(sure, key=lambda one: one['numbers']['drop'])['text']}"
    )


def _factor(row: pd.Series) -> str:
    return PROPERTIES[row["property"]].title if row["kind"] == "property" else row["property"]


def _origin(sources: pd.DataFrame, names: Names) -> Iterator[tuple[str, str]]:
    single = sources[sources["kind"].isin(NAMED_KINDS) & sources["r2_alone"].notna()]
    if not single.empty:
        top = single.loc[single["r2_alone"].astype(float).idxmax()]
        yield (
            "Where from?",
            f"What goes along with it most is {_factor(top)}: alone it explains "
            f"{100 * top['r2_alone']:.0f} % "
            f"[{100 * top['r2_alone_low']:.0f}, {100 * top['r2_alone_high']:.0f}] of the variance "
            f"of what tells the corpora apart ({say.name(top['model'], names)}); an association, "
            "not yet a cause.",
        )


def _of_model(means: pd.DataFrame, own, names: Names) -> Iterator[str]:
    model = means["model"].iloc[0]
    for one in own:
        if one["kind"] in ("told_apart", "drops") and one["about"]["model"] == model:
            yield one["text"]
    yield _same_clips(means[means["method"] == REFERENCE], names)
    across = means[(means["train_corpus"] != means["test_corpus"]) & means["change"].notna()]
    if across.empty:
        return
    better = across[across["verdict"] == BETTER]
    method, mode = _best(across)[model]
    chosen = across[(across["method"] == method) & (across["mode"] == mode)]
    head = (
        f"No correction helps it beyond noise ({len(across)} changes: {_counts(across)})."
        if better.empty
        else f"{len(better)} of {len(across)} changes by a correction are gains beyond noise."
    )
    changes = "; ".join(_size(row, names) for _, row in chosen.iterrows())
    yield f"{head} The best on the whole is {correction_name(method, mode, names)}: {changes}."


def _same_clips(uncorrected: pd.DataFrame, names: Names) -> str:
    """AUCs on the same test clips, trained on their corpus and on the other one."""
    told = []
    for test, rows in uncorrected.groupby("test_corpus", sort=False):
        home = rows["train_corpus"] == test
        pieces = [
            say.estimate(row, "auc", "low", "high")
            for _, row in pd.concat([rows[home], rows[~home]]).iterrows()
        ]
        if len(pieces) == 2:
            told.append(f"{pieces[1]} instead of {pieces[0]} on {say.name(test, names)}")
    return f"Trained on the other corpus, it reaches {_listed(told)}."


def _advice(own, across: pd.DataFrame, better: pd.DataFrame, names: Names) -> str:
    cells = ["model", "method", "mode"]
    harmful = pd.MultiIndex.from_frame(across.loc[across["verdict"] == WORSE, cells])
    safe = better[~pd.MultiIndex.from_frame(better[cells]).isin(harmful)]
    if len(safe):
        top = safe.loc[safe["change"].astype(float).idxmax()]
        return (
            f"Correct {say.name(top['model'], names)} with "
            f"{correction_name(top['method'], top['mode'], names)}, and confirm the gain on clips "
            "that were not used here."
        )
    advice = (
        "Keep the uncorrected embeddings, train on clips of every corpus that matters, and judge "
        "on another corpus than the one trained on."
    )
    wanted = [
        one["numbers"]
        for one in own
        if one["kind"] == "clips_wanted" and one["numbers"]["clips_needed"]
    ]
    if (across["verdict"] == OPEN).any() and wanted:
        most = max(wanted, key=lambda one: one["clips_needed"])
        advice += (
            f" To settle what cannot be told takes up to about {most['clips_needed']:,} test clips "
            f"a corpus (now {most['clips']:,})."
        )
    return advice


def _counts(rows: pd.DataFrame) -> str:
    counts = [(int((rows["verdict"] == one).sum()), one) for one in VERDICTS]
    counts.append((int(rows["verdict"].isna().sum()), "unknown"))
    return _listed([f"{count} {one}" for count, one in counts if count or one == BETTER])


def _change(row: pd.Series, names: Names, model: bool) -> str:
    subject = correction_name(row["method"], row["mode"], names)
    if model:
        subject += f" on {say.name(row['model'], names)}"
    return f"{subject}, {_size(row, names)}"


def _size(row: pd.Series, names: Names) -> str:
    return (
        f"{say.transfer(row, names)} by {say.signed(row['change'])} "
        f"{say.bounds(row['change_low'], row['change_high'])}: {say.verdict(row)}"
    )


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else "".join(words)

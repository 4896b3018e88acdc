"""The sentences of the answer: plain words, one number each, for a reader without statistics."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from audio_debias.evidence import wording as say
from audio_debias.evidence.source_sentences import factor_title
from audio_debias.evidence.sources import NAMED_KINDS
from audio_debias.evidence.verdicts import BETTER, WORSE
from audio_debias.experiment.method import REFERENCE
from audio_debias.reports.answer_removal import whether_gone
from audio_debias.reports.answer_words import extreme, listed, size_of, transfer, which
from audio_debias.reports.names import Names, correction_name


def overall(
    own: Sequence[Mapping],
    means: pd.DataFrame,
    names: Names,
    sources: pd.DataFrame | None = None,
) -> Iterator[tuple[str, str]]:
    """Questions about a pair of corpora, each with the sentence that answers it.

    Parameters
    ----------
    own : sequence of mapping
        The findings of the pair.
    means : DataFrame
        Its mean AUCs over labels and their changes.
    names : mapping of str to str
    sources : DataFrame, optional
        The sources of its bias.
    """
    apart = [one for one in own if one["kind"] == "told_apart"]
    if apart:
        yield "Biased?", _biased(apart)
    losses = [one for one in own if one["kind"] == "drops"]
    if losses:
        yield "By how much?", _lost(losses, means, names)
    biased = {one["about"]["model"] for one in apart if _is_told(one["numbers"])}
    if sources is not None and biased:
        yield from _origin(sources[sources["model"].isin(biased)], own, names)
    changes = means[means["change"].notna()]
    across = changes[changes["train_corpus"] != changes["test_corpus"]]
    if across.empty:
        return
    better = across[across["verdict"] == BETTER]
    yield "What was tried?", _tried(across, names)
    if gone := whether_gone(own, biased, names):
        yield "Is it gone?", gone
    yield "What helped?", _helped(own, across, better, names)
    yield "What does it cost?", _cost(changes, names)
    yield "What to do?", _advice(across, better, names)


def of_model(
    own: Sequence[Mapping], means: pd.DataFrame, best: tuple[str, str] | None, names: Names
) -> Iterator[str]:
    """The sentences about one embedding.

    Parameters
    ----------
    own : sequence of mapping
        The findings of the pair.
    means : DataFrame
        The mean AUCs of the embedding on the pair.
    best : tuple of str, optional
        Method and mode of the correction with the largest mean change across corpora.
    names : mapping of str to str
    """
    model = means["model"].iloc[0]
    for one in own:
        if one["kind"] == "told_apart" and one["about"]["model"] == model:
            yield _told_apart(one["numbers"])
    for one in own:
        if one["kind"] == "drops" and one["about"]["model"] == model:
            text = _falls(one, means, names)
            yield f"{text[0].upper()}{text[1:]}."
    across = means[(means["train_corpus"] != means["test_corpus"]) & means["change"].notna()]
    if best is None or across.empty:
        return
    gains = int((across["verdict"] == BETTER).sum())
    yield (
        f"{gains} of {len(across)} changes by corrections are gains beyond noise."
        if gains
        else f"None of {len(across)} changes by corrections is a gain beyond noise."
    )
    chosen = across[(across["method"] == best[0]) & (across["mode"] == best[1])]
    sizes = [
        f"{size_of(row)} on {say.name(row['test_corpus'], names)}" for _, row in chosen.iterrows()
    ]
    yield (
        f"Best on the whole is {correction_name(*best, names)}: {listed(sizes)}, each after "
        "training on the other corpus."
    )


def _biased(apart: Sequence[Mapping]) -> str:
    biased = [one for one in apart if _is_told(one["numbers"])]
    aucs = [one["numbers"]["linear"] for one in biased or apart]
    low, high = say.auc(min(aucs)), say.auc(max(aucs))
    reached = low if low == high else f"{low} to {high}"
    chance = max(one["numbers"]["null_high"] for one in apart)
    if not biased and chance > say.WIDE_NULL:
        return (
            f"Cannot tell: a simple classifier that names a clip's corpus reaches AUC {reached}, "
            f"and chance {say.auc(chance)}, so few are the test tracks (50 is guessing)."
        )
    if not biased:
        return (
            "No: from no embedding can a simple classifier tell which corpus a clip comes from "
            f"(AUC {reached}, where 50 is guessing)."
        )
    start = f"In part: from {len(biased)} of {len(apart)} embeddings"
    if len(biased) == len(apart):
        start = "Yes: from every embedding"
    return (
        f"{start} a simple classifier can tell which corpus a clip comes from (AUC {reached}, "
        "where 50 is guessing and 100 is never wrong)."
    )


def _is_told(numbers: Mapping) -> bool:
    return numbers["linear"] > numbers["null_high"]


def _told_apart(numbers: Mapping) -> str:
    can = "can" if _is_told(numbers) else "cannot surely"
    low, high = numbers.get("before_low"), numbers.get("before_high")
    bounds = ""
    if low is not None and high is not None:
        bounds = f" [{say.auc(low)}, {say.auc(high)}]"
    return (
        f"A simple classifier {can} tell from it which corpus a clip comes from: AUC "
        f"{say.auc(numbers['linear'])}{bounds}."
    )


def _lost(losses: Sequence[Mapping], means: pd.DataFrame, names: Names) -> str:
    sure = [one for one in losses if (one["numbers"]["low"] or 0) > 0]
    largest = max(sure or losses, key=lambda one: one["numbers"]["drop"])
    who = f"{len(sure)} of {len(losses)} classifiers lose" if sure else "No classifier surely loses"
    if len(sure) == len(losses):
        who = f"All {len(sure)} classifiers lose" if len(sure) > 1 else "The one classifier loses"
    return (
        f"{who} AUC on the corpus not trained on; the most "
        f"{say.name(largest['about']['model'], names)}: {_falls(largest, means, names)}."
    )


def _falls(drop: Mapping, means: pd.DataFrame, names: Names) -> str:
    """What a classifier reaches on its own corpus and on the other one, the difference, and what
    one that was trained there reaches: the other corpus may be harder for both."""
    about, numbers = drop["about"], drop["numbers"]
    uncorrected = means[(means["method"] == REFERENCE) & (means["model"] == about["model"])]
    auc = uncorrected.set_index(["train_corpus", "test_corpus"])["auc"]
    home = about["train_corpus"]
    other = next(test for train, test in auc.index if train == home != test)
    train, test = say.name(home, names), say.name(other, names)
    size, low, high = numbers["drop"], numbers["low"], numbers["high"]
    verb, word = "falls", "less"
    if size < 0:
        verb, word, size = "rises", "more", -size
        low, high = (None, None) if low is None else (-high, -low)
    chance = "" if low is not None and low > 0 else ", which may be chance"
    there = f"one trained on {test} reaches {say.auc(auc[other, other])} there"
    at_home, abroad = (say.auc(numbers[name]) for name in ("auc", "auc_abroad"))
    if say.change(size) == say.change(0):
        same = f"trained on {train}, its AUC is {at_home} on both"
        return f"{same}, a difference of 0.00 {say.bounds(low, high)}; {there}"
    return (
        f"trained on {train}, its AUC {verb} from {at_home} on {train} to "
        f"{abroad} on {test}, {say.change(size)} points {word} "
        f"{say.bounds(low, high)}{chance}; {there}"
    )


def _origin(
    sources: pd.DataFrame, own: Sequence[Mapping], names: Names
) -> Iterator[tuple[str, str]]:
    named = {
        one["about"]["model"]
        for one in own
        if one["kind"] == "sources" and set(one["numbers"]) & set(sources["property"])
    }
    single = sources[sources["kind"].isin(NAMED_KINDS) & sources["r2_alone"].notna()]
    # The findings name groups one after another, each for what it adds: the first is the clue.
    first = single[single["step"].eq(1).fillna(False) & single["model"].isin(named)]
    if first.empty and not single.empty:
        yield "Where from?", "No measured property, genre or label explains it."
    elif not first.empty:
        top = first.loc[first["r2_alone"].astype(float).idxmax()]
        low, high = (100 * top[f"r2_alone_{end}"] for end in ("low", "high"))
        clue = factor_title(top["property"])
        yield (
            "Where from?",
            f"The best clue is {clue}: it alone explains {100 * top['r2_alone']:.0f} % "
            f"[{low:.0f}, {high:.0f}] of what tells the corpora apart in "
            f"{say.name(top['model'], names)} (they go together; that is no proof of a cause).",
        )


def _tried(across: pd.DataFrame, names: Names) -> str:
    methods = [say.name(method, names) for method in across["method"].unique()]
    models = across["model"].nunique()
    return (
        f"{len(methods)} correction{'s' * (len(methods) > 1)} of {models} "
        f"embedding{'s' * (models > 1)}: {listed(methods)}."
    )


def _helped(own, across: pd.DataFrame, better: pd.DataFrame, names: Names) -> str:
    if len(better):
        top = extreme(better, "idxmax")
        return (
            f"Most of all {which(top, names)}: {size_of(top)} points of AUC "
            f"{transfer(top, names)}, one of {len(better)} gains beyond noise among "
            f"{len(across)} changes."
        )
    top = extreme(across, "idxmax")
    if not top["change"] > 0:
        return "Nothing: no correction raises the AUC across the corpora."
    return (
        f"Nothing helped beyond noise: the largest of {len(across)} changes, {size_of(top)} points "
        f"by {which(top, names)} {transfer(top, names)}, may be chance{_wanted(own)}."
    )


def _wanted(own: Sequence[Mapping]) -> str:
    """How many test clips would settle what cannot be told."""
    numbers = [one["numbers"] for one in own if one["kind"] == "clips_wanted"]
    settled = [one for one in numbers if one["clips_needed"]]
    if not settled:
        return ""
    most = max(settled, key=lambda one: one["clips_needed"])
    return (
        f"; it would take about {most['clips_needed']:,} test clips a corpus instead of "
        f"{most['clips']:,} to see a change of {100 * most['margin']:g} points"
    )


def _cost(changes: pd.DataFrame, names: Names) -> str:
    worse = changes[changes["verdict"] == WORSE]
    if worse.empty:
        return "Nothing beyond noise: no correction surely lowers an AUC."
    low = extreme(worse, "idxmin")
    return (
        f"At worst {size_of(low)} points of AUC, by {which(low, names)} {transfer(low, names)}; "
        f"{len(worse)} of {len(changes)} changes are losses beyond noise."
    )


def _advice(across: pd.DataFrame, better: pd.DataFrame, names: Names) -> str:
    cells = ["model", "method", "mode"]
    harmful = pd.MultiIndex.from_frame(across.loc[across["verdict"] == WORSE, cells])
    safe = better[~pd.MultiIndex.from_frame(better[cells]).isin(harmful)]
    if len(safe):
        top = extreme(safe, "idxmax")
        return (
            f"Correct {say.name(top['model'], names)} with "
            f"{correction_name(top['method'], top['mode'], names)}, and confirm the gain on clips "
            "that were not used here."
        )
    return (
        "Keep the embeddings as they are, train on clips of every corpus that matters, and test "
        "on a corpus that was not trained on."
    )

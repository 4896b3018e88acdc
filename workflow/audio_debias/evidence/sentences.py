"""The sentences of the findings: one function a kind, each from numbers of the tables alone."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from audio_debias.evidence import wording as say
from audio_debias.evidence.bootstrap import CELL, MEAN
from audio_debias.evidence.modes import once
from audio_debias.evidence.verdicts import OPEN, VERDICTS
from audio_debias.evidence.wording import Names


@dataclass(frozen=True)
class Finding:
    """A sentence.

    Attributes
    ----------
    kind : str
        What it is about: the name of the function that made it.
    text : str
    about : dict of str to str
        The pair, model, method, mode or transfer that it is about.
    numbers : dict of str to number or None
        What it was made from, in [0, 1] as in the tables; the text has AUC points.
    """

    kind: str
    text: str
    about: dict
    numbers: dict


def told_apart(adversaries: pd.DataFrame, names: Names) -> list[Finding]:
    """How well a model's own embeddings give the corpus away."""
    found = []
    rows = adversaries[adversaries["method"] == "none"]
    rows = rows.drop_duplicates(["pair", "model", "adversary"])
    for (pair, model), part in rows.groupby(["pair", "model"], sort=False):
        part = part.set_index("adversary")
        linear, aucs = part.loc["linear"], part["auc_before"]
        reached = say.estimate(linear, "auc_before", "before_low", "before_high")
        subject, corpora = say.name(model, names), say.name(pair, names)
        if aucs["linear"] > linear["null_high"]:
            text = f"{subject} tells {corpora} apart: a linear probe reaches {reached}"
        elif linear["null_high"] > say.WIDE_NULL:
            text = (
                f"Whether {subject} tells {corpora} apart cannot be told from so few test tracks, "
                f"with which chance reaches {say.auc(linear['null_high'])}: a linear probe reaches "
                f"{reached}"
            )
        else:
            text = f"{subject} does not tell {corpora} apart: a linear probe reaches {reached}"
        text = f"{text} on test clips (50 is chance), {say.others(aucs)}."
        numbers = say.numbers(linear, ["before_low", "before_high", "null_low", "null_high"])
        numbers |= say.numbers(aucs, aucs.index)
        found.append(Finding("told_apart", text, {"pair": pair, "model": model}, numbers))
    return found


def drops(table: pd.DataFrame, names: Names) -> list[Finding]:
    """What an uncorrected classifier loses on the other corpus."""
    found = []
    rows = table[(table["method"] == "none") & (table["label"] == MEAN) & table["drop"].notna()]
    for _, row in rows.drop_duplicates(["pair", "model", "train_corpus"]).iterrows():
        size, low, high = row["drop"], row["low"], row["high"]
        verb = "loses"
        if size < 0:
            verb, size, low, high = "gains", -size, -high, -low
        sure = pd.notna(low) and low > 0
        train, test = (say.name(row[f"{end}_corpus"], names) for end in ("train", "test"))
        text = (
            f"Trained on {train}, {say.name(row['model'], names)} {verb} {say.change(size)} "
            f"{say.bounds(low, high)} points of mean AUC on {test}"
            f"{'' if sure else '; that may be chance'}."
        )
        about = {key: row[key] for key in ("pair", "model", "train_corpus")}
        keys = ["auc", "auc_abroad", "drop", "low", "high"]
        found.append(Finding("drops", text, about, say.numbers(row, keys)))
    return found


def corrections(
    intervals: pd.DataFrame, adversaries: pd.DataFrame, ranks: pd.DataFrame, names: Names
) -> list[Finding]:
    """What each correction takes from adversaries, and what it does across corpora.

    Parameters
    ----------
    intervals, adversaries : DataFrame
    ranks : DataFrame
        ``pair, model, method, mode, rank``: how many directions were taken out.
    names : mapping of str to str
    """
    told: dict = {}
    across = intervals[
        (intervals["label"] == MEAN)
        & (intervals["train_corpus"] != intervals["test_corpus"])
        & intervals["change"].notna()
    ]
    ranks = ranks.assign(rank=ranks["rank"].astype(float)).groupby(CELL)["rank"].mean()
    judged = {cell: part.set_index("adversary") for cell, part in adversaries.groupby(CELL)}
    for cell, part in across.groupby(CELL, sort=False):
        pair, model, method, mode = cell
        numbers: dict[str, float | None] = {}
        text = ""
        rank = float(ranks.get(cell, 0))
        if cell in judged and (rank > 0 or _changed(judged[cell])):
            text += f" {_removed(rank, judged[cell])}."
            numbers |= {"rank": rank} if rank > 0 else {}
            for name, row in judged[cell].iterrows():
                keys = ["auc_before", "auc_after", "null_low", "null_high"]
                numbers |= {f"{name} {key}": n for key, n in say.numbers(row, keys).items()}
        changes = []
        for _, row in part.iterrows():
            transfer = " → ".join(
                say.name(row[f"{end}_corpus"], names) for end in ("train", "test")
            )
            size = (
                f"{say.signed(row['change'])} {say.bounds(row['change_low'], row['change_high'])}"
            )
            changes.append(f"{transfer} by {size}: {say.verdict(row)}")
            keys = ["change", "change_low", "change_high", "p_holm"]
            start = f"{row['train_corpus']} → {row['test_corpus']}"
            numbers |= {f"{start} {key}": n for key, n in say.numbers(row, keys).items()}
        text += f" Mean AUC across corpora changes, {'; '.join(changes)}."
        # A method that does not depend on the mode stands in each, and is told once.
        modes, _ = told.setdefault((pair, model, method, text), ([], numbers))
        modes.append(mode)
    return [
        Finding(
            "corrections",
            f"{say.name(method, names)} on {say.name(model, names)} ({', '.join(modes)}).{text}",
            {"pair": pair, "model": model, "method": method, "mode": ", ".join(modes)},
            numbers,
        )
        for (pair, model, method, text), (modes, numbers) in told.items()
    ]


def _removed(rank: float, adversary: pd.DataFrame) -> str:
    linear = adversary.loc["linear"]
    before, after = say.auc(linear["auc_before"]), say.auc(linear["auc_after"])
    start = "A"
    if rank > 0:
        start = "One direction removed" if rank == 1 else f"{rank:.3g} directions removed"
        start += "; a"
    text = f"{start} new linear probe finds the domain no better than chance, {after}"
    if linear["auc_after"] > linear["null_high"]:
        text = f"{start} new linear probe still finds the domain at {after}"
    elif linear["auc_after"] < linear["null_low"]:
        text = f"{start} new linear probe is turned round, below chance, at {after}"
    return f"{text} (before: {before}), {say.others(adversary['auc_after'])}"


def _changed(adversary: pd.DataFrame) -> bool:
    """Whether a correction without directions, a map of each corpus, moved anything."""
    return bool((adversary["auc_after"] != adversary["auc_before"]).any())


def verdicts(intervals: pd.DataFrame) -> list[Finding]:
    """How many of a pair's changes of means are real."""
    found = []
    rows = intervals[(intervals["label"] == MEAN) & intervals["verdict"].notna()]
    for pair, part in rows.groupby("pair", sort=False):
        counts = {one: int((part["verdict"] == one).sum()) for one in VERDICTS}
        listed = ", ".join(f"{count} {one}" for one, count in counts.items() if count)
        text = f"Of {len(part)} changes of a mean AUC, after Holm's correction: {listed}."
        found.append(Finding("verdicts", text, {"pair": pair}, counts))
    return found


def clips_wanted(intervals: pd.DataFrame, margin: float, names: Names) -> list[Finding]:
    """How many test clips would settle what cannot be told (median over such changes)."""
    found = []
    rows = intervals[(intervals["label"] == MEAN) & (intervals["verdict"] == OPEN)]
    for (pair, test), part in rows.groupby(["pair", "test_corpus"], sort=False):
        clips, needed = int(part["clips"].max()), part["clips_needed"].dropna()
        what = f"a change of {margin:g} points on {say.name(test, names)}"
        wanted = int(needed.median()) if len(needed) else None
        if wanted is None:
            text = f"No number of test clips alone would find {what}: training samples differ more."
        else:
            text = (
                f"To find {what} takes about {wanted:,} test clips, there are {clips:,} (median "
                f"over {len(needed)} changes that cannot be told)."
            )
        numbers = {"changes": len(needed), "clips": clips, "margin": margin / 100}
        about = {"pair": pair, "test_corpus": test}
        found.append(Finding("clips_wanted", text, about, numbers | {"clips_needed": wanted}))
    return found


def training_share(intervals: pd.DataFrame) -> list[Finding]:
    """How much of the variance of the changes comes from the training sample."""
    found = []
    rows = intervals[(intervals["label"] == MEAN) & intervals["change_sd_training"].notna()]
    for pair, part in rows.groupby("pair", sort=False):
        variance = part[["change_sd_test", "change_sd_training"]].astype(float).pow(2).sum()
        if not variance.sum():
            continue
        share = float(variance["change_sd_training"] / variance.sum())
        text = (
            f"{100 * share:.0f} % of the variance of the changes comes from which training clips "
            f"were sampled, {100 - 100 * share:.0f} % from which clips were tested on."
        )
        found.append(Finding("training_share", text, {"pair": pair}, {"training_share": share}))
    return found


def random_directions(
    band: pd.DataFrame, intervals: pd.DataFrame, free: pd.MultiIndex, names: Names
) -> list[Finding]:
    """Which changes are no larger than those that random directions make."""
    keys = ["pair", "model", "mode", "train_corpus", "test_corpus", "label"]
    rows = intervals.drop(columns=["low", "high"]).merge(band.drop(columns="method"), on=keys)
    rows = rows[
        (rows["label"] == MEAN)
        & (rows["train_corpus"] != rows["test_corpus"])
        & ~rows["method"].isin(["none", "random"])
        & rows["change"].notna()
    ]
    rows = once(rows, free)
    found = []
    for (pair, model), part in rows.groupby(["pair", "model"], sort=False):
        numbers = {
            "low": float(part["low"].min()),
            "high": float(part["high"].max()),
            "draws": int(part["draws"].iloc[0]),
            "inside": int(part["change"].between(part["low"], part["high"]).sum()),
            "changes": len(part),
        }
        text = (
            f"On {say.name(model, names)}, random directions change mean AUC across corpora by "
            f"{say.signed(numbers['low'])} to {say.signed(numbers['high'])} points "
            f"({numbers['draws']} draws); {numbers['inside']} of {len(part)} changes by a "
            "correction lie within what they do."
        )
        about = {"pair": pair, "model": model}
        found.append(Finding("random_directions", text, about, numbers))
    return found


def published_noise(table: pd.DataFrame) -> list[Finding]:
    """How many of the poster's changes exceed the noise of its own test sets."""
    known = table[table["exceeds"].notna()]
    if known.empty:
        return []
    alone, together = int(known["exceeds"].sum()), int(known["exceeds_holm"].sum())
    text = (
        f"Of the poster's {len(known)} cross-domain changes, {alone} exceed the noise of its own "
        f"test sets taken one by one, {together} after Holm's correction."
    )
    numbers = {"changes": len(known), "exceeds": alone, "exceeds_holm": together}
    return [Finding("published_noise", text, {}, numbers)]


def controls(table: pd.DataFrame, names: Names) -> list[Finding]:
    """Whether the controls came out at chance."""
    found = []
    for _, row in table.iterrows():
        where = say.name(row["model"], names)
        if pd.notna(row["train_corpus"]):
            where += f", {say.transfer(row, names)}"
        verdict = "at chance, as it must be" if row["at_chance"] else "not at chance: seek the leak"
        text = (
            f"Control, {row['control']} ({where}): AUC {say.estimate(row, 'auc', 'low', 'high')} "
            f"over {row['draws']} draws, {verdict}."
        )
        keys = ["pair", "model", "control", "train_corpus", "test_corpus"]
        about = {key: row[key] for key in keys if pd.notna(row[key])}
        found.append(Finding("controls", text, about, say.numbers(row, ["auc", "low", "high"])))
    return found


def redrawn(counts: Mapping[str, int], resamples: int, names: Names) -> list[Finding]:
    """Which corpora's resamples lacked a class."""
    return [
        Finding(
            "redrawn",
            f"{count:,} resamples of {say.name(corpus, names)} lacked a class of some label and "
            f"were drawn again, to have {resamples:,}.",
            {"test_corpus": corpus},
            {"redrawn": count, "resamples": resamples},
        )
        for corpus, count in counts.items()
        if count
    ]

"""The sentence of the answer that says whether a correction took the bias out."""

from collections.abc import Collection, Mapping, Sequence

from audio_debias.evidence import wording as say
from audio_debias.reports.answer_words import which
from audio_debias.reports.names import Names


def whether_gone(own: Sequence[Mapping], biased: Collection[str], names: Names) -> str | None:
    """Whether a correction leaves a simple classifier at chance, and what a stronger one finds.

    Parameters
    ----------
    own : sequence of mapping
        The findings of the pair.
    biased : collection of str
        Models that surely tell the corpora apart.
    names : mapping of str to str

    Returns
    -------
    str or None
        None where no correction of such a model was judged.
    """
    judged = [
        one
        for one in own
        if one["about"].get("model") in biased and "linear auc_after" in one["numbers"]
    ]
    if not judged:
        return None
    gone = [one for one in judged if _at_chance(one["numbers"], "linear")]
    if not gone:
        least = min(judged, key=lambda one: abs(one["numbers"]["linear auc_after"] - 0.5))
        after, low = (least["numbers"][f"linear {key}"] for key in ("auc_after", "null_low"))
        method = which(_about(least), names)
        if after < low:
            return (
                f"Not surely: after {method} a simple classifier does worse than guessing, at AUC "
                f"{say.auc(after)}; turned round, it would tell the corpora apart."
            )
        return (
            "No: after every correction a simple classifier still tells the corpora apart, after "
            f"{method} the least, at AUC {say.auc(after)}."
        )
    best = min(gone, key=lambda one: one["numbers"]["rbf auc_after"])
    models = {one["about"]["model"] for one in judged}
    where = {one["about"]["model"] for one in gone}
    simple, stronger = (say.auc(best["numbers"][f"{by} auc_after"]) for by in ("linear", "rbf"))
    found = "A stronger one still tells them apart"
    if _at_chance(best["numbers"], "rbf"):
        found = "A stronger one is at chance too"
    return (
        f"For a simple classifier, in {len(where)} of {len(models)} embeddings: after "
        f"{which(_about(best), names)} it is at AUC {simple}, where 50 is guessing. {found}: "
        f"{stronger}."
    )


def _at_chance(numbers: Mapping, adversary: str) -> bool:
    low, after, high = (
        numbers[f"{adversary} {key}"] for key in ("null_low", "auc_after", "null_high")
    )
    return low <= after <= high


def _about(one: Mapping) -> dict:
    """What a correction's finding is about; of one that does not depend on the mode, without it."""
    mode = one["about"]["mode"]
    return dict(one["about"]) | {"mode": "any" if "," in mode else mode}

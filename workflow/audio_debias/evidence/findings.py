"""Findings: the page of plain sentences, and the same for machines."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from audio_debias.evidence import sentences, source_sentences
from audio_debias.evidence.modes import free_of_modes, once
from audio_debias.evidence.sentences import Finding
from audio_debias.evidence.wording import Names, percent
from audio_debias.files import reading


def collect(
    intervals: pd.DataFrame,
    drops: pd.DataFrame,
    adversaries: pd.DataFrame,
    ranks: pd.DataFrame,
    *,
    margin: float,
    resamples: int,
    redrawn: Mapping[str, int],
    names: Names,
    band: pd.DataFrame | None = None,
    controls: pd.DataFrame | None = None,
    published: pd.DataFrame | None = None,
    sources: pd.DataFrame | None = None,
    identified: pd.DataFrame | None = None,
) -> list[Finding]:
    """All sentences that the tables of a run give; see :mod:`audio_debias.evidence.sentences`.

    Parameters
    ----------
    intervals, drops, adversaries, ranks : DataFrame
    margin : float
        AUC points.
    resamples : int
    redrawn : mapping of test corpus to int
    names : mapping of str to str
        Display names of models, corpora, pairs and methods.
    band, controls, published : DataFrame, optional
        What :mod:`audio_debias.evidence.controls` and :mod:`audio_debias.evidence.poster` give.
    sources, identified : DataFrame, optional
        What :mod:`audio_debias.evidence.pair_sources` gives, led by ``pair`` and ``model``.
    """
    free = free_of_modes(intervals)
    single = once(intervals, free)
    found = [
        *sentences.told_apart(adversaries, names),
        *sentences.drops(drops, names),
        *sentences.corrections(intervals, adversaries, ranks, names),
        *sentences.verdicts(single),
        *sentences.clips_wanted(single, margin, names),
        *sentences.training_share(single),
    ]
    if sources is not None and identified is not None:
        found += source_sentences.sentences(sources, identified, names)
        found += source_sentences.along(sources, identified, names)
    if band is not None:
        found += sentences.random_directions(band, intervals, free, names)
    if published is not None:
        found += sentences.published_noise(published)
    if controls is not None:
        found += sentences.controls(controls, names)
    return found + sentences.redrawn(redrawn, resamples, names)


def markdown(found: Sequence[Finding], level: float = 0.95) -> str:
    """The page: a heading per kind, a line per sentence; `level` is what intervals were made at."""
    lines = ["# Findings", "", _SMALL_PRINT.format(percent(level))]
    for kind, heading in _HEADINGS.items():
        sentences = [one.text for one in found if one.kind == kind]
        if sentences:
            lines += ["", f"## {heading}", "", *(f"- {text}" for text in sentences)]
    return "\n".join(lines) + "\n"


def read_findings(path: str | Path) -> list[dict]:
    """Read what :func:`as_json` gave, without the digests.

    Raises
    ------
    InputError
        If it is damaged.
    """
    with reading(path):
        found = json.loads(Path(path).read_text(encoding="utf-8"))
        for one in found if isinstance(found, list) else [found]:
            types = {key: type(one[key]) for key in ("kind", "text", "about", "numbers")}
            if list(types.values()) != [str, str, dict, dict]:
                raise ValueError("a finding is a kind, a text, what it is about and numbers")
            if one.pop("digest") != _digest(one):
                raise ValueError(f"a digest does not fit: {one['text'][:60]!r}")
        return found


def as_json(found: Sequence[Finding]) -> str:
    """A list of objects with ``kind, text, about, numbers`` and a ``digest`` of these."""
    told = [asdict(one) for one in found]
    told = [one | {"digest": _digest(one)} for one in told]
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def _digest(finding: Mapping) -> str:
    """The first 64 bits of the SHA-256 of a finding."""
    text = json.dumps(finding, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


_HEADINGS = {
    "told_apart": "The bias",
    "sources": "Where it comes from",
    "directions": "What the directions hold",
    "drops": "What it costs",
    "corrections": "What corrections do",
    "verdicts": "What is real",
    "clips_wanted": "What it would take",
    "training_share": "Where the noise comes from",
    "random_directions": "Beside random directions",
    "published_noise": "The published table",
    "controls": "Controls",
    "redrawn": "Small print",
}
_SMALL_PRINT = (
    "AUCs are in points (× 100). Square brackets hold {} intervals: test clips are resampled with "
    "replacement, whole tracks at a time, and all methods meet the same resamples. A change is "
    "better or worse if its test holds after Holm's correction over the table, no difference if "
    "its interval lies inside the margin, else it cannot be told."
)

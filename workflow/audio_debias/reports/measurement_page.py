"""The report of a table: sentences first, then what they were made from."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from audio_debias.corpora.properties import PROPERTIES
from audio_debias.files import replacing
from audio_debias.reports.page import render

PROBES = {"linear": "a linear probe", "rbf": "a nonlinear probe", "neighbours": "nearest rows"}
MARGIN = 0.005
"""Half a point: less is no difference."""


def write_report(folder: str | Path, measured: Mapping, correction: str | None = None) -> None:
    """Write ``report.html`` and ``report.json``.

    Parameters
    ----------
    folder : path
        Made if it is not there.
    measured : mapping
        What :func:`~audio_debias.evidence.measurement.measure_table` gives.
    correction : str, optional
        What the correction is called.
    """
    folder = Path(folder)
    page = render(
        "measurement.html",
        f"Bias of {Path(measured['table']['source']).name}",
        sentences=list(sentences(measured)),
        states=[(when, measured[when]) for when in ("before", "after") if when in measured],
        grids={when: _grid(measured[when]) for when in ("before", "after") if when in measured},
        table=measured["table"],
        sources=[one | {"title": _title(one["cause"])} for one in measured["sources"]],
        probes=PROBES,
        correction=correction,
    )
    with replacing(folder / "report.html") as temporary:
        temporary.write_text(page, encoding="utf-8")
    with replacing(folder / "report.json") as temporary:
        temporary.write_text(json.dumps(measured, indent=1, allow_nan=False), encoding="utf-8")


def sentences(measured: Mapping) -> Iterator[str]:
    """What was found, a sentence each."""
    before = measured["before"]
    yield _told(before["identification"])
    if measured["sources"]:
        yield _causes(measured["sources"])
    drop = _drop(before["labels"])
    if drop:
        yield drop
    if "after" in measured:
        yield _removed(before["identification"], measured["after"]["identification"])
        kept = _kept(before["labels"], measured["after"]["labels"])
        if kept:
            yield kept


def _told(found: Mapping) -> str:
    k, probes = len(found["domains"]), found["probes"]
    chance = f"chance is {_percent(found['chance'])}"
    best = max(probes, key=lambda name: probes[name]["accuracy"])
    for name in ("linear", best):
        one = probes[name]
        if one["accuracy"] > one["null_high"] and one["low"] > found["chance"]:
            return (
                f"The embedding carries the domain: {PROBES[name]} names the right one of {k} for "
                f"{_share(one)} of rows that it never saw ({chance})."
            )
    return f"No probe tells the {k} domains apart ({_percent(probes[best]['accuracy'])}; {chance})."


def _causes(sources) -> str:
    parts = [f"{_title(one['cause'])} (R² {one['r2']:.2f}, {one['domain']})" for one in sources[:5]]
    return f"The domain score goes with {', '.join(parts)}."


def _drop(labels: Mapping) -> str:
    within, cross, lost = labels["within"], labels["cross"], labels["lost"]
    if not lost:
        return ""
    points = f"{100 * lost['auc']:.1f} points [{100 * lost['low']:.1f}, {100 * lost['high']:.1f}]"
    told = f"no more is lost on the way than chance may take ({points})."
    if lost["auc"] >= MARGIN and lost["low"] > 0:
        told = f"{points} are lost on the way."
    return (
        f"Labels learnt on a domain reach a mean AUC of {_points(within)} on its own test rows and "
        f"{_points(cross)} on those of other domains: {told}"
    )


def _removed(before: Mapping, after: Mapping) -> str:
    parts = [
        f"{PROBES[name]} from {_percent(one['accuracy'])} to "
        f"{_percent(after['probes'][name]['accuracy'])}"
        for name, one in before["probes"].items()
    ]
    return (
        f"The correction brings {', '.join(parts)} (chance {_percent(before['chance'])}); the "
        "probes were trained anew."
    )


def _kept(before: Mapping, after: Mapping) -> str:
    parts = []
    for name in ("within", "cross"):
        if before[name] and after[name]:
            change = after[name]["auc"] - before[name]["auc"]
            word = "unchanged" if abs(change) < MARGIN else f"{100 * change:+.1f} points"
            parts.append(f"{name} domains {_points(after[name])} ({word})")
    return f"Mean AUC of the labels after it: {', '.join(parts)}." if parts else ""


def _grid(state: Mapping) -> dict[str, list[Mapping | None]]:
    """The cells of each train domain, one a test domain; None where no label could be tried."""
    names = state["identification"]["domains"]
    cells = {(cell["train"], cell["test"]): cell for cell in state["labels"]["cells"]}
    return {one: [cells.get((one, other)) for other in names] for one in names}


def _title(cause: str) -> str:
    return PROPERTIES[cause].title if cause in PROPERTIES else cause


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _points(one: Mapping) -> str:
    return f"{100 * one['auc']:.1f} {_bounds(one)}".strip()


def _bounds(one: Mapping) -> str:
    if one["low"] is None or one["high"] is None:
        return ""
    low, high = f"{100 * one['low']:.1f}", f"{100 * one['high']:.1f}"
    return "" if low == high else f"[{low}, {high}]"


def _share(one: Mapping) -> str:
    return f"{_percent(one['accuracy'])} {_bounds(one)}".strip()

"""The page people show: one file that opens from disk, holds all it needs and asks no network."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources

import pandas as pd
import vl_convert
from markupsafe import Markup

from audio_debias.evidence.modes import free_of_modes, once
from audio_debias.evidence.source_sentences import factor_title
from audio_debias.evidence.sources import NAMED_KINDS
from audio_debias.evidence.wording import percent
from audio_debias.reports import index_data
from audio_debias.reports.answer import Answer, answers
from audio_debias.reports.charts import charts
from audio_debias.reports.names import Names
from audio_debias.reports.page import render


def index_page(
    findings: Sequence[Mapping],
    intervals: pd.DataFrame,
    in_space: pd.DataFrame,
    adversaries: pd.DataFrame,
    cosines: pd.DataFrame | None = None,
    strengths: pd.DataFrame | None = None,
    *,
    title: str,
    names: Names,
    level: float = 0.95,
    sources: pd.DataFrame | None = None,
    counts: pd.DataFrame | None = None,
    links: Mapping[str, str] | None = None,
    clips_of: Callable[[list[Answer]], pd.DataFrame] | None = None,
    maps_of: Callable[[Mapping], Mapping[str, dict]] | None = None,
) -> str:
    """The page as HTML.

    Parameters
    ----------
    findings : sequence of mapping
        What ``findings.json`` holds.
    intervals, in_space, adversaries, cosines, strengths : DataFrame
        The tables of the run of those names (``strength.parquet`` the last).
    title : str
    names : mapping of str to str
        Display names of models, corpora, pairs and methods.
    level : float
        At which the intervals were made, but for those of `sources`: those are at 0.95.
    sources : DataFrame, optional
        Columns ``pair, model, property, kind, r2_alone, r2_alone_low, r2_alone_high, r2_added``; of
        several domain scores (``score``) that of the linear probe is shown.
    counts : DataFrame, optional
        ``corpus, label, genre, clips``: what :func:`count_positives` gives.
    links : mapping of text to address, optional
        Other files of the run, relative to the page.
    clips_of : callable, optional
        From the answers to the clips to be heard: what
        :func:`~audio_debias.reports.telling_clips.with_sound` gives.
    maps_of : callable, optional
        From the vocabulary to what :func:`~audio_debias.reports.map_data.map_blocks` gives.

    Returns
    -------
    str
        A whole HTML document. Its policy allows the scripts that it was made with and nothing from
        a network.
    """
    free = free_of_modes(intervals)
    intervals, in_space, adversaries = (
        once(table, free) for table in (intervals, in_space, adversaries)
    )
    words = index_data.vocabulary(intervals, names)
    sources = _of_linear_probe(sources)
    told = answers(findings, intervals, names, sources)
    blocks = index_data.blocks(intervals, in_space, words, names)
    removed = index_data.removal(adversaries, words)
    angles = {} if cosines is None else index_data.cosines(cosines, words, names)
    curves = {} if strengths is None else index_data.strengths(strengths, words)
    origins = {} if sources is None else _origins(sources, words)
    maps = maps_of(words) if maps_of else {}
    for answer in told:
        blocks[answer.pair] |= {
            "best": answer.best,
            "removal": removed.get(answer.pair, []),
            "cosines": angles.get(answer.pair, []),
            "strengths": curves.get(answer.pair, []),
            "sources": origins.get(answer.pair, []),
            "map": maps.get(answer.pair),
        }
    if counts is not None:
        counts = counts.assign(corpus=counts["corpus"].map(lambda name: names.get(name, name)))
        words["counts"] = counts[["corpus", "label", "genre", "clips"]].to_numpy().tolist()
    scripts = [*bundles(), render("index.js", "")]
    return render(
        "index.html",
        title,
        answers=told,
        level=percent(level),
        words=as_json(words),
        blocks={pair: as_json(block) for pair, block in blocks.items()},
        charts=as_json(charts(percent(level))),
        scripts=[Markup(script) for script in scripts],
        policy=policy(scripts),
        table_style=table_style(),
        links=links or {},
        clips=_spoken(clips_of(told), names) if clips_of else [],
    )


def answer_page(
    findings: Sequence[Mapping],
    intervals: pd.DataFrame,
    *,
    title: str,
    names: Names,
    level: float = 0.95,
    sources: pd.DataFrame | None = None,
) -> str:
    """The answers alone, without a script: small enough for Snakemake's report to embed, which
    browsers refuse of pages beyond 1.5 MB.

    Parameters
    ----------
    findings, intervals, title, names, level, sources
        As :func:`index_page`.
    """
    told = answers(
        findings, once(intervals, free_of_modes(intervals)), names, _of_linear_probe(sources)
    )
    return render("answer.html", title, answers=told, level=percent(level))


def count_positives(clips: Mapping[str, pd.DataFrame], labels: Sequence[str]) -> pd.DataFrame:
    """Positive clips per corpus, label and genre, from clip tables.

    Returns
    -------
    DataFrame
        ``corpus, label, genre, clips``; clips of no known genre under ``(none)``.
    """
    rows = []
    for corpus, table in clips.items():
        genre = table["genre"].astype(object).where(table["genre"].notna(), "(none)")
        for label in (one for one in labels if one in table):
            positive = table[label].fillna(False).astype(bool)
            counted = positive.groupby(genre).sum()
            rows += [(corpus, label, name, int(count)) for name, count in counted.items()]
    return pd.DataFrame(rows, columns=["corpus", "label", "genre", "clips"])


def as_json(value) -> Markup:
    """JSON that may stand in a script element: no text in it can end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c"))


def policy(scripts: Sequence[str]) -> str:
    """A Content-Security-Policy under which these inline scripts run, no other, and no network."""
    allowed = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in scripts
    )
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data: blob:; media-src data:; base-uri 'none'; form-action 'none'"
    )


@cache
def bundles() -> tuple[str, str]:
    """DataTables (as the global ``jQuery``) and Vega-Embed (``vegaEmbed``), as module scripts."""
    tables = _table_bundle("js")
    exported = re.search(r"export\s*\{([^}]*)\}\s*;?", tables)
    own = re.search(r"(\w+) as jQuery", exported[1]) if exported else None
    if exported is None or own is None:
        raise RuntimeError("itables: its bundle exports no jQuery; pin the version in envs/")
    tables = tables.replace(exported[0], f"window.jQuery={own[1]};")
    charts = vl_convert.javascript_bundle()  # type: ignore[call-arg]  # None, says its docstring
    return _inside_element(tables), _inside_element(charts)


def _inside_element(script: str) -> str:
    """The script with nothing in its strings that could end the element that holds it."""
    safe = re.sub(r"</(script)", r"<\\/\1", script, flags=re.IGNORECASE)
    return safe.replace("<!--", "<\\!--")


def table_style() -> Markup:
    """The style sheet of DataTables."""
    return Markup(_table_bundle("css"))


def _table_bundle(kind: str) -> str:
    return (resources.files("itables") / "html" / f"dt_bundle.{kind}").read_text(encoding="utf-8")


def _of_linear_probe(sources: pd.DataFrame | None) -> pd.DataFrame | None:
    if sources is None or "score" not in sources:
        return sources
    return sources[sources["score"] == "linear"]


def _spoken(clips: pd.DataFrame, names: Names) -> list[dict]:
    """The list of clips as text."""
    titled = clips.assign(
        **{
            f"{key}_title": clips[key].map(lambda name: names.get(name, name))
            for key in ("model", "train_corpus", "test_corpus")
        }
    )
    titled = titled.astype(object).where(titled.notna(), None)
    return titled.to_dict("records")


def _origins(sources: pd.DataFrame, words: Mapping[str, Sequence]) -> dict[str, list]:
    codes = {name: i for i, (name, _) in enumerate(words["models"])}
    single = sources[sources["kind"].isin(NAMED_KINDS)]
    single = single.sort_values("r2_alone", ascending=False, kind="stable")
    columns = ["r2_alone", "r2_alone_low", "r2_alone_high", "r2_added"]
    points = (100 * single[columns].astype(float)).round(2).astype(object)
    points = points.where(points.notna(), None)
    found: dict[str, list] = {}
    for pair, model, source, *values in zip(
        single["pair"], single["model"], single["property"], *points.T.to_numpy(), strict=True
    ):
        if model in codes:
            found.setdefault(pair, []).append([codes[model], factor_title(source), *values])
    return found

"""The table of the paper: models x methods, within and across corpora, both modes side by side."""

import html
from collections.abc import Iterator, Mapping

import pandas as pd

from audio_debias.evidence.bootstrap import MEAN
from audio_debias.evidence.wording import percent
from audio_debias.experiment.method import REFERENCE
from audio_debias.reports.names import MODES, Names, corpora_of, row_name, transfers_of
from audio_debias.reports.page import render
from audio_debias.reports.summary import BIAS, CELL, mean_auc, mean_bias
from audio_debias.reports.table_cells import arrow, auc_cell, band_cell, number, text_cell
from audio_debias.reports.table_notes import control_notes, few_notes, label_notes

_ROW = ["pair", "model", "method"]
_TRANSFERS = ["a_to_a", "b_to_b", "b_to_a", "a_to_b"]
_BOUNDS = ["low", "high", "change_low", "change_high"]


def wide_table(
    metrics: pd.DataFrame,
    bias: pd.DataFrame | None = None,
    intervals: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The table for machines: one row per pair, model and method, in the order given.

    Parameters
    ----------
    metrics : DataFrame
        As :func:`~audio_debias.reports.summary.mean_auc` takes it.
    bias : DataFrame, optional
        As :func:`~audio_debias.reports.summary.mean_bias` takes it.
    intervals : DataFrame, optional
        ``intervals.parquet`` of the run.

    Returns
    -------
    DataFrame
        ``pair, corpus_a, corpus_b, model, method``; then per mode and transfer (``a_to_a``,
        ``b_to_b``, ``b_to_a``, ``a_to_b``: train to test corpus) ``{mode}_{transfer}_auc``,
        ``_change`` (against the uncorrected embedding) and ``_labels`` (how many are in the
        mean); with `intervals`, also ``_low``, ``_high``, ``_change_low``, ``_change_high`` and
        ``_verdict``; with `bias`, per mode ``{mode}_{measure}`` for the measures of
        :data:`~audio_debias.reports.summary.BIAS`. AUCs and changes in AUC points (100 x ROC-AUC).
    """
    cells = mean_auc(metrics)
    named = {
        (pair, *transfer): name
        for pair in cells["pair"].unique()
        for transfer, name in zip(transfers_of(pair), _TRANSFERS, strict=True)
    }
    keys = zip(cells["pair"], cells["train_corpus"], cells["test_corpus"], strict=True)
    cells["transfer"] = [named[key] for key in keys]
    quantities = ["auc", "change", "labels"]
    if intervals is not None:
        cells = _with_bounds(cells, intervals)
        quantities += [*_BOUNDS, "verdict"]
    columns = ["mode", "transfer"]
    wide = cells.pivot(index=_ROW, columns=columns, values=quantities)  # noqa: PD010
    modes = cells["mode"].unique()
    order = [(q, mode, transfer) for mode in modes for transfer in _TRANSFERS for q in quantities]
    wide = wide.reindex(columns=pd.MultiIndex.from_tuples(order)).infer_objects()
    wide.columns = [f"{mode}_{transfer}_{quantity}" for quantity, mode, transfer in order]
    counts = [column for column in wide if column.endswith("_labels")]
    wide[counts] = wide[counts].fillna(0).astype(int)
    if bias is not None:
        means = mean_bias(bias).pivot(index=_ROW, columns="mode", values=list(BIAS))  # noqa: PD010
        for mode in modes:
            for measure in BIAS:
                wide[f"{mode}_{measure}"] = means.get((measure, mode))
    given = pd.MultiIndex.from_product([cells[column].unique() for column in _ROW], names=_ROW)
    wide = wide.reindex(given[given.isin(wide.index)]).reset_index()
    corpora = pd.DataFrame(wide["pair"].map(corpora_of).tolist(), columns=["corpus_a", "corpus_b"])
    return pd.concat([wide[["pair"]], corpora, wide.drop(columns="pair")], axis=1)


def _with_bounds(cells: pd.DataFrame, intervals: pd.DataFrame) -> pd.DataFrame:
    """Means with their intervals in points, and their verdicts."""
    means = intervals.loc[intervals["label"] == MEAN, [*CELL, *_BOUNDS, "verdict"]]
    means = means.assign(**{name: 100 * means[name].astype(float) for name in _BOUNDS})
    return cells.merge(means, "left", CELL, validate="one_to_one")


def markdown_table(
    wide: pd.DataFrame,
    names: Names | None = None,
    left_out: pd.DataFrame | None = None,
    controls: Mapping[str, pd.DataFrame] | None = None,
    few: pd.DataFrame | None = None,
    *,
    level: float = 0.95,
) -> str:
    """The table as GitHub-flavoured Markdown, one section per pair of corpora.

    Parameters
    ----------
    wide : DataFrame
        What :func:`wide_table` gives.
    names : mapping of str to str, optional
        Display names of models, corpora and methods.
    left_out : DataFrame, optional
        What :func:`~audio_debias.reports.summary.left_out` gives, told below the table.
    controls : mapping of str to DataFrame, optional
        ``band``, a row below each model: what :func:`~audio_debias.evidence.controls.random_band`
        gives. ``permuted``, told below the table: ``control, pair, model, train_corpus,
        test_corpus, auc, low, high, at_chance``.
    few : DataFrame, optional
        What :func:`~audio_debias.reports.summary.few_positives` gives, told there too.
    level : float
        At which the intervals were made.
    """
    lines = [_introduction(wide, level)]
    for section in _sections(wide, names or {}, left_out, controls or {}, few):
        lines += ["", f"## {_plain(section['title'])}"]
        for grid in section["grids"]:
            heads = [
                f"{block['title'].split()[0]}: {' '.join(head)}"
                for block in grid["blocks"]
                for _, heads in block["groups"]
                for head in heads
            ]
            lines += ["", *([grid["title"], ""] if grid["title"] else [])]
            lines.append("| " + " | ".join(map(_plain, ["Embedding", *heads])) + " |")
            lines.append("|:--" + "|--:" * len(heads) + "|")
            for row in grid["rows"]:
                cells = [
                    " ".join(filter(None, (cell[part] for part in _PARTS))) for cell in row["cells"]
                ]
                lines.append("| " + " | ".join(map(_plain, [row["name"], *cells])) + " |")
        lines += ["", *[f"- {_plain(note)}" for note in section["notes"]]]
    return "\n".join(lines).rstrip() + "\n"


def html_table(
    wide: pd.DataFrame,
    names: Names | None = None,
    left_out: pd.DataFrame | None = None,
    controls: Mapping[str, pd.DataFrame] | None = None,
    few: pd.DataFrame | None = None,
    *,
    level: float = 0.95,
    title: str = "Transfer learning and bias correction",
) -> str:
    """The table as one self-contained HTML page; parameters as :func:`markdown_table`."""
    sections = _sections(wide, names or {}, left_out, controls or {}, few)
    return render("table.html", title, introduction=_introduction(wide, level), sections=sections)


_PARTS = ["text", "interval", "change", "change_interval", "mark", "count"]
_INTRODUCTION = (
    "Mean ROC-AUC over labels, in points (× 100); in brackets the change against the uncorrected "
    "embedding. A column is a transfer, train → test corpus. A count such as [9/10] says how many "
    "labels are in a mean that lacks some."
)
_VERDICTS = (
    " Square brackets hold {} intervals. ▲ better and ▼ worse hold after Holm's correction; grey "
    "changes are none that one could rely on: = surely smaller than the margin, ? cannot be told."
)
_REMOVED = (
    "What each correction removes: directions taken out, their share of the variance, ROC-AUC of "
    "telling the two corpora apart along the first of them and with all features before → after "
    "the correction (50 = chance), and the distance between the corpora in standard deviations."
)


def _introduction(wide: pd.DataFrame, level: float) -> str:
    judged = any(column.endswith("_verdict") for column in wide)
    return _INTRODUCTION + (_VERDICTS.format(percent(level)) if judged else "")


def _sections(
    wide: pd.DataFrame,
    names: Names,
    left_out: pd.DataFrame | None,
    controls: Mapping[str, pd.DataFrame],
    few: pd.DataFrame | None,
) -> list[dict]:
    """What both readable forms show, as text: one section per pair of corpora, two grids each."""
    sections = []
    for pair, table in wide.groupby("pair", sort=False):
        modes = [c.removesuffix("_a_to_a_auc") for c in table if c.endswith("_a_to_a_auc")]
        band = controls.get("band")
        grids = [{"title": "", **_transfer_grid(table, pair, modes, names, band)}]
        if f"{modes[0]}_rank" in table:
            corrected = table[table["method"] != REFERENCE]
            grids.append({"title": _REMOVED, **_bias_grid(corrected, modes, names)})
        title = " and ".join(names.get(corpus, corpus) for corpus in corpora_of(pair))
        notes = [
            *label_notes(left_out, pair),
            *few_notes(few, pair, names),
            *control_notes(controls.get("permuted"), pair, names),
        ]
        sections.append({"title": title, "grids": grids, "notes": notes})
    return sections


def _transfer_grid(
    table: pd.DataFrame, pair: str, modes: list[str], names: Names, band: pd.DataFrame | None
) -> dict:
    heads = [
        (f"{names.get(train, train)}\u00a0→", names.get(test, test))
        for train, test in transfers_of(pair)
    ]
    groups = [("Within domain", heads[:2]), ("Cross-domain", heads[2:])]
    told = f"{modes[0]}_domain_auc_before" in table
    if told:
        groups.append(("Bias", [("Domain", "told apart")]))
    most = table.filter(regex="_labels$").to_numpy().max()
    rows = []
    for model, methods in table.groupby("model", sort=False):
        for first, row in _models(methods):
            cells = []
            for mode in modes:
                cells += [auc_cell(row, f"{mode}_{transfer}", most) for transfer in _TRANSFERS]
                if told:
                    cells.append(text_cell(arrow(row, f"{mode}_domain_auc", 1)))
            rows.append(_named(row, first, cells, names))
        drawn = None if band is None else _means_of(band, pair, model)
        if drawn is not None and len(drawn):
            cells = []
            for mode in modes:
                here = drawn[drawn["mode"].isin([mode, "any"])]
                here = here.set_index(["train_corpus", "test_corpus"])
                cells += [band_cell(here, transfer) for transfer in transfers_of(pair)]
                cells += [text_cell("")] * told
            name = f"{names.get(model, model)}, random directions ({drawn['draws'].max()} draws)"
            rows.append({"name": name, "first": False, "reference": False, "cells": cells})
    return {"blocks": _blocks(modes, groups), "rows": rows}


def _means_of(band: pd.DataFrame, pair: str, model: str) -> pd.DataFrame:
    return band[(band["pair"] == pair) & (band["model"] == model) & (band["label"] == MEAN)]


def _bias_grid(table: pd.DataFrame, modes: list[str], names: Names) -> dict:
    heads = [
        ("directions",),
        ("variance", "removed (%)"),
        ("told apart", "along it"),
        ("told apart", "by all"),
        ("distance", "(sd)"),
    ]
    rows = []
    for first, row in _models(table):
        cells = []
        for mode in modes:
            cells += [
                text_cell(number(row[f"{mode}_rank"], 1)),
                text_cell(number(row[f"{mode}_variance_removed"], 2)),
                text_cell(number(row[f"{mode}_direction_auc"], 1)),
                text_cell(arrow(row, f"{mode}_domain_auc", 1)),
                text_cell(arrow(row, f"{mode}_distance", 2)),
            ]
        rows.append(_named(row, first, cells, names))
    return {"blocks": _blocks(modes, [("Removed", heads[:3]), ("Left", heads[3:])]), "rows": rows}


def _named(row: pd.Series, first: bool, cells: list[dict], names: Names) -> dict:
    name = row_name(row["model"], row["method"], names)
    return {"name": name, "first": first, "reference": row["method"] == REFERENCE, "cells": cells}


def _blocks(modes: list[str], groups: list[tuple]) -> list[dict]:
    return [{"title": MODES.get(mode, mode), "groups": groups} for mode in modes]


def _models(table: pd.DataFrame) -> Iterator[tuple[bool, pd.Series]]:
    """The rows, each with whether it is the first of its model."""
    firsts = ~table["model"].duplicated()
    return zip(firsts, (row for _, row in table.iterrows()), strict=True)


def _plain(text: str) -> str:
    """Text that breaks out of no Markdown cell and holds no live HTML."""
    return html.escape(" ".join(text.split()), quote=False).replace("|", "\\|")

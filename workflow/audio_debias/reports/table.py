"""The table of the paper: models x methods, within and across corpora, both modes side by side."""

import html
from collections.abc import Iterator

import pandas as pd

from audio_debias.experiment.method import REFERENCE
from audio_debias.reports.names import MODES, Names, corpora_of, row_name, transfers_of
from audio_debias.reports.page import render
from audio_debias.reports.summary import BIAS, mean_auc, mean_bias

_ROW = ["pair", "model", "method"]
_TRANSFERS = ["a_to_a", "b_to_b", "b_to_a", "a_to_b"]


def wide_table(metrics: pd.DataFrame, bias: pd.DataFrame | None = None) -> pd.DataFrame:
    """The table for machines: one row per pair, model and method, in the order given.

    Parameters
    ----------
    metrics : DataFrame
        As :func:`~audio_debias.reports.summary.mean_auc` takes it.
    bias : DataFrame, optional
        As :func:`~audio_debias.reports.summary.mean_bias` takes it.

    Returns
    -------
    DataFrame
        ``pair, corpus_a, corpus_b, model, method``; then per mode and transfer (``a_to_a``,
        ``b_to_b``, ``b_to_a``, ``a_to_b``: train to test corpus) ``{mode}_{transfer}_auc``,
        ``_change`` (against the uncorrected embedding) and ``_labels`` (how many are in the
        mean); with `bias`, per mode ``{mode}_{measure}`` for the measures of
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
    columns = ["mode", "transfer"]
    wide = cells.pivot(index=_ROW, columns=columns, values=quantities)  # noqa: PD010
    modes = cells["mode"].unique()
    order = [(q, mode, transfer) for mode in modes for transfer in _TRANSFERS for q in quantities]
    wide = wide.reindex(columns=pd.MultiIndex.from_tuples(order))
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


def markdown_table(
    wide: pd.DataFrame,
    names: Names | None = None,
    left_out: pd.DataFrame | None = None,
    few: pd.DataFrame | None = None,
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
    few : DataFrame, optional
        What :func:`~audio_debias.reports.summary.few_positives` gives, told there too.
    """
    lines = [_INTRODUCTION]
    for section in _sections(wide, names or {}, left_out, few):
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
                    " ".join(filter(None, (cell["text"], cell["change"], cell["count"])))
                    for cell in row["cells"]
                ]
                lines.append("| " + " | ".join(map(_plain, [row["name"], *cells])) + " |")
        lines += ["", *[f"- {_plain(note)}" for note in section["notes"]]]
    return "\n".join(lines).rstrip() + "\n"


def html_table(
    wide: pd.DataFrame,
    names: Names | None = None,
    left_out: pd.DataFrame | None = None,
    few: pd.DataFrame | None = None,
    title: str = "Transfer learning and bias correction",
) -> str:
    """The table as one self-contained HTML page; parameters as :func:`markdown_table`."""
    sections = _sections(wide, names or {}, left_out, few)
    return render("table.html", title, introduction=_INTRODUCTION, sections=sections)


def signed(points: float) -> str:
    """A change or difference in AUC points, such as ``+0.18``; ``0.00`` has no sign."""
    return f"{points:+.2f}" if round(points, 2) else "0.00"


_INTRODUCTION = (
    "Mean ROC-AUC over labels, in points (× 100); in brackets the change against the uncorrected "
    "embedding. A column is a transfer, train → test corpus. A count in square brackets says how "
    "many labels are in a mean that lacks some."
)
_REMOVED = (
    "What each correction removes: directions taken out, their share of the variance, ROC-AUC of "
    "telling the two corpora apart along the first of them and with all features before → after "
    "the correction (50 = chance), and the distance between the corpora in standard deviations."
)


def _sections(
    wide: pd.DataFrame, names: Names, left_out: pd.DataFrame | None, few: pd.DataFrame | None
) -> list[dict]:
    """What both readable forms show, as text: one section per pair of corpora, two grids each."""
    sections = []
    for pair, table in wide.groupby("pair", sort=False):
        modes = [c.removesuffix("_a_to_a_auc") for c in table if c.endswith("_a_to_a_auc")]
        grids = [{"title": "", **_transfer_grid(table, pair, modes, names)}]
        if f"{modes[0]}_rank" in table:
            corrected = table[table["method"] != REFERENCE]
            grids.append({"title": _REMOVED, **_bias_grid(corrected, modes, names)})
        title = " and ".join(names.get(corpus, corpus) for corpus in corpora_of(pair))
        notes = _notes(left_out, pair) + _few_notes(few, pair, names)
        sections.append({"title": title, "grids": grids, "notes": notes})
    return sections


def _transfer_grid(table: pd.DataFrame, pair: str, modes: list[str], names: Names) -> dict:
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
    for first, row in _models(table):
        cells = []
        for mode in modes:
            cells += [_auc_cell(row, f"{mode}_{transfer}", most) for transfer in _TRANSFERS]
            if told:
                cells.append(_cell(_arrow(row, f"{mode}_domain_auc", 1)))
        name = row_name(row["model"], row["method"], names)
        reference = row["method"] == REFERENCE
        rows.append({"name": name, "first": first, "reference": reference, "cells": cells})
    return {"blocks": _blocks(modes, groups), "rows": rows}


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
                _cell(_number(row[f"{mode}_rank"], 1)),
                _cell(_number(row[f"{mode}_variance_removed"], 2)),
                _cell(_number(row[f"{mode}_direction_auc"], 1)),
                _cell(_arrow(row, f"{mode}_domain_auc", 1)),
                _cell(_arrow(row, f"{mode}_distance", 2)),
            ]
        name = row_name(row["model"], row["method"], names)
        reference = row["method"] == REFERENCE
        rows.append({"name": name, "first": first, "reference": reference, "cells": cells})
    return {"blocks": _blocks(modes, [("Removed", heads[:3]), ("Left", heads[3:])]), "rows": rows}


def _blocks(modes: list[str], groups: list[tuple]) -> list[dict]:
    return [{"title": MODES.get(mode, mode), "groups": groups} for mode in modes]


def _models(table: pd.DataFrame) -> Iterator[tuple[bool, pd.Series]]:
    """The rows, each with whether it is the first of its model."""
    firsts = ~table["model"].duplicated()
    return zip(firsts, (row for _, row in table.iterrows()), strict=True)


def _cell(text: str, change: str = "", sign: int = 0, count: str = "", across: bool = False):
    return {"text": text, "change": change, "sign": sign, "count": count, "across": across}


def _auc_cell(row: pd.Series, key: str, most: int) -> dict:
    auc, change, labels = (row[f"{key}_{quantity}"] for quantity in ("auc", "change", "labels"))
    count = f"[{labels}/{most}]" if labels < most else ""
    across = key.endswith(("a_to_b", "b_to_a"))
    if not across or row["method"] == REFERENCE or pd.isna(change):
        return _cell(_number(auc, 2), count=count, across=across)
    shown = round(change, 2)
    sign = (shown > 0) - (shown < 0)
    return _cell(_number(auc, 2), f"({signed(change)})", sign, count, across)


def _number(value: float, decimals: int) -> str:
    return "–" if pd.isna(value) else f"{value:.{decimals}f}"


def _arrow(row: pd.Series, key: str, decimals: int) -> str:
    return " → ".join(_number(row[f"{key}_{when}"], decimals) for when in ("before", "after"))


def _notes(left_out: pd.DataFrame | None, pair: str) -> list[str]:
    if left_out is None:
        return []
    here = left_out[left_out["pair"] == pair]
    counted = here.groupby(["label", "reason"], sort=False, as_index=False)["rows"].sum()
    return [
        f"{label}: left out of {rows} mean{'s' * (rows > 1)} ({reason})"
        for label, reason, rows in counted.itertuples(index=False)
    ]


def _few_notes(few: pd.DataFrame | None, pair: str, names: Names) -> list[str]:
    if few is None:
        return []
    return [
        f"{row.label}: only {row.support} positive test clip{'' if row.support == 1 else 's'} in "
        f"{names.get(row.test_corpus, row.test_corpus)}; its part of the mean is rough"
        for row in few[few["pair"] == pair].itertuples()
    ]


def _plain(text: str) -> str:
    """Text that breaks out of no Markdown cell and holds no live HTML."""
    return html.escape(" ".join(text.split()), quote=False).replace("|", "\\|")

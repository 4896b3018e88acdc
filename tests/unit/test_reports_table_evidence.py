"""The paper's table with its evidence: intervals, verdicts and controls."""

import pandas as pd
import pytest
from page_data import NAMES, make_controls, make_run, metrics_of

from audio_debias.reports.table import html_table, markdown_table, wide_table


@pytest.fixture(scope="module")
def intervals():
    return make_run(gain=0.15)["intervals"]


@pytest.fixture(scope="module")
def wide(intervals):
    return wide_table(metrics_of(intervals), intervals=intervals)


def row_of(wide, model, method):
    return wide[(wide["model"] == model) & (wide["method"] == method)].iloc[0]


def test_the_bounds_are_those_of_the_intervals_in_points(intervals, wide):
    mean = intervals.query(
        "model == 'small' and method == 'lda' and mode == 'classwise' and label == 'mean'"
        " and train_corpus == 'b' and test_corpus == 'a'"
    ).iloc[0]
    row = row_of(wide, "small", "lda")
    for name in ("low", "high", "change_low", "change_high", "auc", "change"):
        assert row[f"classwise_b_to_a_{name}"] == pytest.approx(100 * mean[name])
    assert row["classwise_b_to_a_verdict"] == mean["verdict"] == "better"


def test_only_what_is_better_or_worse_is_coloured(wide):
    html = html_table(wide, NAMES)
    verdicts = wide.filter(regex="(a_to_b|b_to_a)_verdict$").melt()["value"]
    assert set(verdicts) >= {"better", "worse", "cannot tell"}
    for tone, among in (
        ("gain", {"better"}),
        ("loss", {"worse"}),
        ("faint", {"no difference", "cannot tell"}),
    ):
        assert html.count(f'class="change {tone}"') == verdicts.isin(among).sum()
    assert html.count('aria-label="better">▲<') == (verdicts == "better").sum()


def test_the_markdown_holds_interval_and_verdict_of_a_cell(wide):
    row = row_of(wide, "small", "lda")
    start = "global_a_to_b"
    shown = (
        f"{row[f'{start}_auc']:.2f} [{row[f'{start}_low']:.1f}, {row[f'{start}_high']:.1f}] "
        f"({row[f'{start}_change']:+.2f}) "
        f"[{row[f'{start}_change_low']:.2f}, {row[f'{start}_change_high']:.2f}] ▲"
    )
    assert shown in markdown_table(wide, NAMES)


def test_a_verdict_that_is_unknown_is_neither_coloured_nor_marked(intervals):
    unknown = intervals.assign(verdict=pd.Series(pd.NA, intervals.index, "string"))
    unknown[["change_low", "change_high"]] = None
    html = html_table(wide_table(metrics_of(intervals), intervals=unknown), NAMES)
    assert "change gain" not in html
    assert "change loss" not in html
    assert 'title="unknown"' in html
    assert "nan" not in html.lower()


def test_controls_stand_in_the_table_and_below_it(intervals, wide):
    controls = make_controls(intervals)
    text = markdown_table(wide, NAMES, controls=controls)
    lines = [line for line in text.splitlines() if "random directions" in line]
    assert [line.split(",")[0] for line in lines] == ["| small", "| large"]
    # Across corpora alone, in two modes.
    assert all(line.count("(-1.00 to +1.00)") == 4 for line in lines)
    notes = [line for line in text.splitlines() if line.startswith("- Controls")]
    assert "labels permuted a → b 50.0 [48.0, 52.0]" in notes[0]
    assert "not at chance" not in notes[0]
    assert "not at chance" in notes[1]
    assert "random directions" not in markdown_table(wide, NAMES)

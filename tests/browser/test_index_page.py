"""The page people show, in a real browser without a network."""

import csv
import io
import re
import time

import numpy as np
import pandas as pd
import pytest
import soundfile

from audio_debias.reports.compare import compare_page
from audio_debias.reports.index_page import index_page
from audio_debias.reports.telling_clips import with_sound
from unit.page_data import NAMES, make_large_run, make_run, make_strengths

HOSTILE = "<img src=x onerror=document.title='broken'></script>\"'&\\_שלום" + "long" * 20
INTERVAL_CHARTS = ["overview-0", "overview-1", "labels-0", "labels-1"]

POINTS_OF_STRENGTH = "#strength-linear .mark-symbol path[aria-roledescription]"


@pytest.fixture(scope="module")
def run():
    return make_run()


@pytest.fixture
def show(page, tmp_path):
    """Opens a page and returns what the console said of errors."""

    def opened(html, width=1600, scheme="light"):
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: m.type in ("error", "warning") and errors.append(m.text))
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        path = tmp_path / "index.html"
        path.write_text(html, encoding="utf-8")
        page.goto(path.as_uri())
        page.locator("html[data-ready]").wait_for(timeout=20_000)
        return errors

    return opened


def rows_of(page):
    return [row.split("\t") for row in page.locator("#table tbody tr").all_inner_texts()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1600, 420])
def test_everything_shows_and_nothing_is_wider_than_the_window(page, show, run, width, scheme):
    errors = show(index_page(**run), width, scheme)
    for name in [*INTERVAL_CHARTS, "removal", "cosines", "counts-0", "counts-1"]:
        chart = page.locator(f"#{name} svg.marks")
        chart.wait_for()
        assert chart.get_attribute("aria-label"), name
        box = chart.bounding_box()
        assert 100 < box["width"] <= width, name
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(rows_of(page)) == 2 * 6
    dark = page.evaluate("getComputedStyle(document.querySelector('#table td')).color")
    assert (sum(map(int, dark[4:-1].split(",")[:3])) > 384) == (scheme == "dark"), dark
    assert not errors


def test_the_first_screen_holds_the_answer_and_the_first_picture(page, show, run):
    show(index_page(**run))
    page.locator("#overview-1 svg.marks").wait_for()
    for text in ("Biased?", "What helped?", "What to do?"):
        assert page.get_by_text(text, exact=True).first.bounding_box()["y"] < 800
    box = page.locator("#overview-0 svg.marks").bounding_box()
    assert box["y"] + box["height"] < 900


def test_a_click_on_a_head_sorts_by_the_number(page, show, run):
    show(index_page(**run))
    page.locator("#overview-1 svg.marks").wait_for()  # nothing moves under the click
    head = page.locator("#table thead th", has_text=re.compile("a → b\\s*change"))
    column = page.locator("#table thead th").all_inner_texts().index(head.inner_text())
    head.click()
    head.and_(page.locator("[aria-sort=ascending]")).wait_for()
    first = [float(row[column].split()[0].replace("−", "-")) for row in rows_of(page)[2:]]
    assert first == sorted(first)
    assert first[0] < -5


def test_filters_narrow_table_and_pictures(page, show, run):
    errors = show(index_page(**run))
    page.locator("#model").select_option("large")
    page.locator("#method").select_option("LDA")
    assert {row[0] for row in rows_of(page)} == {"large"}
    assert [row[1] for row in rows_of(page)] == ["none", "LDA", "LDA"]
    page.locator("#labels-model", has_text="large").wait_for()
    assert "LDA" in page.locator("#labels-model").inner_text()
    page.locator("#verdict").select_option("worse")
    assert "No data available" in page.locator("#table").inner_text() or all(
        "▼" in "".join(row) for row in rows_of(page)
    )
    page.get_by_role("button", name="Show all").click()
    page.locator("#shown", has_text="12 rows").wait_for()
    assert len(rows_of(page)) == 12
    assert not errors


def test_few_positives_are_counted_and_muted(page, show, run):
    show(index_page(**run))
    page.locator("#label").select_option("organ")
    assert "n 6" in page.locator("#table tbody").inner_text()
    assert page.locator("#table tbody .few").count() >= 24
    page.locator("#label").select_option("flute")
    assert page.locator("#table tbody .few").count() == 0


def test_a_kernel_method_can_be_compared_with_its_own_space(page, show, run):
    show(index_page(**run))
    page.locator("#method").select_option("KLDA")
    own = rows_of(page)[1][-1]
    page.locator("#against").select_option("none")
    against_none = rows_of(page)[1][-1]
    intervals, in_space = run["intervals"], run["in_space"]
    for shown, table in ((against_none, intervals), (own, in_space)):
        row = table.query(
            "model == 'small' and method == 'klda' and mode == 'global' and label == 'mean'"
            " and train_corpus == 'a' and test_corpus == 'b'"
        ).iloc[0]
        assert float(shown.split()[0].replace("−", "-")) == pytest.approx(
            100 * row["change"], abs=0.006
        )


def test_a_point_tells_its_numbers_and_filters_by_a_click(page, show, run):
    show(index_page(**run))
    point = page.locator("#overview-0 svg.marks .mark-symbol path[aria-roledescription]").first
    point.wait_for()
    point.hover()
    tip = page.locator("#vg-tooltip-element.visible")
    tip.wait_for()
    assert "95 % interval" in tip.inner_text()
    assert "small" in tip.inner_text()
    point.click()
    page.locator("#labels-model", has_text="small").wait_for()
    assert {row[0] for row in rows_of(page)} == {"small"}


@pytest.mark.parametrize("kind", ["CSV", "Markdown", "LaTeX"])
def test_the_table_is_copied(page, show, run, kind):
    show(index_page(**run))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name=f"Copy {kind}").click()
    page.locator(".dt-button-info").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    lines = copied.splitlines()
    if kind == "CSV":
        table = list(csv.reader(io.StringIO(copied)))
        assert table[0][:3] == ["Embedding", "Correction", "Mode"]
        assert len(table) == 13
        assert {len(row) for row in table} == {9}
    elif kind == "Markdown":
        assert lines[1].startswith("| --- |")
        assert len(lines) == 14
        assert {line.count("|") for line in lines} == {10}
    else:
        assert lines[0] == r"\begin{tabular}{lllllllll}"
        assert lines[-1] == r"\end{tabular}"
        assert sum(line.count("&") == 8 for line in lines) == 13
    assert "<" not in copied.replace("&lt;", "")


def test_columns_are_chosen_by_the_keyboard(page, show, run):
    show(index_page(**run))
    page.get_by_role("button", name="Columns").focus()
    page.keyboard.press("Enter")
    page.locator(
        ".dt-button-collection .dt-button", has_text=re.compile("a\\s*test positives")
    ).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.locator("#table thead th", has_text=re.compile("a\\s*test positives")).is_visible()


def test_the_map_shows_clips_of_what_is_chosen_before_and_after(page, show, run):
    errors = show(index_page(**run))
    for when in ("before", "after"):
        points = page.locator(f"#map-{when} svg.marks .mark-symbol path[aria-roledescription]")
        points.first.wait_for()
        assert points.count() == 80
    points.first.hover()
    page.locator("#vg-tooltip-element.visible", has_text="Clip").wait_for()
    assert page.locator("#map-title-of").inner_text().startswith("small, flute, before and after")
    page.locator("#model").select_option("large")
    page.locator("#label").select_option("violin")
    page.locator("#map-title-of", has_text="large, violin").wait_for()
    page.locator("#map-view").select_option("components")
    page.locator("#map-before svg", has_text="first component").wait_for()
    page.locator("#map-colour").select_option("integrated loudness (LUFS)")
    page.locator("#map-after svg .role-legend-gradient").wait_for(state="attached")
    page.locator("#map-colour").select_option("label")
    page.locator("#map-after svg", has_text="not there").wait_for()
    assert not errors


def test_curves_of_strength_tell_their_numbers_and_follow_the_filters(page, show, run):
    errors = show(index_page(**run, strengths=make_strengths(run["intervals"])))
    points = page.locator(POINTS_OF_STRENGTH)
    points.first.wait_for()
    assert points.count() == 2 * 2 * 4  # models, modes, strengths
    points.nth(3).hover()
    page.locator("#vg-tooltip-element.visible", has_text="Strength (%)").wait_for()
    page.locator("#model").select_option("large")
    page.locator("#mode").select_option("global")
    page.wait_for_function(f"document.querySelectorAll('{POINTS_OF_STRENGTH}').length === 4")
    assert page.locator("#strength-nonlinear svg", has_text="nonlinear").is_visible()
    page.locator("#method").select_option("KLDA")
    page.locator("#strength-linear", has_text="Nothing of this to show").wait_for()
    assert not errors


def test_sources_tell_their_intervals_and_follow_the_model(page, show, run):
    rows = [("small", "bandwidth", 0.8), ("large", "bandwidth", 0.6), ("large", "loudness", None)]
    sources = pd.DataFrame(rows, columns=["model", "property", "r2_alone"])
    sources = sources.assign(pair="a--b", kind="property", r2_added=0.1, step=[1, 1, None])
    sources["r2_alone_low"], sources["r2_alone_high"] = [0.7, 0.5, None], [0.9, 0.7, None]
    errors = show(index_page(**run, sources=sources))
    points = page.locator("#sources .mark-symbol path[aria-roledescription]")
    points.first.wait_for()
    page.locator("#model").select_option("small")
    page.locator("#sources", has_not_text="loudness").wait_for()
    points.first.hover()
    page.locator("#vg-tooltip-element.visible", has_text="[70.0, 90.0]").wait_for()
    assert not errors


def test_without_strengths_no_curve_is_shown(page, show, run):
    show(index_page(**run))
    page.locator("#removal svg.marks").wait_for()
    assert not page.locator("#strength-section").is_visible()


def test_titles_stay_text(page, show):
    names = {name: HOSTILE + name for name in ("small", "a", "lda", "a--b")}
    run = make_run(title=HOSTILE)
    errors = show(index_page(**(run | {"names": NAMES | names})), 420)
    page.locator("#overview-0 svg.marks").wait_for()
    assert page.title() == HOSTILE
    assert page.locator("img").count() == 0
    assert HOSTILE in page.locator("#table").inner_text()
    page.locator("#overview-0 svg.marks .mark-symbol path[aria-roledescription]").first.hover()
    assert page.locator("img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    assert not errors


def test_a_large_run_opens_in_three_seconds(page, show):
    html = index_page(**make_large_run())
    assert len(html.encode()) < 25e6
    start = time.perf_counter()
    show(html)
    page.locator("#overview-0 svg.marks").wait_for()
    # Three seconds on a quiet machine; a busy one must not fail for that.
    assert time.perf_counter() - start < 10
    page.locator("#pair").select_option("corpus_6--corpus_7")
    page.locator("#overview-0-title", has_text="corpus_6").wait_for()


def test_print_shows_no_controls(page, show, run):
    show(index_page(**run))
    page.emulate_media(media="print")
    assert not page.locator(".filters").is_visible()
    assert page.locator("#table").is_visible()
    page.emulate_media(media="screen")


def test_two_runs_are_compared_on_a_page(page, show, run):
    other = make_run(seed=1)
    html = compare_page(run["intervals"], other["intervals"], ["first", "second"], NAMES)
    errors = show(html, 1280)
    assert "mean AUCs of both runs" in page.locator("p").first.inner_text()
    page.locator("#table thead th", has_text="Difference").first.click()
    assert len(rows_of(page)) == 25
    assert not errors


def test_a_clip_is_heard(page, show, run, tmp_path):
    seconds = np.arange(16_000) / 16_000
    soundfile.write(tmp_path / "tone.wav", np.sin(2 * np.pi * 440 * seconds) / 2, 16_000)
    row = {"pair": "a--b", "model": "small", "train_corpus": "a", "test_corpus": "b"}
    row |= {"label": "flute", "clip_id": "b00001", "truth": True, "before": 0.1, "after": 0.9}
    clips = pd.DataFrame([{**row, "flipped": True}, {**row, "clip_id": "b00002", "flipped": False}])
    files = pd.Series({"b00001": "tone.wav"})
    clips = with_sound(clips, {"b": files}, {"b": tmp_path})
    errors = show(index_page(**run, clips_of=lambda _: clips))
    items = page.locator("#clips li")
    assert items.count() == 2
    page.locator("#model").select_option("large")
    page.locator("#clips").wait_for(state="hidden")
    page.locator("#model").select_option("small")
    page.locator("#label").select_option("flute")
    items.first.wait_for()
    assert "0.10 → 0.90, flipped" in items.first.inner_text()
    assert items.last.locator("code").inner_text() == "b00002"
    played = items.first.locator("audio").evaluate(
        "a => new Promise((done) => { a.onended = () => done(a.duration); a.muted = true;"
        " a.onerror = () => done(-1); a.play() })"
    )
    assert played == pytest.approx(1, abs=0.2)
    assert not errors

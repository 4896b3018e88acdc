"""The table and the comparison as a reader sees them, without a network."""

import pytest

from audio_debias.reports.published import compare, html_comparison
from audio_debias.reports.summary import left_out
from audio_debias.reports.table import html_table, wide_table
from unit.page_data import make_controls, make_run, metrics_of
from unit.reports_data import make_bias, make_metrics

MODELS = ["msd_musicnn", "mtt_musicnn", "mtt_vgg"]
HOSTILE = "<img src=x onerror=document.title='broken'>" + "long" * 30
NAMES = {
    "plain": {
        "demo_irmas": "Demo IRMAS",
        "demo_openmic": "Demo OpenMIC",
        "msd_musicnn": "MSD-MusiCNN",
        "mtt_musicnn": "MTT-MusiCNN",
        "mtt_vgg": "MTT-VGG",
    },
    "hostile": {"demo_irmas": HOSTILE, "mtt_vgg": HOSTILE},
}


@pytest.fixture
def metrics():
    metrics = make_metrics(corpora=["demo_irmas", "demo_openmic"], models=MODELS)
    metrics.loc[metrics["label"] == "organ", ["roc_auc", "reason"]] = [None, "too few <positives>"]
    return metrics


def open_page(page, tmp_path, content, width=1280):
    path = tmp_path / "page.html"
    path.write_text(content, encoding="utf-8")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path.as_uri())


@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES.keys())
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_table_is_visible_whole_and_readable(page, tmp_path, metrics, names, scheme):
    page.emulate_media(color_scheme=scheme)
    wide = wide_table(metrics, make_bias(metrics))
    open_page(page, tmp_path, html_table(wide, names, left_out(metrics)))
    table = page.locator("table").first
    assert table.is_visible()
    heads = table.locator("thead tr").last.locator("th")
    assert heads.count() == 10
    assert table.locator("tbody tr").count() == 18
    assert all(row.count("\t") == 10 for row in table.locator("tbody tr").all_inner_texts())
    assert "too few <positives>" in page.locator("li").first.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert page.title() != "broken"
    ink, paper = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert contrast(ink, paper) >= 7
    for sign in (".gain", ".loss", "p"):
        color = page.locator(sign).first.evaluate("e => getComputedStyle(e).color")
        assert contrast(color, paper) >= 4.5, sign


def test_intervals_and_controls_fit_a_window(page, tmp_path):
    intervals = make_run(gain=0.15)["intervals"]
    metrics = metrics_of(intervals)
    wide = wide_table(metrics, make_bias(metrics), intervals)
    open_page(page, tmp_path, html_table(wide, NAMES["plain"], controls=make_controls(intervals)))
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for sign in (".gain", ".loss", ".faint", ".bounds"):
        color = page.locator(sign).first.evaluate("e => getComputedStyle(e).color")
        assert contrast(color, paper) >= 4.5, sign


def test_the_head_of_the_table_stays_in_sight(page, tmp_path, metrics):
    open_page(page, tmp_path, html_table(wide_table(metrics), NAMES["plain"]))
    page.set_viewport_size({"width": 1280, "height": 400})
    page.evaluate("window.scrollTo(0, 300)")
    top = page.locator("thead").first.bounding_box()["y"]
    assert page.evaluate("window.scrollY") > 200
    assert 0 <= top < 5


@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES.keys())
def test_on_a_phone_the_table_scrolls_in_its_box_and_keeps_its_heads(
    page, tmp_path, metrics, names
):
    open_page(page, tmp_path, html_table(wide_table(metrics), names), width=420)
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    box = page.locator(".grid").first
    assert box.evaluate("e => e.scrollWidth > e.clientWidth")
    box.evaluate("e => e.scrollTo(200, 150)")
    left, top = (box.bounding_box()[key] for key in ("x", "y"))
    name = box.locator("tbody th").last.bounding_box()
    assert name["x"] == pytest.approx(left, abs=1)
    assert name["width"] < 210
    assert box.locator("thead").bounding_box()["y"] == pytest.approx(top, abs=1)
    corner = box.locator("thead th").first
    assert corner.evaluate(
        "e => { const b = e.getBoundingClientRect();"
        " return document.elementFromPoint(b.x + 5, b.y + 5) === e; }"
    )


def test_the_comparison_opens_its_labels(page, tmp_path):
    metrics = make_metrics(corpora=["irmas", "openmic"], models=["vggish"])
    keys = ["model", "method", "mode", "train_corpus", "test_corpus"]
    means = (100 * metrics.groupby(keys)["roc_auc"].mean()).rename("auc").reset_index()
    open_page(
        page,
        tmp_path,
        html_comparison(compare([metrics], means, metrics, seeded=["k", "klda", "mklda"])),
    )
    assert page.locator("table").first.is_visible()
    inner = page.locator("details table").first
    assert not inner.is_visible()
    page.locator("summary").first.click()
    assert inner.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def contrast(*colors):
    """Contrast ratio of two CSS colours as WCAG 2 defines it."""
    light, dark = sorted(map(luminance, colors), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color):
    channels = [int(value) / 255 for value in color[color.index("(") + 1 : -1].split(",")[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

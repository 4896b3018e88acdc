"""The figures: what is drawn where, nothing overlaps, and equal input gives equal bytes."""

from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.text import Text
from page_data import make_controls, make_run, metrics_of
from reports_data import (
    LABELS,
    METHODS,
    TITLES,
    make_bias,
    make_clips,
    make_cosines,
    make_metrics,
    read_published_metrics,
)

from audio_debias.reports.figures.cosines import cosine_figure
from audio_debias.reports.figures.distributions import distribution_figure
from audio_debias.reports.figures.per_label import per_label_figure
from audio_debias.reports.figures.sensitivity import domain_drop, sensitivity_figure
from audio_debias.reports.figures.style import (
    BAND,
    BLUE,
    FAINT,
    LINE,
    VERMILLION,
    method_colors,
    save_figure,
)
from audio_debias.reports.figures.tradeoff import tradeoff_figure
from audio_debias.reports.table import html_table, wide_table

LONG = "An extraordinarily long $name$ with <markup> & more"
NAMES = {"a": LONG, "b": "Other\ncorpus", "small": LONG}


def figures(metrics, names):
    """Every figure of a pair, by name."""
    labels = list(metrics["label"].unique())
    clips = {"a": make_clips(labels), "b": make_clips(labels, seed=1)}
    return {
        "per_label": per_label_figure(metrics, "a--b", "small", "global", names),
        "cosines": cosine_figure(make_cosines(metrics), "a--b", names),
        "sensitivity": sensitivity_figure(metrics, "a--b", names),
        "distributions": distribution_figure(clips, labels, names),
        "tradeoff": tradeoff_figure(metrics, make_bias(metrics), "a--b", names),
    }


def visible_texts(figure):
    """The drawn texts with their boxes in pixels."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    unseen = {
        label
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_major_ticks()
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
        for label in (tick.label1, tick.label2)
    }
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    texts = [text for text in texts if text not in unseen]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts]
    return [(text, box) for text, box in boxes if box.width > 1]


@pytest.mark.parametrize(
    ("names", "labels"),
    [({}, LABELS[:1]), (NAMES, LABELS * 2)],
    ids=["one label", "ten labels, long names"],
)
def test_no_text_overlaps_another_or_leaves_the_figure(names, labels):
    labels = [f"{label}{i}" for i, label in enumerate(labels)]
    for name, figure in figures(make_metrics(labels=labels), names).items():
        texts = visible_texts(figure)
        assert texts, name
        for text, box in texts:
            assert box.x0 >= -1, (name, text)
            assert box.y0 >= -1, (name, text)
            assert box.x1 <= figure.bbox.x1 + 1, (name, text)
            assert box.y1 <= figure.bbox.y1 + 1, (name, text)
        for (one, box), (other, other_box) in combinations(texts, 2):
            assert not box.padded(-1).overlaps(other_box.padded(-1)), (name, one, other)


def test_equal_input_gives_equal_bytes_whatever_the_users_settings(tmp_path):
    metrics = make_metrics(models=["small"], labels=["x"])
    for folder, size in (("one", 8), ("two", 20)):
        with mpl.rc_context({"font.size": size, "svg.hashsalt": None}):
            for name, figure in figures(metrics, NAMES).items():
                save_figure(figure, tmp_path / folder / f"{name}.svg")
            save_figure(figure, tmp_path / folder / f"{name}.png", dpi=40)
    written = sorted((tmp_path / "one").iterdir())
    assert len(written) == 6
    for path in written:
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_png_has_the_dots_per_inch_asked_for(tmp_path):
    figure = sensitivity_figure(make_metrics(), "a--b")
    save_figure(figure, tmp_path / "figure.png", dpi=50)
    image = mpl.image.imread(tmp_path / "figure.png")
    np.testing.assert_allclose(image.shape[1::-1], 50 * figure.get_size_inches(), atol=1)


def test_arrows_end_at_the_corrected_auc():
    metrics = make_metrics()
    metrics.loc[metrics["label"] == LABELS[0], "roc_auc"] = None
    figure = per_label_figure(metrics, "a--b", "small", "classwise")
    color = to_rgba(method_colors(METHODS)["mlda"])
    drawn = np.concatenate(
        [
            collection.get_offsets().data[:, 0]
            for collection in figure.axes[3].collections
            if color in map(tuple, collection.get_facecolor())
        ]
    )
    cell = metrics.query(
        "model == 'small' and mode == 'classwise' and method == 'mlda'"
        " and train_corpus == 'a' and test_corpus == 'b'"
    )
    np.testing.assert_allclose(np.sort(drawn), np.sort(cell["roc_auc"].dropna().astype(float)))
    assert "no AUC" in [text.get_text() for text in figure.axes[3].texts]


def test_the_drop_is_at_home_minus_abroad_for_one_classifier():
    metrics = make_metrics(models=["m"], labels=["x"])
    drop = domain_drop(metrics).set_index(["method", "mode", "train_corpus"])["drop"]
    auc = metrics.set_index(["method", "mode", "train_corpus", "test_corpus"])["roc_auc"]
    for train, other in (("a", "b"), ("b", "a")):
        cell = ("lda", "global", train)
        assert drop[cell] == pytest.approx(100 * (auc[(*cell, train)] - auc[(*cell, other)]))


def test_the_published_drops_are_those_of_the_posters_table(shared):
    drops = domain_drop(read_published_metrics(shared))
    drops = drops[(drops["method"] == "none") & (drops["mode"] == "global")]
    means = drops.groupby(["model", "train_corpus"])["drop"].mean()
    # From the poster: IR-IR minus IR-OP, OP-OP minus OP-IR.
    assert means["vggish", "irmas"] == pytest.approx(91.60 - 83.81, abs=0.011)
    assert means["openl3", "openmic"] == pytest.approx(87.16 - 80.56, abs=0.011)


def test_published_cosines_stand_beside_ours():
    metrics = make_metrics()
    ours = make_cosines(metrics)
    published = make_cosines(metrics, seed=1).drop(columns="pair")
    figure = cosine_figure(ours, "a--b", published=published)
    drawn = np.concatenate([c.get_offsets().data[:, 0] for c in figure.axes[0].collections])
    here = "model == 'small' and mode == 'global'"
    expected = np.abs([*ours.query(here)["cosine"], *published.query(here)["cosine"]])
    np.testing.assert_allclose(np.sort(drawn), np.sort(expected))


def test_bars_count_the_positive_clips_of_each_split():
    clips = make_clips()
    axes = distribution_figure({"a": clips}, LABELS).axes[0]
    for bars, split in zip(axes.containers, ("train", "test"), strict=True):
        counts = clips[clips["split"] == split][LABELS].sum()
        assert [bar.get_width() for bar in bars] == counts.tolist()


def test_a_corpus_without_a_label_or_a_genre_is_drawn_empty():
    clips = make_clips(LABELS[1:]).assign(genre=None)
    figure = distribution_figure({"a": clips}, LABELS)
    assert figure.axes[0].containers[0][0].get_width() == 0


def test_tradeoff_points_stand_at_the_means():
    metrics = make_metrics(models=["m"])
    bias = make_bias(metrics)
    axes = tradeoff_figure(metrics, bias, "a--b").axes[0]
    here = bias.query("method == 'lda' and mode == 'global'")
    across = metrics.query("mode == 'global' and train_corpus != test_corpus").set_index("method")
    change = across.loc["lda", "roc_auc"].mean() - across.loc["none", "roc_auc"].mean()
    expected = [100 * here["domain_auc_after"].mean(), 100 * change]
    drawn = np.concatenate([collection.get_offsets().data for collection in axes.collections])
    assert np.isclose(drawn, expected).all(axis=1).any()


def test_no_letter_of_a_methods_name_means_anything(tmp_path):
    metrics = make_metrics(models=["small"], labels=["x"])
    other = {name: f"{letter}klda" for letter, name in zip("zyxwv", METHODS[1:], strict=True)}
    renamed = metrics.assign(method=metrics["method"].replace(other))
    titles = {other.get(name, name): title for name, title in TITLES.items()}
    for folder, table, names in (("one", metrics, TITLES), ("two", renamed, titles)):
        for name, figure in figures(table, names).items():
            save_figure(figure, tmp_path / folder / f"{name}.svg")
        bias = make_bias(metrics)
        bias["method"] = bias["method"].replace(other if table is renamed else {})
        page = html_table(wide_table(table, bias), names)
        (tmp_path / folder / "table.html").write_text(page)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_colors_come_in_the_order_of_the_methods_and_none_twice():
    methods = [f"method{i}" for i in range(15)]
    colors = method_colors(["none", *methods])
    assert list(colors) == methods
    assert len(set(colors.values())) == 15
    assert list(method_colors([*methods[3:], "none"]).values())[:3] == list(colors.values())[:3]


@pytest.fixture(scope="module")
def evidence():
    intervals = make_run(gain=0.15)["intervals"]
    return metrics_of(intervals), intervals, make_controls(intervals)["band"]


def facecolors(axes):
    return [
        tuple(color) for drawn in axes.collections for color in np.atleast_2d(drawn.get_facecolor())
    ]


def test_arrows_that_are_no_difference_are_grey_and_the_band_is_that_of_random_directions(evidence):
    metrics, intervals, band = evidence
    figure = per_label_figure(metrics, "a--b", "small", "global", {}, intervals, band)
    drawn = facecolors(figure.axes[3])
    cell = intervals.query(
        "model == 'small' and mode == 'global' and train_corpus == 'a' and test_corpus == 'b'"
        " and method != 'none' and label != 'mean' and change.notna()"
    )
    real = cell["verdict"].isin(["better", "worse"])
    assert 0 < real.sum() < len(real)
    assert drawn.count(to_rgba(FAINT)) == (~real).sum()
    fields = [
        patch for patch in figure.axes[3].patches if patch.get_facecolor()[:3] == to_rgba(LINE)[:3]
    ]
    np.testing.assert_allclose([patch.get_width() for patch in fields], 0.02)


def test_drops_have_their_intervals_and_are_grey_where_these_hold_zero(evidence):
    metrics, intervals, _ = evidence
    keys = ["pair", "model", "method", "mode", "train_corpus", "test_corpus", "label"]
    bounds = intervals[keys].assign(low=0.1, high=0.3)
    bounds.loc[bounds["label"] == "mean", "low"] = -0.1
    figure = sensitivity_figure(metrics, "a--b", bounds=bounds)
    (axes, _) = figure.axes
    ends = [
        segment[:, 0].tolist()
        for drawn in axes.collections
        if hasattr(drawn, "get_segments")
        for segment in drawn.get_segments()
    ]
    np.testing.assert_allclose(ends, ([[10, 30]] * 3 + [[-10, 30]]) * 2)
    drawn = facecolors(axes)
    assert drawn.count(to_rgba(FAINT)) == 2
    assert drawn.count(to_rgba(BLUE)) == drawn.count(to_rgba(VERMILLION)) == 3


def test_the_tradeoff_is_grey_where_neither_direction_is_real(evidence):
    metrics, intervals, band = evidence
    figure = tradeoff_figure(metrics, make_bias(metrics), "a--b", {}, intervals, band)
    axes = figure.axes[0]
    across = intervals.query(
        "mode == 'global' and train_corpus != test_corpus and label == 'mean' and method != 'none'"
    )
    real = across["verdict"].isin(["better", "worse"]).groupby([across["model"], across["method"]])
    assert facecolors(axes).count(to_rgba(FAINT)) == (~real.any()).sum() > 0
    (field,) = [patch for patch in axes.patches if patch.get_facecolor() == to_rgba(BAND)]
    assert (field.get_y(), field.get_height()) == pytest.approx((-1, 2))

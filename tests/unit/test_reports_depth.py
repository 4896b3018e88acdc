"""The figure of depth: every layer of a network is a point of its line."""

import pandas as pd
import pytest

from audio_debias.reports.figures.depth import along_depth, depth_figure

LAYERS = {"net@6": ("net", 6), "net@3": ("net", 3)}
AUCS = {"net@6": (0.9, 0.7, 0.8), "net@3": (0.8, 0.6, 0.9), "other": (1.0, 1.0, 1.0)}


@pytest.fixture
def table():
    adversaries, intervals = [], []
    for model, (domain, cross, within) in AUCS.items():
        for method in ("none", "lda"):
            cell = {"pair": "a--b", "model": model, "method": method, "mode": "global"}
            gain = 0.05 * (method == "lda")
            adversaries += [
                {**cell, "adversary": "linear", "auc_before": domain + gain},
                {**cell, "adversary": "rbf", "auc_before": 0.1},
            ]
            intervals += [
                {**cell, "label": label, "train_corpus": train, "test_corpus": test, "auc": auc}
                for label, shift in (("mean", gain), ("flute", 0.2))
                for train in "ab"
                for test in "ab"
                for auc in [(within if train == test else cross) - shift]
            ]
    return along_depth(pd.DataFrame(intervals), pd.DataFrame(adversaries), LAYERS)


def test_points_are_the_uncorrected_layers_in_their_order(table):
    assert table["layer"].tolist() == [3, 6]
    assert table["network"].tolist() == ["net", "net"]
    assert table["domain"].tolist() == pytest.approx([0.8, 0.9])
    assert table["cross"].tolist() == pytest.approx([0.6, 0.7])
    assert table["within"].tolist() == pytest.approx([0.9, 0.8])


def test_lines_run_over_the_layers(table):
    domain, label = depth_figure(table, {"net": "Network"}).axes
    assert domain.lines[0].get_xdata().tolist() == [3, 6]
    assert domain.lines[0].get_ydata().tolist() == pytest.approx([80, 90])
    assert [line.get_ydata().tolist() for line in label.lines] == [
        pytest.approx([60, 70]),
        pytest.approx([90, 80]),
    ]
    assert domain.get_title() == "Network"

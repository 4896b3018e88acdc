"""Strength: curves of one eraser, their points and their figure."""

import pandas as pd
import pytest

from audio_debias.evidence.strength import along_strength
from audio_debias.experiment.method import Method, OnCurve, strength_curves
from audio_debias.reports.figures.strength import strength_figure


def method(name, **rest):
    return Method(name, name, "", "", rest.pop("space", "linear"), **rest)


METHODS = {
    one.name: one
    for one in (
        method("none"),
        method("k", space="kernel"),
        method("mean", eraser="mean"),
        method("mean@0.5", eraser="mean", options={"strength": 0.5}),
        method("lda", eraser="lda"),
        method("mlda@0.5", eraser="lda", per_genre=True, options={"strength": 0.5}),
        method("kmean", eraser="mean", space="kernel"),
        method("kmean@0.1", eraser="mean", space="kernel", options={"strength": 0.1}),
    )
}


def test_a_curve_is_one_eraser_that_differs_in_nothing_but_strength():
    assert strength_curves(METHODS) == {
        "mean": OnCurve("mean", 1.0, "none"),
        "mean@0.5": OnCurve("mean", 0.5, "none"),
        "kmean": OnCurve("kmean", 1.0, "k"),
        "kmean@0.1": OnCurve("kmean", 0.1, "k"),
    }


@pytest.fixture
def table():
    cells = {"none": (0.99, 0.7), "mean": (0.55, 0.74), "mean@0.5": (0.9, 0.72)}
    keys = {"pair": "a--b", "model": "vgg", "mode": "global"}
    intervals = [
        {**keys, "method": name, "label": label, "train_corpus": train, "test_corpus": test}
        | {"auc": auc + 0.1 * (train == test) + (label == "flute")}
        for name, (_, auc) in cells.items()
        for label in ("mean", "flute")
        for train in "ab"
        for test in "ab"
    ]
    adversaries = [
        {**keys, "method": name, "adversary": adversary, "auc_after": auc + shift}
        for name, (auc, _) in cells.items()
        for adversary, shift in (("linear", 0), ("rbf", 0.005), ("neighbours", -0.1))
    ]
    curves = strength_curves({name: METHODS[name] for name in cells})
    return along_strength(pd.DataFrame(intervals), pd.DataFrame(adversaries), curves)


def test_points_lead_from_the_uncorrected_embedding_to_full_strength(table):
    assert table["method"].tolist() == ["none", "mean@0.5", "mean"]
    assert table["strength"].tolist() == [0.0, 0.5, 1.0]
    assert table["linear"].tolist() == pytest.approx([0.99, 0.9, 0.55])
    assert table["nonlinear"].tolist() == pytest.approx([0.995, 0.905, 0.555])
    assert table["cross"].tolist() == pytest.approx([0.7, 0.72, 0.74])
    assert table["within"].tolist() == pytest.approx([0.8, 0.82, 0.84])


def test_the_figure_has_a_line_for_each_reader(table):
    axes = strength_figure(table, "a--b").axes
    lines = [line.get_xydata().ravel().tolist() for one in axes for line in one.lines]
    assert lines == [
        pytest.approx([99, 70, 90, 72, 55, 74]),
        pytest.approx([99.5, 70, 90.5, 72, 55.5, 74]),
    ]

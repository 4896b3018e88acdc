"""The dose-response figure: every pair of a corpus and one derived from it is a point."""

import pandas as pd

from audio_debias.reports.figures.dose import dose_figure, dose_response


def tables():
    pairs = ["a--a4", "a--a8", "a4--a8", "a--other"]
    keys = {"model": "vgg", "method": "none", "mode": "global", "label": "flute"}
    metrics = [
        {**keys, "pair": pair, "train_corpus": train, "test_corpus": test, "roc_auc": auc}
        for pair, auc in zip(pairs, (0.7, 0.8, 0.75, 0.6), strict=True)
        for train, test in [pair.split("--"), pair.split("--")[::-1], ["a", "a"]]
    ]
    bias = [{**keys, "pair": pair, "domain_auc_before": 0.9} for pair in pairs]
    cosines = [{**keys, "pair": pair, "cosine": -0.2} for pair in pairs]
    return pd.DataFrame(metrics), pd.DataFrame(bias), pd.DataFrame(cosines)


DERIVED = {
    "a8": ("a", [{"lowpass": {"hz": 8000}}]),
    "a4": ("a", [{"lowpass": {"hz": 4000}}]),
}


def test_points_are_the_pairs_with_the_original_by_dose():
    found = dose_response(*tables(), DERIVED)
    assert found["dose"].tolist() == [4000.0, 8000.0]
    assert found["effect"].unique().tolist() == ["lowpass"]
    assert found["cross_auc"].tolist() == [0.7, 0.8]
    assert found["cosine"].tolist() == [0.2, 0.2]


def test_the_figure_has_a_line_per_model_and_response():
    axes = dose_figure(dose_response(*tables(), DERIVED)).axes
    assert [line.get_ydata().tolist() for one in axes for line in one.lines] == [
        [90.0, 90.0],
        [70.0, 80.0],
        [0.2, 0.2],
    ]
    assert axes[0].get_xlabel() == "lowpass, Hz"


def test_without_derived_corpora_it_says_so():
    figure = dose_figure(dose_response(*tables(), {}))
    assert "no corpus is derived" in figure.texts[0].get_text()

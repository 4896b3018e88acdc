"""What `audio-debias measure` says of tables in which nothing, or one thing, is to be found."""

import numpy as np
import pandas as pd
import pytest

from audio_debias.evidence.label_transfer import label_transfer
from audio_debias.evidence.many_domains import Side, identify
from audio_debias.reports.measurement_page import sentences

NAMES = ["a", "b"]


def sides(x, domain, group, rng):
    """Half of the groups to train on, half to test on."""
    held = np.isin(group, rng.permutation(np.unique(group))[::2])
    return [
        Side(x[rows], domain[rows], pd.factorize(group[rows])[0], np.flatnonzero(rows))
        for rows in (~held, held)
    ]


def told(seed, domain_effect):
    """Whether the first sentence says that the domain is carried: songs differ in each of two."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(80), 10)
    domain = (group % 2).astype(int)
    x = 2 * rng.normal(size=(80, 12))[group] + rng.normal(size=(800, 12))
    x[:, 0] += domain_effect * domain
    train, test = sides(x, domain, group, rng)
    found = identify(train, test, NAMES, resamples=200, seed=seed)
    said = next(sentences({"before": {"identification": found}}))
    return said.startswith("The embedding carries the domain")


def test_songs_that_differ_are_no_bias():
    assert sum(told(seed, 0) for seed in range(20)) <= 2
    assert all(told(seed, 12) for seed in range(5))


def transfer(rng, rows=200, effects=(1.0, 1.0), annotated=(True, True)):
    """Labels `hard` in both domains and `easy`, known where `annotated` says so."""
    domain = np.repeat([0, 1], rows)
    truth = rng.random((2 * rows, 2)) < 0.5
    x = rng.normal(size=(2 * rows, 6))
    x[:, :2] += truth * np.array(effects)
    labels = pd.DataFrame(truth, columns=["hard", "easy"]).astype("boolean")
    labels.loc[~np.array(annotated)[domain], "easy"] = pd.NA
    train, test = sides(x, domain, np.arange(2 * rows), rng)
    return label_transfer(train, test, labels, NAMES, resamples=400)


def test_a_loss_is_that_of_labels_that_were_tried_both_ways():
    found = transfer(np.random.default_rng(0), effects=(0.5, 4.0), annotated=(True, False))
    assert found["labels"] == ["easy", "hard"]
    hard = {(one["train"], one["test"]): one["by_label"]["hard"] for one in found["cells"]}
    own, other = (hard["a", "a"] + hard["b", "b"]) / 2, (hard["a", "b"] + hard["b", "a"]) / 2
    assert found["within"]["auc"] == pytest.approx(own)
    assert found["cross"]["auc"] == pytest.approx(other)
    assert found["lost"]["auc"] == pytest.approx(own - other)


def test_a_loss_that_chance_may_make_is_rarely_told():
    found = [transfer(np.random.default_rng(seed))["lost"] for seed in range(30)]
    assert sum(one["low"] > 0 for one in found) <= 3
    assert sum(one["low"] <= 0 <= one["high"] for one in found) >= 26


def test_nothing_is_compared_where_no_label_is_tried_both_ways():
    rng = np.random.default_rng(1)
    domain = np.repeat([0, 1], 50)
    labels = pd.DataFrame({"x": rng.random(100) < 0.5}).astype("boolean")
    labels.loc[domain == 1, "x"] = pd.NA
    train, test = sides(rng.normal(size=(100, 4)), domain, np.arange(100), rng)
    found = label_transfer(train, test, labels, NAMES, resamples=50)
    assert found["within"] is found["cross"] is found["lost"] is None

"""Two runs compared."""

import pytest

from audio_debias.reports.answer import free_of_modes, once
from audio_debias.reports.compare import compare_runs
from unit.page_data import make_run

KEYS = ["model", "method", "mode", "train_corpus", "test_corpus", "label"]


@pytest.fixture(scope="module")
def before():
    return make_run()["intervals"]


def test_a_run_does_not_differ_from_itself(before):
    table = compare_runs(before, before)
    assert len(table) == len(once(before, free_of_modes(before)))
    assert (table["difference"] == 0).all()
    assert not table["verdict"].isin(["better", "worse"]).any()


def test_a_run_that_gained_is_better_where_it_gained(before):
    after = make_run(gain=0.24)["intervals"]
    table = compare_runs(before, after)
    means = table[table["label"] == "mean"].set_index(KEYS[:-1])
    gained = means.loc[("small", "lda", "global", "a", "b")]
    assert gained["verdict"] == "better"
    assert gained["low"] < 0.24 < gained["high"]
    assert means.loc[("large", "lda", "global", "a", "b"), "verdict"] == "cannot tell"


def test_the_variances_of_both_runs_add(before):
    table = compare_runs(before, before)
    sd = once(before, free_of_modes(before))["sd_test"].astype(float)
    width = (table["high"] - table["low"]).astype(float)
    assert width.to_numpy() == pytest.approx((2 * 1.959964 * 2**0.5 * sd).to_numpy(), nan_ok=True)

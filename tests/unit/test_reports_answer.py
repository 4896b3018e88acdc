"""The sentences that the page opens on, for runs of which the truth is known."""

import re

import pandas as pd
import pytest

from audio_debias.evidence.modes import free_of_modes, once
from audio_debias.reports.answer import answers
from unit.page_data import NAMES, make_run


def answer_of(run, **options):
    intervals = once(run["intervals"], free_of_modes(run["intervals"]))
    (answer,) = answers(run["findings"], intervals, run["names"], **options)
    return answer


@pytest.fixture(scope="module")
def nothing_helps():
    return make_run()


@pytest.fixture(scope="module")
def lda_helps():
    return make_run(gain=0.15)


def test_no_gain_is_claimed_where_there_is_none(nothing_helps):
    told = dict(answer_of(nothing_helps).overall)
    assert told["What helped?"].startswith("Nothing helped beyond noise: the largest of 20 changes")
    wanted = max(
        one["numbers"]["clips_needed"]
        for one in nothing_helps["findings"]
        if one["kind"] == "clips_wanted"
    )
    assert (
        f"it would take about {wanted:,} test clips a corpus instead of 240" in told["What helped?"]
    )
    assert told["What to do?"].startswith("Keep the embeddings as they are")
    assert told["What was tried?"] == "3 corrections of 2 embeddings: LDA, K and KLDA."


def test_a_true_gain_is_found_with_its_interval_and_advised(lda_helps):
    answer = answer_of(lda_helps)
    told = dict(answer.overall)
    assert "LDA" in told["What helped?"]
    assert "on small" in told["What helped?"]
    assert "gains beyond noise" in told["What helped?"]
    assert told["What to do?"].startswith("Correct small with LDA")
    assert answer.best["small"][0] == "lda"


NULL = {"low": 0.4, "high": 0.6}


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ((0.9, 0.99), "No: after every correction a simple classifier still tells the corpora"),
        ((0.55, 0.99), "in 1 of 1 embeddings: after LDA on small it is at AUC 55.0, where 50 is"),
        ((0.55, 0.99), "A stronger one still tells them apart: 99.0."),
        ((0.55, 0.58), "A stronger one is at chance too: 58.0."),
        ((0.2, 0.99), "Not surely: after LDA on small a simple classifier does worse than guess"),
    ],
)
def test_whether_the_bias_is_gone_is_told_for_both_readers(nothing_helps, after, said):
    numbers = {f"{by} null_{end}": n for by in ("linear", "rbf") for end, n in NULL.items()}
    numbers |= {"linear auc_after": after[0], "rbf auc_after": after[1]}
    about = {"pair": "a--b", "model": "small", "method": "lda", "mode": "global, classwise"}
    finding = {"kind": "corrections", "text": "", "about": about, "numbers": numbers}
    apart = {"linear": 0.99, "null_low": 0.4, "null_high": 0.6}
    apart = {**finding, "kind": "told_apart", "numbers": apart}
    told = dict(answer_of(nothing_helps | {"findings": [apart, finding]}).overall)
    assert said in told["Is it gone?"]
    apart["numbers"]["linear"] = 0.55
    told = dict(answer_of(nothing_helps | {"findings": [apart, finding]}).overall)
    assert "Is it gone?" not in told


def test_a_loss_of_the_kernel_map_is_told(nothing_helps):
    told = dict(answer_of(nothing_helps).overall)
    assert "losses beyond noise" in told["What does it cost?"]
    assert "K" in told["What does it cost?"]


def test_every_model_is_told_its_bias_and_its_corrections(nothing_helps):
    answer = answer_of(nothing_helps)
    assert [title for _, title, _ in answer.models] == ["small", "large"]
    for _, _, sentences in answer.models:
        assert sentences[0] == (
            "A simple classifier can tell from it which corpus a clip comes from: AUC 99.0 "
            "[98.0, 99.5]."
        )
        assert [text[:12] for text in sentences[1:3]] == ["Trained on a", "Trained on b"]
        assert sentences[3] == "None of 10 changes by corrections is a gain beyond noise."


def test_a_loss_is_told_with_both_aucs_and_their_difference(nothing_helps):
    table = nothing_helps["intervals"].query("method == 'none' and label == 'mean'")
    auc = table[table["model"] == "small"].drop_duplicates(["train_corpus", "test_corpus"])
    auc = 100 * auc.set_index(["train_corpus", "test_corpus"])["auc"].astype(float)
    here, there = auc["a", "a"], auc["a", "b"]
    told = dict(answer_of(nothing_helps).overall)["By how much?"]
    assert told.startswith("All 4 classifiers lose AUC")
    start = f"trained on a, its AUC falls from {here:.1f} on a to {there:.1f} on b, "
    assert f"{start}{here - there:.2f} points less [" in told


def test_a_bias_that_few_tracks_cannot_show_is_not_denied(nothing_helps):
    numbers = {"linear": 1.0, "null_low": 0.0, "null_high": 1.0}
    told = {"kind": "told_apart", "text": "", "about": {"pair": "a--b", "model": "small"}}
    run = nothing_helps | {"findings": [told | {"numbers": numbers}]}
    said = dict(answer_of(run).overall)["Biased?"]
    assert said.startswith("Cannot tell: ")
    assert "reaches AUC 100.0, and chance 100.0, so few are the test tracks" in said
    run["findings"][0]["numbers"] = {"linear": 0.52, "null_low": 0.46, "null_high": 0.54}
    assert dict(answer_of(run).overall)["Biased?"].startswith("No: from no embedding")


def test_one_classifier_is_not_called_all_and_no_loss_is_no_fall(nothing_helps):
    drop = {"auc": 0.9, "auc_abroad": 0.8, "drop": 0.1, "low": 0.05, "high": 0.15}
    about = {"pair": "a--b", "model": "small", "train_corpus": "a", "test_corpus": "b"}
    told = {"kind": "drops", "text": "", "about": about, "numbers": drop}
    run = nothing_helps | {"findings": [told]}
    assert dict(answer_of(run).overall)["By how much?"].startswith("The one classifier loses AUC")
    run["findings"][0]["numbers"] |= {"drop": -0.00001, "low": -0.02, "high": 0.02}
    lost = dict(answer_of(run).overall)["By how much?"]
    assert re.search(r"trained on a, its AUC is [\d.]+ on both, a difference of 0.00 \[", lost)


@pytest.mark.parametrize(
    ("steps", "clue"),
    [
        ((None, None), "No measured property, genre or label explains it."),
        ((1, 2), "The best clue is integrated loudness: it alone explains 20 % [10, 30]"),
    ],
)
def test_a_source_is_named_as_an_association(nothing_helps, steps, clue):
    """The first that the findings name; where they name none, it is not named here."""
    sources = pd.DataFrame(
        [
            ("a--b", "small", name, "property", r2, r2 - 0.1, r2 + 0.1, step)
            for name, r2, step in (("loudness", 0.2, steps[0]), ("bandwidth", 0.8, steps[1]))
        ],
        columns=[
            *("pair", "model", "property", "kind"),
            *("r2_alone", "r2_alone_low", "r2_alone_high", "step"),
        ],
    ).astype({"step": "Float64"})
    finding = {"kind": "sources", "text": "", "about": {"pair": "a--b", "model": "small"}}
    named = {} if steps[0] is None else {"loudness": 0.2}
    findings = [*nothing_helps["findings"], {**finding, "numbers": {"auc": 0.99, **named}}]
    told = dict(answer_of(nothing_helps | {"findings": findings}, sources=sources).overall)
    assert clue in told["Where from?"]
    assert ("no proof of a cause" in told["Where from?"]) == (steps[0] is not None)


def test_a_method_that_no_mode_changes_stands_once(nothing_helps):
    free = free_of_modes(nothing_helps["intervals"])
    table = once(nothing_helps["intervals"], free)
    cells = table[["model", "method", "mode"]].drop_duplicates()
    modes = cells.groupby("method")["mode"].agg(set)
    assert modes["none"] == modes["k"] == {"any"}
    assert modes["lda"] == modes["klda"] == {"global", "classwise"}
    assert len(table) == 2 * 6 * 4 * 4


def test_a_run_without_corrections_tells_its_bias_alone():
    run = make_run()
    run["intervals"] = run["intervals"].query("method == 'none'")
    told = dict(answer_of(run).overall)
    assert set(told) == {"Biased?", "By how much?"}
    assert NAMES["a--b"] == answer_of(run).title


def test_changes_of_unknown_spread_are_counted_and_no_gain_is_made_up(nothing_helps):
    run = dict(nothing_helps)
    intervals = run["intervals"].copy()
    intervals["change"] = intervals["change"].mask(intervals["change"].notna(), 0.0)
    intervals["verdict"] = pd.Series(pd.NA, intervals.index, "string")
    told = dict(answer_of(run | {"intervals": intervals}).overall)
    assert told["What helped?"] == "Nothing: no correction raises the AUC across the corpora."

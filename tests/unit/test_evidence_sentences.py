"""Every kind of sentence, from numbers written by hand."""

import json

import pandas as pd
import pytest

from audio_debias.evidence import sentences
from audio_debias.evidence.findings import as_json, collect, markdown
from audio_debias.evidence.modes import free_of_modes

NAMES = {
    "a": "IRMAS",
    "b": "OpenMIC",
    "a--b": "IRMAS and OpenMIC",
    "vggish": "VGGish",
    "leace": "LEACE",
    "none": "none",
}
CELL = {"pair": "a--b", "model": "vggish", "mode": "global"}


def adversaries(after=(0.54, 0.99, 0.9), null_high=0.55, before=(0.996, 0.999, 0.98)):
    rows = [
        {
            **CELL, "method": method, "adversary": adversary,
            "auc_before": before[i], "before_low": before[i] - 0.005,
            "before_high": min(before[i] + 0.002, 1.0),
            "auc_after": before[i] if method == "none" else after[i],
            "null_low": 1 - null_high, "null_high": null_high,
        }
        for method in ("none", "leace")
        for i, adversary in enumerate(("linear", "rbf", "neighbours"))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def intervals(change=-0.003, low=-0.012, high=0.005, verdict="no difference", **more):
    row = {
        **CELL, "method": "leace", "train_corpus": "a", "test_corpus": "b", "label": "mean",
        "change": change, "change_low": low, "change_high": high, "p_holm": 1.0,
        "verdict": verdict, "clips": 250, "clips_needed": pd.NA, "low": 0.7, "high": 0.8,
        "change_sd_test": 0.004, "change_sd_training": pd.NA,
    }  # fmt: skip
    return pd.DataFrame([row | more])


RANKS = pd.DataFrame([{**CELL, "method": "leace", "rank": 1}])
DROP = pd.DataFrame(
    [
        {
            **CELL, "method": "none", "train_corpus": "a", "test_corpus": "b", "label": "mean",
            "auc": 0.9, "auc_abroad": 0.8222, "drop": 0.0778, "low": 0.0712, "high": 0.0845,
        }
    ]
)  # fmt: skip


def text_of(found):
    assert len(found) == 1
    return found[0].text


def test_told_apart():
    assert text_of(sentences.told_apart(adversaries(), NAMES)) == (
        "VGGish tells IRMAS and OpenMIC apart: a linear probe reaches 99.6 [99.1, 99.8] on test "
        "clips (50 is chance), a nonlinear one at 99.9, nearest neighbours at 98.0."
    )


def test_told_apart_no_better_than_chance():
    found = sentences.told_apart(adversaries(before=(0.52, 0.5, 0.51)), NAMES)
    assert text_of(found).startswith("VGGish does not tell IRMAS and OpenMIC apart: a linear probe")


def test_whether_a_few_tracks_are_told_apart_is_left_open():
    table = adversaries(before=(1.0, 1.0, 0.99)).assign(null_high=1.0)
    assert text_of(sentences.told_apart(table, NAMES)).startswith(
        "Whether VGGish tells IRMAS and OpenMIC apart cannot be told from so few test tracks, with "
        "which chance reaches 100.0: a linear probe reaches 100.0"
    )


def test_drops():
    assert text_of(sentences.drops(DROP, NAMES)) == (
        "Trained on IRMAS, VGGish loses 7.78 [7.12, 8.45] points of mean AUC on OpenMIC."
    )


def test_a_drop_that_may_be_chance_and_one_that_is_a_gain():
    unsure = DROP.assign(drop=0.01, low=-0.01, high=0.03)
    assert text_of(sentences.drops(unsure, NAMES)).endswith("on OpenMIC; that may be chance.")
    gain = DROP.assign(drop=-0.02, low=-0.03, high=-0.01)
    assert "gains 2.00 [1.00, 3.00] points" in text_of(sentences.drops(gain, NAMES))


def test_corrections():
    found = sentences.corrections(intervals(), adversaries(), RANKS, NAMES)
    assert text_of(found) == (
        "LEACE on VGGish (global). One direction removed; a new linear probe finds the domain no "
        "better than chance, 54.0 (before: 99.6), a nonlinear one at 99.0, nearest neighbours at "
        "90.0. Mean AUC across corpora changes, IRMAS → OpenMIC by −0.30 [−1.20, 0.50]: "
        "no difference."
    )
    assert found[0].numbers["linear auc_after"] == 0.54
    assert found[0].numbers["a → b change"] == -0.003
    assert found[0].about == {**CELL, "method": "leace"}


def test_a_domain_that_is_still_found_is_said_to_be():
    ranks = RANKS.assign(rank=4)
    told = adversaries(after=(0.99, 0.99, 0.9))
    found = sentences.corrections(intervals(), told, ranks, NAMES)
    assert "4 directions removed; a new linear probe still finds the domain at 99.0" in text_of(
        found
    )


def test_a_method_of_any_mode_is_told_once():
    table = pd.concat([intervals(), intervals(mode="classwise")])
    unchanged = adversaries(after=(0.996, 0.999, 0.998), before=(0.996, 0.999, 0.998))
    found = sentences.corrections(table, unchanged, RANKS.assign(rank=0), NAMES)
    assert text_of(found).startswith("LEACE on VGGish (global, classwise). Mean AUC")


def test_a_perfect_auc_is_told_without_an_interval():
    perfect = adversaries(before=(1.0, 1.0, 1.0)).assign(before_low=None, before_high=None)
    text = text_of(sentences.told_apart(perfect, NAMES))
    assert "a linear probe reaches 100.0 on test clips" in text


def test_a_method_that_takes_no_direction_out_claims_none_and_tells_what_probes_find():
    found = sentences.corrections(intervals(), adversaries(), RANKS.assign(rank=0), NAMES)
    assert "removed" not in text_of(found)
    assert ". A new linear probe finds the domain no better than chance, 54.0" in text_of(found)
    assert "rank" not in found[0].numbers


def test_verdicts():
    table = pd.concat([intervals(), intervals(verdict="better"), intervals(verdict="better")])
    assert text_of(sentences.verdicts(table)) == (
        "Of 3 changes of a mean AUC, after Holm's correction: 2 better, 1 no difference."
    )


def test_clips_wanted():
    table = intervals(verdict="cannot tell", clips_needed=7812)
    assert text_of(sentences.clips_wanted(table, 0.5, NAMES)) == (
        "To find a change of 0.5 points on OpenMIC takes about 7,812 test clips, there are 250 "
        "(median over 1 changes that cannot be told)."
    )


def test_clips_that_would_not_help():
    found = sentences.clips_wanted(intervals(verdict="cannot tell"), 0.5, NAMES)
    assert text_of(found).startswith("No number of test clips alone would find a change of 0.5")


def test_training_share():
    found = sentences.training_share(intervals(change_sd_training=0.003))
    # 0.003 ** 2 / (0.003 ** 2 + 0.004 ** 2) = 9 / 25.
    assert "36 % of the variance" in text_of(found)
    assert "64 % from which clips were tested" in text_of(found)


def test_training_share_says_nothing_of_one_training_sample():
    assert sentences.training_share(intervals()) == []


def test_random_directions():
    band = pd.DataFrame(
        [
            {
                **CELL, "method": "random", "train_corpus": "a", "test_corpus": "b",
                "label": "mean", "low": -0.004, "high": 0.002, "draws": 10,
            }
        ]
    )  # fmt: skip
    free = free_of_modes(intervals())
    assert text_of(sentences.random_directions(band, intervals(), free, NAMES)) == (
        "On VGGish, random directions change mean AUC across corpora by −0.40 to +0.20 points "
        "(10 draws); 1 of 1 changes by a correction lie within what they do."
    )


def test_published_noise():
    table = pd.DataFrame({"exceeds": [True, False, pd.NA], "exceeds_holm": [False, False, pd.NA]})
    found = sentences.published_noise(table.astype("boolean"))
    assert text_of(found) == (
        "Of the poster's 2 cross-domain changes, 1 exceed the noise of its own test sets taken one "
        "by one, 0 after Holm's correction."
    )


@pytest.mark.parametrize(
    ("at_chance", "end"), [(True, "as it must be."), (False, "seek the leak.")]
)
def test_controls(at_chance, end):
    row = {
        "pair": "a--b", "model": "vggish", "control": "labels permuted", "train_corpus": "a",
        "test_corpus": "b", "auc": 0.503, "low": 0.49, "high": 0.515, "draws": 10,
        "at_chance": at_chance,
    }  # fmt: skip
    text = text_of(sentences.controls(pd.DataFrame([row]), NAMES))
    assert text.startswith(
        "Control, labels permuted (VGGish, IRMAS → OpenMIC): AUC 50.3 [49.0, 51.5] over 10 draws"
    )
    assert text.endswith(end)


def test_redrawn():
    assert text_of(sentences.redrawn({"a": 0, "b": 31}, 2000, NAMES)) == (
        "31 resamples of OpenMIC lacked a class of some label and were drawn again, to have 2,000."
    )


def test_the_page_and_the_machines_file_hold_every_sentence():
    found = collect(
        intervals(), DROP, adversaries(), RANKS,
        margin=0.5, resamples=2000, redrawn={"b": 3}, names=NAMES,
    )  # fmt: skip
    page, entries = markdown(found), json.loads(as_json(found))
    assert [entry["kind"] for entry in entries] == [
        "told_apart", "drops", "corrections", "verdicts", "redrawn",
    ]  # fmt: skip
    for entry in entries:
        assert f"- {entry['text']}\n" in page
        assert entry["numbers"]


def test_a_method_that_no_mode_changes_is_counted_once():
    means = pd.concat(
        [
            intervals(method=method, mode=mode, verdict="cannot tell", clips_needed=clips)
            for method, clips in (("k", 900), ("lda", 700))
            for mode in ("global", "classwise")
        ],
        ignore_index=True,
    )
    means.loc[3, "change"] = 0.01  # of lda, the modes differ
    found = collect(
        means,
        DROP,
        adversaries(),
        RANKS,
        margin=0.5,
        resamples=200,
        redrawn={},
        names=NAMES,
    )
    by_kind = {one.kind: one for one in found}
    assert by_kind["verdicts"].text.startswith("Of 3 changes")
    assert by_kind["clips_wanted"].numbers["changes"] == 3


def test_a_probe_below_chance_is_not_said_to_be_at_chance():
    found = sentences.corrections(intervals(), adversaries(after=(0.3, 0.9, 0.9)), RANKS, NAMES)
    assert "is turned round, below chance, at 30.0" in text_of(found)

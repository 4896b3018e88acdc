"""What was left out is counted by reason and place."""

import pandas as pd

from audio_debias.reports.exclusions import count_exclusions, html_exclusions


def listed(subject, *rows):
    return pd.DataFrame(rows, columns=[subject, "reason", "detail"])


def lacking(*rows):
    """Directions that a correction lacks: label, genre (none: of all clips) and reason."""
    lead = {"pair": "a--b", "model": "m", "method": "mlda", "mode": "classwise"}
    return pd.DataFrame(rows, columns=["label", "genre", "reason"]).assign(**lead)


def test_every_exclusion_is_counted_once_by_place_and_reason():
    counts = count_exclusions(
        {"a": listed("clip_id", ("1", "no genre", ""), ("2", "no genre", ""), ("3", "split", ""))},
        {("m", "a"): listed("clip_id", ("4", "silent", "")), ("m", "b"): listed("clip_id")},
        {("a--b", "m"): listed("label", ("organ", "too few clips", "3 of 8"))},
        lacking(
            ("cello", "jazz; a: b", "1 and 9 clips"),
            ("cello", "rock", "0 and 2 clips"),
            ("voice", None, "no clip"),
        ),
        {"a": "Corpus A", "a--b": "Corpus A and b", "m": "Model M", "mlda": "mLDA"},
    )
    where = "Corpus A and b, Model M-mLDA, classwise"
    assert counts.to_numpy().tolist() == [
        ["clips dropped", "Corpus A", "no genre", 2, "1"],
        ["clips dropped", "Corpus A", "split", 1, "3"],
        ["clips without embedding", "Corpus A, Model M", "silent", 1, "4"],
        ["labels excluded", "Corpus A and b, Model M", "too few clips", 1, "organ"],
        ["directions", where, "not fitted", 3, "cello: jazz; a: b: 1 and 9 clips"],
    ]
    page = html_exclusions(counts)
    assert all(reason in page for reason in counts["reason"])


def test_a_correction_without_its_only_direction_names_no_genre():
    counts = count_exclusions({}, {}, {}, lacking(("voice", None, "no clip")))
    assert counts.to_numpy().tolist() == [
        ["directions", "a--b, m-mlda, classwise", "not fitted", 1, "voice: no clip"]
    ]


def test_an_empty_list_says_that_nothing_was_left_out():
    counts = count_exclusions({"a": listed("clip_id")}, {}, {}, lacking())
    assert counts.empty
    assert "Nothing:" in html_exclusions(counts)


def test_names_that_mean_harm_stay_text():
    counts = count_exclusions({"<b>": listed("clip_id", ("<i>,\n", "<u>", ""))}, {}, {}, lacking())
    page = html_exclusions(counts)
    assert not any(tag in page for tag in ("<b>", "<i>", "<u>"))


def test_few_test_positives_and_sounds_in_two_corpora_are_counted():
    few = pd.DataFrame(
        [("a--b", "a", "cello", 7), ("a--b", "a", "organ", 2), ("a--b", "b", "organ", 9)],
        columns=["pair", "test_corpus", "label", "support"],
    )
    shared = pd.DataFrame(
        [("a", "1", "train", "b", "x", "test")] * 3,
        columns=["corpus", "clip_id", "split", "other_corpus", "other_clip_id", "other_split"],
    )
    near = pd.DataFrame(
        [("b", "b", 5, 0.91234, 0.87, "x ~ y (cosine 0.9990)"), ("a", "b", 0, 0.6, 0.6, "")],
        columns=["train_corpus", "test_corpus", "suspects", "auc", "auc_without", "example"],
    ).assign(model="m")
    names = {"b": "Corpus B"}
    counts = count_exclusions({}, {}, {}, lacking(), names, few, shared, [near])
    reason = "fewer than 10 positive test clips"
    assert counts.to_numpy().tolist() == [
        ["labels judged roughly", "a--b, tested on a", reason, 2, "cello (7)"],
        ["labels judged roughly", "a--b, tested on Corpus B", reason, 1, "organ (9)"],
        ["clips in two corpora", "a and Corpus B", "same sound", 3, "1 = x"],
        [
            "suspected copies",
            "Corpus B → Corpus B, m",
            "near a training clip: ROC-AUC 0.912, without them 0.870",
            *(5, "x ~ y (cosine 0.9990)"),
        ],
    ]

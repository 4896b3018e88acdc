import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from audio_debias.corrections.eraser import Eraser
from audio_debias.corrections.per_label import fit_corrections
from audio_debias.evidence import adversaries
from audio_debias.evidence.adversaries import COLUMNS, identify_after_each, identify_domains


def two_corpora(shift=0.0, spread=1.0, train=300, test=200, features=30, seed=0, labels=1):
    """Two corpora of normal embeddings; the second is shifted along one feature, and wider."""
    rng = np.random.default_rng(seed)
    clips, embeddings, samples = {}, {}, []
    names = [f"label_{i}" for i in range(labels)]
    for corpus in "ab":
        count = train + test
        ids = [f"{corpus}{i:05d}" for i in range(count)]
        x = rng.normal(size=(count, features))
        if corpus == "b":
            x *= spread
            x[:, 0] += shift
        table = {
            "clip_id": ids,
            "split": ["train"] * train + ["test"] * test,
            "genre": rng.choice(["pop_rock", "classical"], count),
            "track_id": [f"{corpus} {i // 2}" for i in range(count)],
        }
        for label in names:
            truth = rng.random(count) < 0.4
            samples.append(
                pd.DataFrame(
                    {
                        "label": label,
                        "corpus": corpus,
                        "clip_id": ids[:train],
                        "positive": truth[:train],
                        "genre": table["genre"][:train],
                    }
                )
            )
            table[label] = truth
        clips[corpus] = pd.DataFrame(table)
        index = pd.Index(ids, name="clip_id")
        embeddings[corpus] = pd.DataFrame(x.astype(np.float32), index=index)
    return pd.concat(samples, ignore_index=True), clips, embeddings


def identified(data, eraser=None, space="linear", **options):
    samples, clips, embeddings = data
    corrections = fit_corrections(samples, embeddings, eraser=eraser, space=space)
    table = identify_domains(
        samples, clips, embeddings, corrections, permutations=300, resamples=300, **options
    )
    return table.set_index("adversary")


def test_equal_means_and_unequal_covariances_deceive_the_line_alone():
    found = identified(two_corpora(spread=1.4))
    linear = found.loc["linear"]
    assert linear["null_low"] <= linear["auc_before"] <= linear["null_high"]
    assert found.loc["rbf", "auc_before"] > 0.9
    assert found.loc["neighbours", "auc_before"] > 0.7


def test_a_correction_that_takes_the_mean_away_deceives_the_line_alone():
    found = identified(two_corpora(shift=3.0, spread=1.4), "lda")
    # Phi(3 / sqrt(1 + 1.4 ** 2)) = 0.96 at best.
    assert found.loc["linear", "auc_before"] > 0.9
    assert found.loc["linear", "auc_after"] < 0.6
    assert found.loc["rbf", "auc_after"] > 0.9
    assert found.loc["linear", "frechet_after"] < found.loc["linear", "frechet_before"]


def test_what_one_gaussian_shift_allows_is_found_and_no_more():
    # Shifted by 2 along one of 30 features: the best AUC is Phi(2 / sqrt 2) = 0.921.
    found = identified(two_corpora(shift=2.0, train=1000, test=500))
    assert 0.88 < found.loc["linear", "auc_before"] < 0.94
    assert found.loc["linear", "before_low"] < 0.921 < found.loc["linear", "before_high"]


def test_before_and_after_are_the_same_without_a_correction():
    found = identified(two_corpora(shift=1.0, labels=2))
    assert (found["auc_before"] == found["auc_after"]).all()
    assert (found["share_corpus_before"] == found["share_corpus_after"]).all()


def test_with_permuted_corpora_every_adversary_lies_inside_its_null():
    found = identified(two_corpora(shift=3.0, spread=1.4), permute=True, seed=1)
    assert (found["null_low"] <= found["auc_before"]).all()
    assert (found["auc_before"] <= found["null_high"]).all()
    assert (found["null_low"] < 0.5).all()
    assert (found["null_high"] > 0.5).all()


def test_the_null_is_as_wide_as_the_tracks_allow():
    found = identified(two_corpora())
    # Mann and Whitney's variance for 100 and 100 tracks; clips of a track are independent here,
    # which halves it at most.
    tracks = np.sqrt(201 / (12 * 100 * 100))
    width = found.loc["linear", "null_high"] - found.loc["linear", "null_low"]
    assert 2 * 1.96 * tracks / np.sqrt(2) * 0.8 < width < 2 * 1.96 * tracks * 1.2


def test_shares_of_variance_are_those_of_the_shift():
    found = identified(two_corpora(shift=2.0, features=1, train=2000, test=50)).loc["linear"]
    # Between the corpora 1, within them 1.
    assert found["share_corpus_before"] == pytest.approx(0.5, abs=0.04)
    assert found["share_genre_before"] < 0.01


def test_kernel_features_are_judged_in_their_own_space():
    found = identified(two_corpora(shift=1.0, train=60, test=40, features=8), space="kernel")
    assert found["auc_before"].between(0.5, 1).all()
    assert found["train_clips"].tolist() == [120] * 3


def test_an_eraser_that_knows_the_corpus_is_applied_to_each_corpus():
    samples, clips, embeddings = two_corpora(shift=3.0)
    correction = fit_corrections(samples, embeddings, eraser=None)["label_0"]
    none = np.empty((30, 0))
    back = np.zeros(30) - 3.0 * (np.arange(30) == 0)
    moved = Eraser(np.zeros(30), none, none, target=back)
    correction.erasers_ = (*correction.erasers_, moved)
    found = identify_domains(samples, clips, embeddings, {"label_0": correction})
    linear = found.set_index("adversary").loc["linear"]
    assert linear["auc_before"] > 0.95
    assert linear["null_low"] <= linear["auc_after"] <= linear["null_high"]


def test_bounds_keep_as_many_clips_of_either_corpus(monkeypatch):
    monkeypatch.setattr(adversaries, "CLIPS", 50)
    found = identified(two_corpora(shift=2.0))
    assert found["train_clips"].tolist() == [100] * 3
    assert found["test_clips"].tolist() == [100] * 3


def test_only_so_many_labels_are_judged():
    assert identified(two_corpora(labels=4), "lda", labels=2)["labels"].tolist() == [2, 2, 2]


def test_bits_do_not_depend_on_threads():
    data = two_corpora(shift=1.0, labels=2)
    with threadpool_limits(2):
        many = identified(data, "lda")
    with threadpool_limits(1):
        one = identified(data, "lda")
    pd.testing.assert_frame_equal(one, many, check_exact=True)


def test_several_methods_together_give_what_each_gives_alone():
    samples, clips, embeddings = two_corpora(shift=1.0, labels=2)
    methods = [
        fit_corrections(samples, embeddings, eraser=eraser, space=space)
        for eraser, space in ((None, "linear"), ("lda", "linear"), (None, "kernel"))
    ]
    options = {"permutations": 300, "resamples": 300}
    together = identify_after_each(samples, clips, embeddings, iter([*methods, {}]), **options)
    alone = [identify_domains(samples, clips, embeddings, one, **options) for one in [*methods, {}]]
    for found, expected in zip(together, alone, strict=True):
        pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_nothing_to_judge_gives_no_rows():
    samples, clips, embeddings = two_corpora()
    empty = identify_domains(samples, clips, embeddings, {})
    assert list(empty.columns) == COLUMNS
    assert empty.empty

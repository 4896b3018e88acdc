import hashlib

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from audio_debias.errors import InputError
from audio_debias.evidence.resampling import (
    BLOCK,
    Resamples,
    WeightedAuc,
    resample_seed,
    tracks_of,
)


def weights_of(resamples):
    return np.concatenate(list(resamples.blocks()), axis=1)


def test_clips_of_one_track_share_a_code_and_unknown_tracks_share_none():
    clips = pd.DataFrame({"track_id": ["b", None, "a", "b", np.nan, "a"]})
    codes = tracks_of(clips)
    assert codes[0] == codes[3]
    assert codes[2] == codes[5]
    assert sorted(set(codes)) == [0, 1, 2, 3]
    assert len(set(codes[[0, 1, 2, 4]])) == 4


def test_a_track_may_be_called_like_the_place_of_a_clip_without_one():
    assert len(set(tracks_of(pd.DataFrame({"track_id": [None, "0", "1", None]})))) == 4


def test_weighted_auc_with_ties_equals_scikit_learns_sample_weights():
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 12, 80) / 4
    truth = rng.random(80) < 0.3
    weights = rng.integers(0, 5, (80, 40)).astype(np.int32)
    found = WeightedAuc(scores, truth)(weights)
    expected = [roc_auc_score(truth, scores, sample_weight=one) for one in weights.T]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_weighted_auc_of_some_rows_of_the_weights():
    rng = np.random.default_rng(1)
    positions = rng.permutation(50)[:20]
    scores, truth = rng.normal(size=20), np.arange(20) % 3 == 0
    weights = rng.integers(1, 4, (50, 7)).astype(np.int32)
    found = WeightedAuc(scores, truth, positions, 50)(weights)
    expected = [roc_auc_score(truth, scores, sample_weight=one) for one in weights[positions].T]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_weighted_auc_does_not_depend_on_the_order_of_clips_to_the_last_bit():
    rng = np.random.default_rng(2)
    scores, truth = rng.normal(size=500), rng.random(500) < 0.2
    weights = rng.integers(0, 4, (500, 100)).astype(np.int32)
    order = rng.permutation(500)
    one = WeightedAuc(scores, truth)(weights)
    other = WeightedAuc(scores[order], truth[order])(weights[order])
    assert np.array_equal(one, other)


def test_a_resample_holds_as_many_tracks_as_there_are_and_whole_ones():
    tracks = np.repeat(np.arange(30), 4)
    weights = weights_of(Resamples(tracks, resamples=400))
    by_track = weights.reshape(30, 4, 400)
    assert (by_track == by_track[:, :1]).all()
    assert (by_track[:, 0].sum(axis=0) == 30).all()
    # Multinomial: mean 1, variance 1 - 1/30 in each place.
    assert abs(by_track[:, 0].var() - 29 / 30) < 0.03


def test_a_resample_that_lacks_a_class_is_drawn_again_and_counted():
    truth = np.arange(20) == 0
    truth[1] = True
    resamples = Resamples(np.arange(20), [(np.arange(20), truth)], resamples=2000, seed=3)
    weights = weights_of(resamples)
    assert (weights[truth].sum(axis=0) > 0).all()
    # Neither of two in twenty draws: (18 / 20) ** 20 = 0.1216 of all draws.
    share = resamples.redrawn / (2000 + resamples.redrawn)
    assert abs(share - 0.9**20) < 4 * np.sqrt(0.9**20 * (1 - 0.9**20) / 2277)


def test_a_class_that_cannot_be_drawn_is_refused_in_one_line():
    truth = np.zeros(10, dtype=bool)
    with pytest.raises(InputError, match="missing a class") as error:
        weights_of(Resamples(np.arange(10), [(np.arange(10), truth)], resamples=10))
    assert "\n" not in str(error.value)


def test_corpora_have_their_own_resamples_and_every_run_the_same():
    def digest(seed, corpus, count=BLOCK + 10):
        weights = weights_of(
            Resamples(np.arange(40), resamples=count, seed=resample_seed(seed, corpus))
        )
        return hashlib.sha256(weights.tobytes()).hexdigest()

    with threadpool_limits(1):
        first = digest(42, "irmas")
    assert digest(42, "irmas") == first
    assert digest(42, "openmic") != first
    assert digest(43, "irmas") != first

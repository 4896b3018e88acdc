"""Test clips that lie nearer to a training clip than chance allows."""

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

from audio_debias.evidence.near_copies import (
    LEVEL,
    NEIGHBOURS,
    chance_of,
    nearest_cosines,
    resting_share,
    suspects_of,
)


def corpus(rng, n, *, clusters=6, dim=32):
    """Embeddings in clusters, three quarters of them for training."""
    centers = 1.5 * np.random.default_rng(0).normal(size=(clusters, dim))
    x = centers[rng.integers(clusters, size=n)] + rng.normal(size=(n, dim))
    ids = [f"{i:04}" for i in range(n)]
    clips = pd.DataFrame({"clip_id": ids, "split": np.where(np.arange(n) % 4, "train", "test")})
    return clips, pd.DataFrame(x, index=ids)


def test_nearest_neighbours_are_those_of_scipy():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(1500, 5)) + 3, rng.normal(size=(40, 5))
    nearest, cosine = nearest_cosines(x, y)
    center = np.concatenate([x, y]).mean(axis=0)
    expected = 1 - cdist(x - center, y - center, "cosine")
    np.testing.assert_array_equal(nearest, expected.argmax(axis=1))
    np.testing.assert_allclose(cosine, -np.sort(-expected)[:, :NEIGHBOURS], atol=1e-12)


def test_chance_is_uniform_for_points_without_a_copy():
    """On a circle the law is exact, with m = 1: points of a Poisson process on a line."""
    rng = np.random.default_rng(2)
    x, y = (2 * np.pi * rng.random(n) for n in (4000, 20000))
    gaps = np.abs(x[:, None] - y[None, rng.permutation(20000)[:2000]])
    arcs = np.sort(np.minimum(gaps, 2 * np.pi - gaps))[:, :NEIGHBOURS]
    chance = chance_of(np.cos(arcs))
    for level in (0.01, 0.05, 0.25, 0.5):
        spread = 4 * np.sqrt(level * (1 - level) / len(chance))
        assert np.mean(chance < level) == pytest.approx(level, abs=spread)


def test_without_copies_there_is_hardly_a_suspect():
    with_suspects = 0
    for seed in range(30):
        clips, embeddings = corpus(np.random.default_rng(seed), 400)
        with_suspects += len(suspects_of({"a": clips}, {"a": embeddings})) > 0
    assert with_suspects <= 5  # 30 x LEVEL are expected; more than 5 have a chance of 0.3 percent
    assert LEVEL == 0.05


@pytest.mark.parametrize("scale", [1, 1e-6, 1e6])
def test_copies_with_noise_are_listed_with_their_original_in_a_corpus_and_across(scale):
    rng = np.random.default_rng(3)
    (a, x), (b, y) = corpus(rng, 400), corpus(rng, 400)
    copies = a.loc[a["split"].eq("test"), "clip_id"].to_numpy()[:10]
    originals = a.loc[a["split"].eq("train"), "clip_id"].to_numpy()[:10]
    x.loc[copies] = x.loc[originals].to_numpy() + 0.05 * rng.normal(size=(10, 32))
    y.loc[copies[:5]] = x.loc[originals[:5]].to_numpy() + 0.05 * rng.normal(size=(5, 32))
    found = suspects_of({"a": a, "b": b}, {"a": x * scale, "b": y * scale})
    within = found[found["train_corpus"].eq("a") & found["test_corpus"].eq("a")]
    pairs = dict(zip(within["clip_id"], within["near"], strict=True))
    assert dict(zip(copies, originals, strict=True)).items() <= pairs.items()
    assert len(within) <= 11
    across = found[found["train_corpus"].eq("a") & found["test_corpus"].eq("b")]
    assert set(copies[:5]) <= set(across["clip_id"])
    assert found["cosine"].between(-1, 1 + 1e-9).all()


def test_the_share_of_auc_that_rests_on_copies():
    """Two copies that are ranked right among two clips that are ranked wrong."""
    scores = pd.DataFrame(
        {
            "clip_id": ["p1", "n1", "p2", "n2"],
            "logit": [3.0, -3.0, -1.0, 1.0],
            "truth": [True, False, True, False],
        }
    ).assign(label="flute", train_corpus="a", test_corpus="a")
    suspects = pd.DataFrame(
        [("a", "a", "p1", "x", 0.9987, 1e-9), ("a", "a", "n1", "y", 0.99, 1e-8)],
        columns=["train_corpus", "test_corpus", "clip_id", "near", "cosine", "chance"],
    )
    (row,) = resting_share(scores, suspects).to_dict("records")
    assert (row["test_clips"], row["suspects"]) == (4, 2)
    assert (row["auc"], row["auc_without"]) == (0.75, 0.0)
    assert row["share"] == pytest.approx(3.0)
    assert row["example"] == "p1 ~ x (cosine 0.9987)"
    (none,) = resting_share(scores, suspects.iloc[:0]).to_dict("records")
    assert (none["suspects"], none["share"], none["example"]) == (0, 0.0, "")


def test_clips_that_are_all_alike_have_no_suspect():
    assert (chance_of(np.ones((50, NEIGHBOURS))) == 1).all()
    clips, embeddings = corpus(np.random.default_rng(4), 400)
    assert suspects_of({"a": clips}, {"a": embeddings * 0 + 1}).empty

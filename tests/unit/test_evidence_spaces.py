import numpy as np
import pytest
from scipy.linalg import sqrtm

from audio_debias.evidence.spaces import frechet_distance, variance_shares


@pytest.mark.parametrize("features", [3, 80])
def test_frechet_distance_is_that_of_the_matrix_root(features):
    rng = np.random.default_rng(0)
    a = rng.normal(size=(40, features))
    b = rng.normal(size=(60, features)) @ np.diag(rng.uniform(0.5, 2, features)) + 1
    sigma = [np.cov(x, rowvar=False, bias=True) for x in (a, b)]
    root = sqrtm(sigma[0] @ sigma[1] + 1e-12 * np.eye(features)).real
    gap = np.sum((a.mean(0) - b.mean(0)) ** 2)
    expected = gap + np.trace(sigma[0] + sigma[1] - 2 * root)
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-3)


def test_frechet_distance_of_a_cloud_to_itself_is_zero():
    x = np.random.default_rng(1).normal(size=(50, 4))
    assert frechet_distance(x, x) == pytest.approx(0, abs=1e-9)


def test_a_factor_explains_its_share_of_the_variance():
    rng = np.random.default_rng(2)
    group = rng.integers(0, 2, 20000)
    # Between the groups 1, within them 3: a quarter.
    x = np.where(group, 1.0, -1.0)[:, None] + np.sqrt(3) * rng.normal(size=(20000, 1))
    found = variance_shares(x, {"corpus": group, "label": group[:, None].astype(float)})
    assert found["corpus"] == pytest.approx(0.25, abs=0.015)
    assert found["label"] == pytest.approx(found["corpus"], abs=1e-9)


def test_many_levels_of_noise_explain_nothing():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(400, 20))
    assert variance_shares(x, {"track": np.arange(400) // 2})["track"] < 0.05


def test_unknown_levels_are_left_out_and_a_single_one_says_nothing():
    x = np.random.default_rng(4).normal(size=(6, 2))
    factors = {
        "genre": np.array(["a", "a", None, "b", "b", "b"], dtype=object),
        "track": np.array([None] * 6, dtype=object),
        "corpus": np.zeros(6),
    }
    found = variance_shares(x, factors)
    kept = variance_shares(np.delete(x, 2, 0), {"genre": np.array(list("aabbb"), dtype=object)})
    assert found["genre"] == kept["genre"]
    assert np.isnan(found["track"])
    assert np.isnan(found["corpus"])

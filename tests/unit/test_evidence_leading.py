"""Of causes that hang together, the one that explains what the others do is named."""

import numpy as np
import pytest

from audio_debias.evidence.leading import leading

N = 400


@pytest.fixture
def variables():
    rng = np.random.default_rng(0)
    level = rng.normal(size=N)
    return {
        "level": level,
        # What a louder clip brings with it: it saturates, so that it knows less than its cause.
        "clipping": np.minimum(level, 0.5),
        "room": rng.normal(size=N),
        "nothing": rng.normal(size=N),
    }


def joint_r2(variables, score):
    """R² of the least-squares fit of these variables, in the sample and 200 resamples."""
    rng = np.random.default_rng(1)
    draws = [np.arange(N), *(rng.integers(0, N, N) for _ in range(200))]

    def explained(names):
        x = np.column_stack([np.ones(N), *(variables[name] for name in names)])
        fit = x @ np.linalg.lstsq(x, score, rcond=None)[0]
        return np.array([1 - np.mean((score - fit)[i] ** 2) / np.var(score[i]) for i in draws])

    return explained


def test_what_a_cause_brings_with_it_is_no_further_cause(variables):
    score = variables["level"] + 0.5 * variables["room"]
    names = ["level", "clipping", "room", "nothing"]
    assert leading(names, joint_r2(variables, score)) == ["level", "room"]


def test_of_two_that_explain_the_same_the_first_is_named(variables):
    variables["peak"] = variables["level"] + 1e-3 * variables["nothing"]
    explained = joint_r2(variables, variables["peak"])
    assert leading(["level", "peak"], explained) == ["level"]


def test_what_differs_beyond_its_cause_is_named(variables):
    variables["clipping"] = variables["level"] + variables["nothing"]
    explained = joint_r2(variables, variables["clipping"])
    assert leading(["level", "clipping"], explained) == ["clipping"]


def test_without_causes_none_is_named(variables):
    assert leading([], joint_r2(variables, variables["room"])) == []

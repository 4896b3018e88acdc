"""What every eraser of the library has to be."""

import inspect

import numpy as np
import pytest
import yaml

from audio_debias.corrections.eraser import Eraser
from audio_debias.errors import InputError
from audio_debias.plugins import ERASERS
from projects import ROOT

NAMES = ERASERS.names()
METHODS = {
    path.stem: yaml.safe_load(path.read_text())
    for path in sorted((ROOT / "resources/methods").glob("*.yaml"))
}
DEFAULTS = {"y", "genre", "seed"}


def entry(name):
    module = ERASERS.load(name, "eraser")
    return getattr(module, "fit", None) or module.directions


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    domain = np.repeat(np.arange(3), 20)
    x = rng.normal(size=(60, 8)) + 2 * rng.normal(size=(3, 8))[domain]
    genre = np.array(["a", "b", "c", None] * 15, dtype=object)
    return x, domain, {"y": rng.random(60) < 0.5, "genre": genre, "seed": 3}


@pytest.mark.parametrize("name", NAMES)
def test_it_defines_one_entry_its_options_and_their_meaning(name):
    module = ERASERS.load(name, "eraser")
    assert hasattr(module, "fit") != hasattr(module, "directions")
    assert module.__doc__
    doc = inspect.getdoc(entry(name))
    for section in ("Parameters", "Returns", "Raises"):
        assert f"{section}\n---" in doc, section
    parameters = inspect.signature(entry(name)).parameters
    assert list(parameters)[:2] == ["x", "domain"]
    assert set(parameters) - {"x", "domain"} - DEFAULTS == set(module.OPTIONS)
    assert all(p.kind is p.KEYWORD_ONLY for p in list(parameters.values())[2:])
    assert all(option in doc for option in module.OPTIONS)


@pytest.mark.parametrize("name", NAMES)
def test_it_gives_what_the_contract_says_and_leaves_its_input_alone(name, data):
    x, domain, rest = data
    before = x.copy()
    found = entry(name)(x, domain, **rest)
    np.testing.assert_array_equal(x, before)
    if entry(name).__name__ == "directions":
        assert found.dtype == np.float64
        assert found.ndim == 2
        assert found.shape[1] == 8
        return
    erasers = found if isinstance(found, dict) else {None: found}
    assert list(erasers) in ([None], [0, 1, 2])
    for eraser in erasers.values():
        assert isinstance(eraser, Eraser)
        assert np.isfinite(eraser.apply(x)).all()


@pytest.mark.parametrize("name", NAMES)
def test_the_same_call_gives_the_same_arrays(name, data):
    x, domain, rest = data

    def arrays():
        found = entry(name)(x, domain, **rest)
        if isinstance(found, np.ndarray):
            return found
        erasers = found.values() if isinstance(found, dict) else [found]
        return np.stack([eraser.apply(x) for eraser in erasers])

    np.testing.assert_array_equal(arrays(), arrays())


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"lda"}))
def test_a_corpus_of_one_clip_is_refused_in_one_line(name, data):
    x, domain, rest = data
    rows = np.r_[:20, 20:21]
    rest = {key: value[rows] if key != "seed" else value for key, value in rest.items()}
    with pytest.raises(np.linalg.LinAlgError, match="clips") as error:
        entry(name)(x[rows], domain[rows], **rest)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["inlp", "leace", "mean", "splince"])
def test_equal_means_are_refused_in_one_line(name):
    x = np.tile(np.random.default_rng(0).normal(size=(12, 5)) + 1e3, (2, 1))
    with pytest.raises(np.linalg.LinAlgError, match=r"means are equal|chance") as error:
        entry(name)(x, np.repeat([0, 1], 12), y=np.arange(24) % 2 == 0)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["coral", "leace", "splince"])
@pytest.mark.parametrize("shrinkage", [-0.1, 1.5, "none"])
def test_a_shrinkage_out_of_range_is_refused(name, shrinkage, data):
    x, domain, rest = data
    with pytest.raises(InputError, match="between 0 and 1"):
        entry(name)(x, domain, **rest, shrinkage=shrinkage)


def test_an_unknown_covariate_is_refused_with_the_nearest(data):
    x, domain, rest = data
    with pytest.raises(InputError, match="genre"):
        entry("combat")(x, domain, **rest, protect=["genres"])


@pytest.mark.parametrize("name", [n for n, method in METHODS.items() if "eraser" in method])
def test_a_method_says_what_it_needs_when_applied(name, data):
    x, domain, rest = data
    method = METHODS[name]
    assert method["eraser"] in NAMES
    found = entry(method["eraser"])(x, domain, **rest)
    assert (method.get("needs", "nothing") == "corpus") == isinstance(found, dict)
    if isinstance(found, dict):
        assert "its corpus must be known" in method["description"]

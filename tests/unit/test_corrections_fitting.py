"""Erasers by name: options, a user's own, installed transformers, strength."""

import sys

import numpy as np
import pytest

from audio_debias.corrections.correction import BiasCorrection
from audio_debias.corrections.store import load_corrections, save_corrections
from audio_debias.errors import InputError

TRANSFORMERS = """
import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin


class Centre(TransformerMixin, BaseEstimator):
    def __init__(self, share=1.0):
        self.share = share

    def fit(self, X, y=None, *, domain=None):
        self.mean_ = X[domain == 1].mean(axis=0)
        self.direction_ = self.mean_ - X[domain == 0].mean(axis=0)
        return self

    def transform(self, X):
        along = (X - self.mean_) @ self.direction_ / (self.direction_ @ self.direction_)
        return X - self.share * np.outer(along, self.direction_)


class Square(Centre):
    def transform(self, X):
        return X**2


class NoDomain(Centre):
    def fit(self, X, y=None):
        return self
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    (tmp_path / "their_package.py").write_text(TRANSFORMERS)
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("their_package", None)


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 6))
    x[40:] += 3
    return {"X": x, "domain": np.repeat(["a", "b"], 40), "y": rng.random(80) < 0.5}


def test_an_installed_transformer_is_kept_as_arrays(installed, rows, tmp_path):
    from their_package import Centre

    correction = BiasCorrection("their_package:Centre", options={"share": 0.5}).fit(**rows)
    expected = Centre(0.5).fit(rows["X"], domain=np.repeat([0, 1], 40)).transform(rows["X"])
    np.testing.assert_allclose(correction.transform(rows["X"]), expected, atol=1e-10)
    assert correction.erasers_[0].rank == 1
    save_corrections(tmp_path / "c.safetensors", {"flute": correction})
    [loaded] = load_corrections(tmp_path / "c.safetensors")[0].values()
    np.testing.assert_array_equal(loaded.transform(rows["X"]), correction.transform(rows["X"]))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("their_package:Square", "is no affine map"),
        ("their_package:NoDomain", "its fit takes no domain="),
        ("their_package:Other", "has no attribute 'Other'"),
        ("no_such_package:Any", "No module named 'no_such_package'; install it"),
        ("ldaa", "unknown name 'ldaa'; did you mean 'lda'"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(installed, rows, name, message):
    with pytest.raises(InputError, match=message) as error:
        BiasCorrection(name).fit(**rows)
    assert "\n" not in str(error.value)


def test_unknown_options_name_the_nearest(rows):
    with pytest.raises(InputError, match="unknown key 'strenght'; did you mean 'strength'"):
        BiasCorrection("lda", options={"strenght": 1.0}).fit(**rows)


@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0])
def test_strength_is_the_share_of_the_correction(rows, strength):
    x = rows["X"]
    whole = BiasCorrection("lda").fit(**rows).transform(x)
    found = BiasCorrection("lda", options={"strength": strength}).fit(**rows).transform(x)
    np.testing.assert_allclose(found, (1 - strength) * x + strength * whole, atol=1e-12)


def test_a_file_of_an_earlier_version_is_refused_in_one_line(tmp_path):
    from safetensors.numpy import save_file

    path = tmp_path / "c.safetensors"
    save_file({}, path, metadata={"audio_debias": '{"estimators": {}, "metadata": {}}'})
    with pytest.raises(InputError, match=r"c\.safetensors: has the format 1, not 3; make it again"):
        load_corrections(path)


def test_a_flipped_bit_in_the_arrays_is_noticed(rows, tmp_path):
    path = tmp_path / "c.safetensors"
    save_corrections(path, {"flute": BiasCorrection("lda").fit(**rows)})
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"c\.safetensors: damaged"):
        load_corrections(path)

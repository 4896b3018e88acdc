"""The kind openl3 against the package openl3's own call, on the same random weights."""

import gzip

import numpy as np
import pytest

from audio_debias.errors import InputError
from audio_debias.models.registry import load_model
from fixtures import openl3_reference as reference

SPEC = {"sample_rate": 48000, "hop": 0.1, "dim": 512, "options": {"bands": 128}}


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    plain = tmp_path_factory.mktemp("openl3") / "weights.h5"
    reference.write_weights(plain)
    packed = plain.with_suffix(".h5.gz")
    packed.write_bytes(gzip.compress(plain.read_bytes(), 1))
    return packed


@pytest.fixture(scope="module")
def models(weights):
    """The package's model, and ours."""
    return [
        load_model({"name": kind, "kind": kind, **SPEC}, weights)
        for kind in ("openl3_package", "openl3")
    ]


@pytest.mark.parametrize("seconds", [0.3, 1.0, 2.05])
def test_every_frame_equals_the_packages_own(models, seconds, record_property):
    rng = np.random.default_rng(0)
    t = np.arange(round(seconds * 48000)) / 48000
    chirp = 0.4 * np.sin(2 * np.pi * (200 * t + 900 * t**2))
    waveform = (chirp + 0.05 * rng.standard_normal(t.size)).astype(np.float32)
    theirs, ours = (model.embed(model.windows(waveform)) for model in models)
    assert ours.shape == theirs.shape
    difference = np.abs(ours - theirs).max() / np.abs(theirs).max()
    record_property("largest_relative_difference", float(difference))
    assert difference < 1e-5


def test_weights_of_another_network_are_refused_in_one_line(tmp_path):
    (tmp_path / "weights.h5").write_bytes(b"no weights")
    with pytest.raises(InputError, match="openl3 cannot load it") as caught:
        load_model({"name": "mine", "kind": "openl3_package", **SPEC}, tmp_path / "weights.h5")
    assert "\n" not in str(caught.value)

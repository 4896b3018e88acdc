"""Kind `aisfx` against the package's own code: spectrogram, blocks and network."""

import importlib
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest
import soundfile
import torch

from audio_debias.errors import InputError
from audio_debias.experiment.config import read_yaml
from audio_debias.models.extraction import extract_shard
from audio_debias.models.registry import load_model
from audio_debias.models.weights import fetch_weights
from projects import ROOT

SPEC = read_yaml(ROOT / "resources/models/aisfx.yaml")
RATE = SPEC["sample_rate"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    path = tmp_path_factory.mktemp("aisfx") / SPEC["weights"]["file"]
    fetch_weights(SPEC["weights"], path)  # by the definition's checksum: the tests run its code
    return path


@pytest.fixture(scope="module")
def package(wheel, tmp_path_factory):
    """The package's modules, imported from the unpacked wheel."""
    folder = tmp_path_factory.mktemp("package")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    sys.path.insert(0, str(folder))
    names = ("inference", "preprocessing", "models.cnn2d", "spectrogram.spectrogram_librosa")
    yield {name: importlib.import_module(f"aisfx.{name}") for name in names}
    sys.path.remove(str(folder))


def own_call(package, path):
    """What the package's own functions give for a file, its spectrogram turned frames first."""
    inference, preprocessing = package["inference"], package["preprocessing"]
    weights, data_sets = torch.load(
        inference.get_path_modelWeights(), map_location="cpu", weights_only=False
    )
    model = inference.load_bestModel(weights, data_sets, "cpu")
    spectrogram = package["spectrogram.spectrogram_librosa"].compute_spectrogram(
        str(path), sr=RATE, block_size=2048, hop_size=1024, n_mels=96, f_min=0.0, f_max=22050.0
    )
    scaled = preprocessing.spectrogram_normalize(spectrogram.T)
    return inference.model_get_embedding(scaled, 0.5, True, model, "cpu").numpy()


@pytest.mark.parametrize("seconds", [1.5, 3.0, 7.3])
def test_embeddings_equal_the_packages_own(seconds, wheel, package, tmp_path):
    rng = np.random.default_rng(0)
    tone = np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE)
    samples = 0.3 * tone + rng.normal(0, 0.02, len(tone))
    soundfile.write(tmp_path / "a.wav", samples, RATE, subtype="FLOAT")
    clips = pd.DataFrame({"clip_id": ["a"], "path": ["a.wav"]})
    ours = extract_shard(clips, tmp_path, SPEC, wheel, progress=False).embeddings[0]
    theirs = own_call(package, tmp_path / "a.wav").mean(axis=0)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5 * np.abs(theirs).max())


def test_another_wheel_is_refused_in_one_line(tmp_path):
    with zipfile.ZipFile(tmp_path / "other.whl", "w") as archive:
        archive.writestr("other/__init__.py", "")
    for path in (tmp_path / "other.whl", tmp_path / "missing.whl"):
        with pytest.raises(InputError, match=r"is not the wheel of aisfx 0\.1\.2") as caught:
            load_model(SPEC, path)
        assert "\n" not in str(caught.value)

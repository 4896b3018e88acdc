"""OpenL3 against the openl3 package's own clip embeddings on random weights."""

import gzip
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio_debias.errors import InputError
from audio_debias.models.extraction import embed_clips
from audio_debias.models.registry import load_model
from fixtures import openl3_reference as reference

SPEC = {"name": "openl3", "kind": "openl3", "hop": 0.1, "options": {"bands": 128}}
REFERENCE = Path(reference.__file__).with_suffix(".npz")


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    path = tmp_path_factory.mktemp("openl3") / "weights.h5"
    reference.write_weights(path)
    return path


def embed(model, name: str, folder: Path) -> np.ndarray:
    samples, rate = reference.clip(name)
    soundfile.write(folder / "clip.wav", samples, rate, subtype="FLOAT")
    out = embed_clips([name], [folder / "clip.wav"], model, dim=512, resampler="kaiser_best")
    return out.embeddings[0]


@pytest.mark.parametrize("name", ["0.3s", "1s", "3s", pytest.param("10s", marks=pytest.mark.slow)])
def test_clip_embeddings_equal_the_packages_own(weights, tmp_path, name):
    ours = embed(load_model(SPEC, weights), name, tmp_path)
    with np.load(REFERENCE) as file:
        theirs = file[name]
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5 * np.abs(theirs).max())


def test_a_gzipped_file_gives_the_same(weights, tmp_path):
    packed = tmp_path / "weights.h5.gz"
    packed.write_bytes(gzip.compress(weights.read_bytes(), 1))
    windows = np.random.default_rng(0).uniform(-80, 0, (1, 128, 199)).astype(np.float32)
    plain, unpacked = load_model(SPEC, weights), load_model(SPEC, packed)
    np.testing.assert_array_equal(unpacked.embed(windows), plain.embed(windows))


def test_silence_is_finite_and_windows_cover_a_centred_clip(weights):
    model = load_model(SPEC, weights)
    windows = model.windows(np.zeros(48000, np.float32))
    assert windows.shape == (6, 128, 199)  # 0.5 s before, then every 0.1 s to the end
    assert np.isfinite(model.embed(windows[:1])).all()


def test_bf16_stays_close(weights, tmp_path):
    exact = embed(load_model(SPEC, weights), "0.3s", tmp_path)
    short = embed(load_model(SPEC | {"precision": "bf16"}, weights), "0.3s", tmp_path)
    assert exact @ short / (np.linalg.norm(exact) * np.linalg.norm(short)) > 0.9999


def test_another_file_is_refused(tmp_path):
    import h5py

    (tmp_path / "text.h5").write_text("no weights")
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file.attrs["layer_names"] = ["a"]
        file.create_group("a").attrs["weight_names"] = ["a/kernel:0"]
        file["a/a/kernel:0"] = np.zeros((3, 3))
    for name in ("text.h5", "other.h5"):
        with pytest.raises(InputError, match=name):
            load_model(SPEC, tmp_path / name)

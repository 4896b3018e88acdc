"""The musicnn port against the package's own network and librosa's front end."""

from pathlib import Path

import librosa
import numpy as np
import pytest
import yaml

from audio_debias.errors import InputError
from audio_debias.models import weights
from audio_debias.models.kinds import musicnn
from audio_debias.models.registry import load_model
from fixtures.musicnn_reference import waveform

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "tests" / "fixtures" / "musicnn_reference.npz"
NAMES = ["msd_musicnn", "mtt_musicnn", "mtt_vgg"]


def definition(name: str) -> dict:
    return yaml.safe_load((ROOT / "resources" / "models" / f"{name}.yaml").read_text())


@pytest.fixture(scope="module")
def wheel(request):
    """The wheel of musicnn 0.1.0, fetched once from the package index and kept."""
    path = Path(request.config.cache.mkdir("wheels")) / "musicnn-0.1.0-py3-none-any.whl"
    if not path.is_file():
        try:
            weights.fetch_weights(definition("msd_musicnn")["weights"], path)
        except InputError as error:
            pytest.skip(str(error))
    return path


@pytest.mark.parametrize("name", NAMES)
def test_embeddings_equal_the_packages_own(wheel, name):
    model = load_model(definition(name), wheel)
    windows = model.windows(waveform())
    assert windows.shape == (2, 187, 96)
    embeddings = model.embed(windows)
    with np.load(REFERENCE) as reference:
        np.testing.assert_allclose(embeddings, reference[name], rtol=0, atol=1e-4)
    assert embeddings.shape[1] == definition(name)["dim"]


def test_the_log_mel_equals_librosas():
    mel = librosa.feature.melspectrogram(
        y=waveform(), sr=16000, hop_length=256, n_fft=512, n_mels=96
    )
    ours = musicnn.log_mel(waveform())
    np.testing.assert_allclose(ours, np.log10(1 + 10000 * mel.T), rtol=0, atol=1e-5)
    assert ours.dtype == np.float32


@pytest.mark.parametrize("n_samples", [1, 1000, 187 * 256 - 257])
def test_a_clip_shorter_than_a_window_is_padded_with_silence_to_one(wheel, n_samples):
    model = load_model(definition("mtt_vgg"), wheel)
    windows = model.windows(np.full(n_samples, 0.1, np.float32))
    assert windows.shape == (1, 187, 96)
    assert np.isfinite(model.embed(windows)).all()


def test_silence_has_a_finite_embedding(wheel):
    model = load_model(definition("mtt_vgg"), wheel)
    assert np.isfinite(model.embed(model.windows(np.zeros(48000, np.float32)))).all()


def test_the_partial_window_at_the_end_is_dropped_and_the_hop_respected(wheel):
    model = load_model(definition("mtt_vgg"), wheel)
    assert len(model.windows(np.zeros(10 * 16000, np.float32))) == 3
    overlapping = load_model(definition("mtt_vgg") | {"hop": 0.8}, wheel)
    frames = 1 + 10 * 16000 // 256
    assert len(overlapping.windows(np.zeros(10 * 16000, np.float32))) == 1 + (frames - 187) // 50


def test_a_checkpoint_that_is_not_in_the_wheel_is_refused(wheel):
    spec = definition("mtt_vgg") | {"options": {"checkpoint": "musicnn/MTT_unknown"}}
    with pytest.raises(InputError, match="MTT_unknown"):
        load_model(spec, wheel)

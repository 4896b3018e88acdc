"""Kind `savedmodel`: a stand-in with a waveform signature, and the real YAMNet."""

import tarfile

import numpy as np
import pytest

from audio_debias.errors import InputError
from audio_debias.models.registry import load_model, provenance
from audio_debias.models.tensorflow_setup import tensorflow

SPEC = {
    "name": "stand_in",
    "kind": "savedmodel",
    "sample_rate": 16000,
    "resampler": "soxr_hq",
    "dim": 2,
    "batch": 1,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A SavedModel of (scores, embeddings): per 0.5 s, the (mean, maximum) as embedding."""
    tf = tensorflow()

    class StandIn(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
        def __call__(self, waveform):
            frames = tf.signal.frame(waveform, 8000, 8000)
            embeddings = tf.stack([tf.reduce_mean(frames, 1), tf.reduce_max(frames, 1)], 1)
            return tf.zeros((tf.shape(frames)[0], 5)), embeddings

    path = tmp_path_factory.mktemp("savedmodel")
    module = StandIn()
    named = tf.function(
        lambda waveform: {"embedding": module(waveform)[1]},
        input_signature=[tf.TensorSpec([None], tf.float32, name="waveform")],
    )
    tf.saved_model.save(module, str(path), signatures={"serving_default": named})
    return path


def test_an_output_is_chosen_by_position(folder):
    model = load_model(SPEC | {"options": {"output": 1}}, folder)
    waveform = np.random.default_rng(0).normal(size=20000).astype(np.float32)
    frames = waveform[:16000].reshape(2, 8000)
    embeddings = model.embed(model.windows(waveform))
    np.testing.assert_allclose(
        embeddings, np.stack([frames.mean(1), frames.max(1)], 1), rtol=1e-5, atol=1e-6
    )


def test_an_archive_as_the_hub_serves_it_is_unpacked(folder, tmp_path):
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as archive:
        archive.add(folder, ".")
    model = load_model(SPEC | {"options": {"output": 1}}, tmp_path / "model.tar.gz")
    assert model.embed(model.windows(np.ones(8000, np.float32))).tolist() == [[1, 1]]


def test_a_short_clip_is_padded_to_min_seconds(folder):
    model = load_model(SPEC | {"options": {"output": 1, "min_seconds": 0.5}}, folder)
    assert model.embed(model.windows(np.ones(100, np.float32))).shape == (1, 2)


def test_an_output_that_does_not_exist_is_refused(folder):
    model = load_model(SPEC | {"options": {"output": 7}}, folder)
    with pytest.raises(InputError, match="output"):
        model.embed(model.windows(np.zeros(16000, np.float32)))


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"saved_model\.pb"):
        load_model(SPEC, tmp_path)


def test_an_unknown_kind_is_refused(folder):
    for kind in ("nonsense", "extract", "not an identifier"):
        with pytest.raises(InputError, match="kind"):
            load_model(SPEC | {"kind": kind}, folder)


def test_a_precision_that_the_kind_does_not_know_is_refused(folder):
    with pytest.raises(InputError, match="precision"):
        load_model(SPEC | {"precision": "bf16"}, folder)


def test_provenance_holds_what_changes_a_number_and_nothing_else(folder):
    spec = SPEC | {"title": "A stand-in", "licence": "MIT", "weights": {"source": "here"}}
    assert provenance(spec, folder)["model"] == SPEC
    (sha256,) = provenance(spec, folder)["weights_sha256"]
    assert len(sha256) == 64

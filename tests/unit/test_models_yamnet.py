"""YAMNet in batches against YAMNet called clip by clip, with its real weights."""

import numpy as np
import pandas as pd
import pytest

from audio_debias.models.kinds import savedmodel, yamnet
from audio_debias.models.tensorflow_setup import tensorflow
from audio_debias.models.waveforms import load_waveform

SPEC = {"name": "yamnet", "kind": "yamnet", "sample_rate": 16000, "options": {"output": 1}}

# In AudioSet's ontology: each instrument's own class and its nearest relatives.
PLAUSIBLE = {
    "clarinet": {"Clarinet", "Wind instrument, woodwind instrument", "Flute", "Saxophone"},
    "flute": {"Flute", "Wind instrument, woodwind instrument", "Clarinet"},
    "guitar": {
        *("Guitar", "Acoustic guitar", "Electric guitar", "Plucked string instrument"),
        *("Strum", "Steel guitar, slide guitar", "Bass guitar", "Tapping (guitar technique)"),
        *("Banjo", "Mandolin", "Ukulele", "Zither", "Sitar", "Harp"),
    },
    "organ": {"Organ", "Electronic organ", "Hammond organ", "Keyboard (musical)", "Synthesizer"},
    "piano": {"Piano", "Electric piano", "Keyboard (musical)"},
    "saxophone": {"Saxophone", "Wind instrument, woodwind instrument", "Clarinet"},
    "trumpet": {"Trumpet", "Brass instrument", "Trombone", "French horn"},
    "violin": {
        *("Violin, fiddle", "Bowed string instrument", "String section", "Cello", "Pizzicato"),
        "Double bass",
    },
    "voice": {
        *("Singing", "Choir", "Male singing", "Female singing", "Child singing", "Chant"),
        *("A capella", "Vocal music", "Speech", "Synthetic singing", "Opera", "Humming"),
        *("Yodeling", "Mantra", "Rapping"),
    },
}
# The ontology's classes above all of them but voice, which has its own branch.
ANCESTORS = {"Music", "Musical instrument"}


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "models" / "yamnet_1"


@pytest.fixture(scope="module")
def both(folder):
    return yamnet.load(SPEC, folder), savedmodel.load(SPEC, folder)


@pytest.mark.parametrize("n_samples", [1, 4800, 15600, 15601, 48000, 160000])
def test_batched_patches_equal_the_call_clip_by_clip(both, n_samples):
    batched, whole = both
    assert isinstance(batched, yamnet.Yamnet)
    waveform = np.random.default_rng(n_samples).normal(0, 0.1, n_samples).astype(np.float32)
    ours = batched.embed(batched.windows(waveform))
    theirs = whole.embed(whole.windows(waveform))
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


def test_a_savedmodel_of_another_layout_is_called_clip_by_clip(tmp_path, caplog):
    tf = tensorflow()

    class Other(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
        def __call__(self, waveform):
            return waveform[:, None], tf.signal.frame(waveform, 8000, 8000)

    tf.saved_model.save(Other(), str(tmp_path))
    model = yamnet.load(SPEC, tmp_path)
    assert isinstance(model, savedmodel.SavedModel)
    assert "clip by clip" in caplog.text


def test_batched_patches_of_real_recordings_equal_the_call_clip_by_clip(both, shared):
    batched, whole = both
    for path in sorted((shared / "audio").rglob("*.flac"))[::20]:
        waveform = load_waveform(path, 16000)
        ours = batched.embed(batched.windows(waveform))
        theirs = whole.embed(whole.windows(waveform))
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


@pytest.mark.slow
def test_the_top_class_of_real_recordings_is_plausible(shared, folder):
    classes = pd.read_csv(folder / "assets" / "yamnet_class_map.csv")["display_name"]
    call = tensorflow().saved_model.load(str(folder))
    manifest = pd.read_csv(shared / "audio" / "manifest.csv")
    for row in manifest.itertuples():
        waveform = load_waveform(shared / "audio" / row.path, 16000)
        scores = pd.Series(call(waveform)[0].numpy().mean(axis=0), index=classes)
        plausible = PLAUSIBLE[row.instrument]
        manifest.loc[row.Index, "hit"] = scores.idxmax() in plausible | ANCESTORS
        manifest.loc[row.Index, "near"] = scores.drop(list(ANCESTORS)).idxmax() in plausible
    assert manifest["hit"].mean() >= 0.8, manifest.groupby("instrument")["hit"].mean()
    # Phrases of music are told below the ancestors too; of NSynth's single notes, each followed by
    # silence, a part is taken for a tuner or for silence.
    phrases = manifest[manifest["path"].str.startswith("medleysolos")]
    assert phrases["near"].mean() >= 0.8, phrases.groupby("instrument")["near"].mean()

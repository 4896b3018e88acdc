"""Front ends against definitions written out in float64, TensorFlow and librosa."""

import librosa
import numpy as np

from audio_debias.models import mel
from audio_debias.models.kinds import vggish, yamnet
from audio_debias.models.tensorflow_setup import tensorflow

WAVEFORM = np.random.default_rng(5).normal(0, 0.1, 16000).astype(np.float32)


def test_the_power_spectrogram_is_the_fourier_transform_frame_by_frame():
    power = mel.power_spectrogram(WAVEFORM, mel.hann(400), hop=160, n_fft=512)
    assert power.shape == (1 + (16000 - 400) // 160, 257)
    phases = np.exp(-2j * np.pi * np.outer(np.arange(257), np.arange(400)) / 512)
    window = np.sin(np.pi * np.arange(400) / 400) ** 2
    for frame in (0, 50, 97):
        spectrum = phases @ (WAVEFORM[160 * frame : 160 * frame + 400] * window)
        np.testing.assert_allclose(power[frame], abs(spectrum) ** 2, rtol=1e-4, atol=1e-5)


def test_long_clips_are_transformed_in_blocks_without_a_seam():
    long = np.tile(WAVEFORM, 12)
    blocks = mel.power_spectrogram(long, mel.hann(400), hop=160, n_fft=512)
    late = mel.power_spectrogram(long[160 * 1020 :], mel.hann(400), hop=160, n_fft=512)
    np.testing.assert_allclose(blocks[1020:], late, rtol=1e-5, atol=1e-6)


def test_htk_bands_equal_tensorflows():
    ours = mel.htk(16000, 512, 64, 125, 7500)
    theirs = tensorflow().signal.linear_to_mel_weight_matrix(64, 257, 16000, 125.0, 7500.0).numpy()
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)  # theirs is computed in float32


def test_the_audioset_front_ends_of_numpy_and_tensorflow_agree():
    # VGGish's (NumPy) and YAMNet's (TensorFlow) differ in nothing but the offset in the logarithm.
    ours = np.log(np.exp(vggish.log_mel(WAVEFORM)) - 0.01 + 0.001)
    theirs = yamnet.log_mel(WAVEFORM).numpy()
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-5)


def test_slaney_bands_are_librosas():
    theirs = librosa.filters.mel(sr=48000, n_fft=2048, n_mels=128).T
    np.testing.assert_array_equal(mel.slaney(48000, 2048, 128), theirs)

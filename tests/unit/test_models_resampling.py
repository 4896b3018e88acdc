"""Resampling against resampy 0.2.2's own output and soxr."""

from pathlib import Path

import numpy as np
import pytest
import soxr

from audio_debias.errors import InputError
from audio_debias.models.resampling import resample
from fixtures.resampy_reference import PAIRS, noise

REFERENCE = Path(__file__).resolve().parents[1] / "fixtures" / "resampy_reference.npz"


@pytest.mark.parametrize(("rate", "new_rate"), PAIRS)
def test_kaiser_best_equals_resampys(rate, new_rate):
    with np.load(REFERENCE) as reference:
        expected = reference[f"{rate}-{new_rate}"]
    ours = resample(noise(rate), rate, new_rate, "kaiser_best")
    assert ours.shape == expected.shape
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-7)  # stored as float32


@pytest.mark.parametrize("resampler", ["soxr_hq", "soxr_vhq", "kaiser_best"])
@pytest.mark.parametrize("new_rate", [8000, 16000, 48000])
def test_a_tone_stays_the_same_tone(resampler, new_rate):
    t = np.arange(44100) / 44100
    resampled = resample(np.sin(2 * np.pi * 1000 * t), 44100, new_rate, resampler)
    expected = np.sin(2 * np.pi * 1000 * np.arange(new_rate) / new_rate)
    inner = slice(new_rate // 10, -new_rate // 10)  # filters ring at the edges
    # resampy truncates a table step (here 92.9 to 92): the filter's gain is up to 1 % off.
    tolerance = 1.1e-2 if resampler == "kaiser_best" else 1e-4
    np.testing.assert_allclose(resampled[inner], expected[inner], rtol=0, atol=tolerance)


def test_soxr_is_soxr_and_its_length_librosas():
    samples = noise(44100).astype(np.float32)[:1001]
    ours = resample(samples, 44100, 16000, "soxr_hq")
    assert len(ours) == 364  # ceil(1001 * 16000 / 44100)
    theirs = soxr.resample(samples, 44100, 16000, quality="HQ")
    np.testing.assert_array_equal(ours[: len(theirs)], theirs[:364])


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_next_to_nothing_is_resampled(n):
    assert len(resample(np.ones(n), 48000, 16000, "kaiser_best")) == n // 3


def test_the_same_rate_changes_nothing_and_an_unknown_resampler_is_refused():
    samples = noise(8000)
    assert resample(samples, 8000, 8000, "soxr_hq") is samples
    with pytest.raises(InputError, match="kaiser_bset"):
        resample(samples, 8000, 16000, "kaiser_bset")

"""Decoding: every rate and layout in, one mono waveform out; broken files say why."""

import numpy as np
import pytest
import soundfile

from audio_debias.models.waveforms import load_waveform
from audio_debias.sound.decoding import BrokenAudio


def tone(rate: int, channels: int = 1, seconds: float = 1.0, hertz: float = 440.0) -> np.ndarray:
    t = np.arange(round(rate * seconds)) / rate
    return np.repeat(0.5 * np.sin(2 * np.pi * hertz * t)[:, np.newaxis], channels, axis=1)


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000, 96000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_every_rate_and_layout_gives_the_same_tone(tmp_path, rate, channels):
    soundfile.write(tmp_path / "tone.wav", tone(rate, channels), rate)
    waveform = load_waveform(tmp_path / "tone.wav", 16000)
    assert waveform.dtype == np.float32
    assert waveform.shape == (16000,)
    inner = slice(1000, 15000)  # the resampler rings at the edges
    np.testing.assert_allclose(waveform[inner], tone(16000)[inner, 0], atol=2e-3)


def test_channels_are_averaged(tmp_path):
    samples = np.array([[0.5, 0.25], [-0.5, 0.0]])
    soundfile.write(tmp_path / "a.wav", samples, 16000, subtype="FLOAT")
    np.testing.assert_array_equal(load_waveform(tmp_path / "a.wav", 16000), [0.375, -0.25])


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg"])
def test_silence_is_legal(tmp_path, suffix):
    path = tmp_path / f"silence.{suffix}"
    soundfile.write(path, np.zeros(4800), 48000)
    assert not load_waveform(path, 16000).any()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_infinity_are_refused(tmp_path, bad):
    samples = tone(16000)
    samples[100] = bad
    soundfile.write(tmp_path / "a.wav", samples, 16000, subtype="FLOAT")
    with pytest.raises(BrokenAudio) as caught:
        load_waveform(tmp_path / "a.wav", 16000)
    assert caught.value.reason == "not_finite"


@pytest.mark.parametrize(
    ("suffix", "share", "reason"),
    [
        ("wav", 0.5, "truncated"),
        ("ogg", 0.5, "truncated"),
        ("flac", 0.5, "undecodable"),
        ("wav", 0.0, "empty"),
        ("ogg", 0.0, "empty"),
        ("flac", 0.0, "empty"),
    ],
)
def test_a_cut_file_is_refused(tmp_path, suffix, share, reason):
    whole, cut = tmp_path / f"whole.{suffix}", tmp_path / f"cut.{suffix}"
    noise = np.random.default_rng(0).normal(scale=0.1, size=(44100, 2))
    soundfile.write(whole, noise, 44100)
    content = whole.read_bytes()
    cut.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BrokenAudio) as caught:
        load_waveform(cut, 16000)
    assert caught.value.reason == reason
    assert "\n" not in str(caught.value)


def test_a_wav_of_unknown_length_from_a_pipe_is_whole(tmp_path):
    path = tmp_path / "piped.wav"
    soundfile.write(path, tone(16000), 16000)
    content = bytearray(path.read_bytes())
    size = content.index(b"data") + 4
    content[4:8] = content[size : size + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    assert len(load_waveform(path, 16000)) == 16000


def test_a_file_without_samples_a_text_file_and_no_file_are_told_apart(tmp_path):
    soundfile.write(tmp_path / "empty.wav", np.zeros((0, 1)), 16000)
    (tmp_path / "text.wav").write_text("no sound")
    reasons = []
    for name in ("empty.wav", "text.wav", "none.wav"):
        with pytest.raises(BrokenAudio) as caught:
            load_waveform(tmp_path / name, 16000)
        reasons.append(caught.value.reason)
    assert reasons == ["empty", "undecodable", "missing"]


def test_a_real_openmic_clip_is_whole(shared):
    path = shared / "formats/openmic-2018/audio/000/000046_3840.ogg"
    assert load_waveform(path, 16000).shape == (160000,)


def test_a_header_that_promises_more_than_memory_holds_is_no_reason_to_stop(tmp_path):
    path = tmp_path / "huge.flac"
    soundfile.write(path, np.zeros(4410), 44100)
    data = bytearray(path.read_bytes())
    # STREAMINFO: 36 bits of samples end at its 18th byte, after the stream's 8 bytes of header.
    data[21] |= 0x0F
    data[22:26] = b"\xff" * 4
    path.write_bytes(data)
    with pytest.raises(BrokenAudio) as caught:
        load_waveform(path, 16000)
    assert caught.value.reason == "too_long"


@pytest.mark.parametrize("rate", [1, 2_000_000_000])
def test_a_sample_rate_that_cannot_be_is_refused(tmp_path, rate):
    soundfile.write(tmp_path / "a.wav", np.zeros(100), rate)
    with pytest.raises(BrokenAudio, match="sample rate"):
        load_waveform(tmp_path / "a.wav", 16000)

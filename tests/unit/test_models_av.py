"""Sound through PyAV: what it decodes is what was encoded."""

import numpy as np
import pytest
import soundfile

from audio_debias.models.recording import measure_file
from audio_debias.sound import decoding
from audio_debias.sound.av_decoding import Undecodable, decode_with_av
from audio_debias.sound.lengths import seconds_told

av = pytest.importorskip("av")
RATE = 48000
SECONDS = 2


def tone():
    """Left 440 Hz, right 880 Hz at half the level, shape (n_samples, 2)."""
    time = np.arange(SECONDS * RATE) / RATE
    sounds = [0.5 * np.sin(2 * np.pi * 440 * time), 0.25 * np.sin(2 * np.pi * 880 * time)]
    return np.stack(sounds, axis=1).astype(np.float32)


def encode(path, codec, with_picture=False):
    with av.open(str(path), "w") as container:
        picture = container.add_stream("mpeg4", rate=10) if with_picture else None
        track = container.add_stream(codec, rate=RATE, layout="stereo")
        track.bit_rate = 256_000
        if picture:
            picture.width = picture.height = 64
            frame = av.VideoFrame(64, 64, "yuv420p")
            container.mux(picture.encode(frame))
            container.mux(picture.encode(None))
        resampler = av.AudioResampler(track.format or "fltp", "stereo", RATE, frame_size=960)
        sound = av.AudioFrame.from_ndarray(np.ascontiguousarray(tone().T), "fltp", "stereo")
        sound.sample_rate = RATE
        for part in [*resampler.resample(sound), *resampler.resample(None)]:
            container.mux(track.encode(part))
        container.mux(track.encode(None))


@pytest.mark.parametrize(
    ("name", "codec", "with_picture"),
    [("a.m4a", "aac", False), ("a.webm", "libopus", False), ("a.mp4", "aac", True)],
)
def test_tones_survive_in_level_pitch_and_channel(name, codec, with_picture, tmp_path):
    encode(tmp_path / name, codec, with_picture)
    with pytest.raises(soundfile.LibsndfileError):
        soundfile.read(tmp_path / name)
    samples, rate = decode_with_av(tmp_path / name)
    assert rate == RATE
    assert samples.dtype == np.float32
    # Encoders add a few frames of priming and padding.
    assert abs(len(samples) - SECONDS * RATE) < 4096
    middle = samples[RATE // 2 : RATE // 2 + RATE]  # 1 s: bins of 1 Hz
    spectrum = 2 * np.abs(np.fft.rfft(middle, axis=0)) / RATE
    assert spectrum.argmax(axis=0).tolist() == [440, 880]
    np.testing.assert_allclose(spectrum.max(axis=0), [0.5, 0.25], rtol=0.03)


@pytest.mark.parametrize(("name", "codec"), [("a.m4a", "aac"), ("a.webm", "opus")])
def test_its_recording_properties_name_the_codec(name, codec, tmp_path):
    encode(tmp_path / name, {"opus": "libopus"}.get(codec, codec))
    found = measure_file(tmp_path / name)
    assert (found["codec"], found["bit_depth"], found["channels"]) == (codec, None, 2)


def test_a_wav_file_decodes_to_the_samples_of_libsndfile(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(), RATE, subtype="FLOAT")
    samples, rate = decode_with_av(tmp_path / "a.wav", "float64")
    np.testing.assert_array_equal(samples, tone().astype(np.float64))
    assert rate == RATE


def test_what_is_too_long_is_called_so(tmp_path, monkeypatch):
    encode(tmp_path / "a.m4a", "aac")
    monkeypatch.setattr(decoding, "MAX_VALUES", 1000)
    with pytest.raises(decoding.BrokenAudio, match="more than 1000 values") as caught:
        decoding.decode(tmp_path / "a.m4a")
    assert caught.value.reason == "too_long"


def test_of_a_part_no_more_than_the_part_is_decoded(tmp_path, monkeypatch):
    encode(tmp_path / "a.m4a", "aac")
    whole, rate, _ = decoding.decode(tmp_path / "a.m4a")
    monkeypatch.setattr(decoding, "MAX_VALUES", 2 * RATE * 3 // 2)  # 1.5 of its 2 s
    part, _, _ = decoding.decode(tmp_path / "a.m4a#t=0.5,1")
    np.testing.assert_array_equal(part, whole[rate // 2 : rate])
    with pytest.raises(decoding.BrokenAudio, match="too_long"):
        decoding.decode(tmp_path / "a.m4a#t=0.5,1.9")


def test_how_long_a_container_is_needs_no_decoding(tmp_path, monkeypatch):
    encode(tmp_path / "a.m4a", "aac")
    monkeypatch.setattr(av, "AudioResampler", None)
    assert seconds_told(tmp_path / "a.m4a") == pytest.approx(SECONDS, abs=0.1)
    (tmp_path / "text.m4a").write_text("no sound at all")
    assert seconds_told(tmp_path / "text.m4a") is None

    def broken(*_):
        raise av.error.BugError(0, "nothing of Python's own but a runtime error")

    monkeypatch.setattr(av, "open", broken)
    assert seconds_told(tmp_path / "a.m4a") is None


def test_damage_and_silence_of_the_format_are_one_line(tmp_path):
    (tmp_path / "text.m4a").write_text("no sound at all")
    encode(tmp_path / "a.m4a", "aac")
    content = (tmp_path / "a.m4a").read_bytes()
    (tmp_path / "cut.m4a").write_bytes(content[: len(content) // 2])
    for name in ("text.m4a", "cut.m4a", "missing.m4a"):
        with pytest.raises(Undecodable) as caught:
            decode_with_av(tmp_path / name)
        assert "\n" not in str(caught.value)

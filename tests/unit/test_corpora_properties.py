"""Recording properties of signals whose values are known."""

import numpy as np
import pyarrow.parquet as pq
import pyloudnorm
import pytest
import soundfile
from scipy import signal

from audio_debias.corpora.acoustics.level import k_weighting
from audio_debias.corpora.properties import (
    PROPERTIES,
    describe_header,
    measure,
    merge_properties,
    properties_frame,
    read_properties,
    write_properties,
)
from audio_debias.errors import InputError
from audio_debias.files import write_parquet
from audio_debias.models import recording
from audio_debias.models.recording import measure_file
from audio_debias.sound.decoding import BrokenAudio

RATE = 44100


def white(seconds=5, level=0.1, rate=RATE, seed=0):
    return np.random.default_rng(seed).normal(0, level, (int(seconds * rate), 1))


def sine(hz=997, seconds=3, rate=48000, amplitude=1.0):
    return amplitude * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)[:, None]


def gated(sound, rate, on=0.5, period=2.0):
    return sound * ((np.arange(len(sound)) / rate % period) < on)[:, None]


def band_limited(sound, low, high, rate=RATE):
    """Nothing at all outside the band."""
    spectrum = np.fft.rfft(sound, axis=0)
    frequencies = np.fft.rfftfreq(len(sound), 1 / rate)
    spectrum[(frequencies < low) | (frequencies > high)] = 0
    return np.fft.irfft(spectrum, len(sound), axis=0)


def test_filters_at_48_khz_are_those_of_the_standard():
    # ITU-R BS.1770-4, tables 1 and 2.
    shelf, rumble = k_weighting(48000)
    expected = [1.53512485958697, -2.69169618940638, 1.19839281085285]
    np.testing.assert_allclose(shelf[:3], expected, atol=1e-6)
    np.testing.assert_allclose(shelf[4:], [-1.69065929318241, 0.73248077421585], atol=1e-6)
    np.testing.assert_allclose(rumble[4:], [-1.99004745483398, 0.99007225036621], atol=1e-6)


@pytest.mark.parametrize(("channels", "lufs"), [(1, -3.01), (2, 0.0)])
def test_a_full_scale_sine_has_the_loudness_of_the_standard(channels, lufs):
    # BS.1770-4: a 997 Hz sine at 0 dBFS in one channel reads -3.01 LUFS.
    loudness = measure(np.repeat(sine(), channels, axis=1), 48000)["loudness"]
    assert loudness == pytest.approx(lufs, abs=0.02)


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000, 96000])
def test_loudness_equals_pyloudnorm(rate):
    rng = np.random.default_rng(rate)
    # Steps of level, so that both gates act.
    envelope = np.repeat([0.3, 0.001, 0.1, 1e-5, 0.03], rate)[:, None]
    sound = rng.normal(0, 1, (5 * rate, 2)) * envelope
    reference = pyloudnorm.Meter(rate, filter_class="DeMan").integrated_loudness(sound)
    assert measure(sound, rate)["loudness"] == pytest.approx(reference, abs=0.005)


def test_a_clip_shorter_than_a_block_has_a_loudness():
    assert measure(sine(seconds=0.2), 48000)["loudness"] == pytest.approx(-3.01, abs=0.1)
    one_sample = measure(np.full((1, 1), 0.5), 48000)
    assert one_sample["peak"] == pytest.approx(20 * np.log10(0.5))


def test_peak_crest_and_offset():
    found = measure(sine(amplitude=0.5) + 0.01, 48000)
    assert found["peak"] == pytest.approx(20 * np.log10(0.51), abs=1e-3)
    rms = np.sqrt(0.125 + 0.0001)
    assert found["crest"] == pytest.approx(20 * np.log10(0.51 / rms), abs=1e-3)
    assert found["dc"] == pytest.approx(0.01, abs=1e-5)


@pytest.mark.parametrize("gain", [1.0, 0.3])
def test_clipped_share_is_that_of_the_flat_tops(gain):
    sound = np.clip(sine(hz=100), -0.5, 0.5)
    # |sin| > 1/2 for two thirds of a period.
    assert measure(gain * sound, 48000)["clipped"] == pytest.approx(2 / 3, abs=0.01)
    assert measure(gain * sine(hz=997), 48000)["clipped"] == 0


@pytest.mark.parametrize("hz", [2000, 4000, 11000, 16000])
def test_bandwidth_is_the_cut_off_of_a_low_pass(hz):
    found = measure(band_limited(white(), 0, hz), RATE)
    assert found["bandwidth"] == pytest.approx(hz, abs=200)


def test_bandwidth_is_found_under_noise():
    sound = band_limited(white(), 0, 4000)
    noise = white(level=sound.std() * 10 ** (-25 / 20), seed=1)
    assert measure(sound + noise, RATE)["bandwidth"] == pytest.approx(4000, abs=200)


def test_low_cut_off_is_that_of_a_high_pass():
    found = measure(band_limited(white(), 500, RATE / 2), RATE)
    assert found["low_cutoff"] == pytest.approx(500, abs=90)
    assert found["bandwidth"] == pytest.approx(RATE / 2, abs=50)


@pytest.mark.parametrize(("order", "slope"), [(0, 0.0), (1, -6.02)])
def test_tilt_is_the_slope_per_octave(order, slope):
    # One integrator falls by 20 log10(2) dB an octave.
    sound = white(10) if not order else np.cumsum(white(10) - white(10).mean(), axis=0) / 100
    assert measure(sound, RATE)["tilt"] == pytest.approx(slope, abs=0.3)


@pytest.mark.parametrize("snr", [10, 20, 40])
@pytest.mark.parametrize("gain", [1.0, 0.05])
def test_noise_is_the_stationary_part_whatever_the_gain(snr, gain):
    rate = 16000
    tones = sum(sine(hz, 8, rate) for hz in (220, 277, 331, 1400))
    music = gated(tones, rate)
    noise = white(8, music.std() * 10 ** (-snr / 20), rate)
    found = measure(gain * (music + noise), rate)["noise"]
    expected = -10 * np.log10(1 + 10 ** (snr / 10))
    assert found == pytest.approx(expected, abs=1.0)


@pytest.mark.parametrize("rt60", [0.2, 0.4, 0.8, 1.6])
@pytest.mark.parametrize("kind", ["noise", "chord", "clicks"])
def test_decay_is_the_reverberation_time(rt60, kind):
    rate = 16000
    rng = np.random.default_rng(1)
    at = np.arange(8 * rate) / rate
    dry = {
        "noise": gated(rng.normal(size=(len(at), 1)), rate),
        "chord": gated(
            sum(signal.sawtooth(2 * np.pi * hz * at) for hz in (220, 277, 330))[:, None], rate
        ),
        "clicks": (np.arange(len(at)) % (2 * rate) == 0).astype(float)[:, None],
    }[kind]
    n = round(1.2 * rt60 * rate)
    response = rng.normal(size=(n, 1)) * 10 ** (-3 * np.arange(n) / (rt60 * rate))[:, None]
    wet = signal.oaconvolve(dry, response, axes=0)[: len(dry)]
    assert measure(wet, rate)["decay"] == pytest.approx(rt60, rel=0.2)


def test_silence_and_dynamic_range():
    rate = 16000
    found = measure(gated(white(8, rate=rate), rate, on=0.5, period=2.0), rate)
    assert found["silence"] == pytest.approx(0.75, abs=0.02)
    steps = np.repeat([1.0, 0.1], 4 * rate)[:, None] * sine(400, 8, rate)
    assert measure(steps, rate)["dynamic_range"] == pytest.approx(20, abs=0.2)


def test_the_stereo_image():
    a, b = white(seed=1)[:, 0], white(seed=2)[:, 0]
    same, apart, opposed = (
        measure(np.stack(pair, axis=1), RATE) for pair in ((a, a), (a, b), (a, -a))
    )
    assert same["correlation"] == pytest.approx(1)
    assert (same["width"], opposed["width"]) == pytest.approx((0, 1), abs=1e-6)
    assert apart["correlation"] == pytest.approx(0, abs=0.02)
    assert apart["width"] == pytest.approx(0.5, abs=0.02)
    assert measure(a[:, None], RATE)["channels"] == 1


def test_silence_has_no_level_and_no_spectrum():
    found = measure(np.zeros((RATE, 2)), RATE)
    none = {name for name, value in found.items() if value != value}
    assert {"loudness", "peak", "crest", "bandwidth", "noise", "decay", "correlation"} <= none
    assert found["silence"] == 1
    assert found["width"] == 0


@pytest.mark.parametrize(
    ("format", "subtype", "codec", "bits"),
    [
        ("WAV", "PCM_16", "lossless", 16),
        ("FLAC", "PCM_24", "lossless", 24),
        ("OGG", "VORBIS", "vorbis", None),
        ("MP3", "MPEG_LAYER_III", "mp3", None),
    ],
)
def test_the_header_is_read(tmp_path, format, subtype, codec, bits):
    path = tmp_path / "clip"
    soundfile.write(path, white(1), RATE, format=format, subtype=subtype)
    found = measure_file(path)
    assert (found["codec"], found["bit_depth"]) == (codec, bits)
    assert (found["sample_rate"], found["channels"]) == (RATE, 1)
    assert found["seconds"] == pytest.approx(1, abs=0.06)
    assert set(found) == set(PROPERTIES)


def test_of_a_long_file_the_middle_is_measured(tmp_path, monkeypatch):
    """Silence, then noise for the length that is measured, then silence."""
    monkeypatch.setattr(recording, "LONGEST", 20.0)
    silence = np.zeros((15 * RATE, 1))
    soundfile.write(tmp_path / "long.wav", np.concatenate([silence, white(20), silence]), RATE)
    soundfile.write(tmp_path / "middle.wav", white(20), RATE)
    found = [measure_file(tmp_path / name) for name in ("long.wav", "middle.wav")]
    assert found[0].pop("seconds") == 50
    assert found[1].pop("seconds") == 20
    assert found[0] == pytest.approx(found[1], nan_ok=True)
    part = measure_file(tmp_path / "long.wav#t=10,40")
    assert part.pop("seconds") == 30
    assert part == pytest.approx(found[0], nan_ok=True)


def test_a_broken_file_gives_its_reason(tmp_path):
    (tmp_path / "clip.wav").write_bytes(b"no sound")
    with pytest.raises(BrokenAudio, match="undecodable"):
        measure_file(tmp_path / "clip.wav")


def test_the_table_keeps_units_and_shards_join(tmp_path):
    rows = [
        {"clip_id": name, **measure(white(1), RATE), **describe_header("VORBIS")} for name in "ab"
    ]
    for row in rows:
        write_properties(properties_frame([row]), tmp_path / f"{row['clip_id']}.parquet")
    merge_properties([tmp_path / "a.parquet", tmp_path / "b.parquet"], tmp_path / "all.parquet")
    frame = read_properties(tmp_path / "all.parquet")
    assert frame["clip_id"].tolist() == ["a", "b"]
    assert frame["bit_depth"].isna().all()
    schema = pq.read_schema(tmp_path / "all.parquet")
    assert schema.field("loudness").metadata[b"unit"] == b"LUFS"
    write_parquet(tmp_path / "old.parquet", frame.drop(columns="decay"))
    with pytest.raises(InputError, match=r"old\.parquet: column 'decay' is missing"):
        read_properties(tmp_path / "old.parquet")

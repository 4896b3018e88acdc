"""Recording conditions made on purpose: each does what it says, and only by seed and clip."""

import numpy as np
import pandas as pd
import pytest
import soundfile

from audio_debias.corpora.derived import derive_clips, derived_path, render_derived
from audio_debias.corpora.effects import EFFECTS, apply_chain, check_chain, dose_of
from audio_debias.corpora.properties import measure
from audio_debias.errors import InputError

RATE = 16000


def music(seconds=4, seed=0):
    """Gated noise: offsets, pauses and a full band."""
    rng = np.random.default_rng(seed)
    at = np.arange(seconds * RATE) / RATE
    return (rng.normal(0, 0.05, len(at)) * (at % 2 < 0.5))[:, None]


def through(sound, **effects):
    chain = [{name: options} for name, options in effects.items()]
    check_chain(chain, "test")
    return apply_chain(sound, RATE, chain, np.random.default_rng(0))


@pytest.fixture
def corpus(tmp_path):
    rows = []
    for i, split in enumerate(["train", "train", "test"]):
        soundfile.write(tmp_path / f"{i}.wav", music(2, i), RATE)
        rows.append((f"clip {i}/ü", f"{i}.wav", split, "pop", f"t{i}", 2.0, i == 0))
    columns = ["clip_id", "path", "split", "genre", "track_id", "seconds", "flute"]
    return pd.DataFrame(rows, columns=columns).astype({"flute": "boolean"})


def test_gain_moves_loudness_alone():
    before = measure(music(), RATE)
    after = measure(through(music(), gain={"db": -12})[0], RATE)
    assert after["loudness"] - before["loudness"] == pytest.approx(-12, abs=0.05)
    for name in ("crest", "bandwidth", "tilt", "noise", "decay", "silence"):
        assert after[name] == pytest.approx(before[name], rel=0.01, nan_ok=True)


def test_low_pass_leaves_nothing_above():
    sound, _ = through(music(), lowpass={"hz": 4000})
    power = np.abs(np.fft.rfft(sound[:, 0])) ** 2
    frequencies = np.fft.rfftfreq(len(sound), 1 / RATE)
    assert power[frequencies > 4600].sum() < 1e-5 * power.sum()
    assert measure(sound, RATE)["bandwidth"] == pytest.approx(4000, abs=300)


def test_band_pass_leaves_the_band():
    found = measure(through(music(), bandpass={"low": 300, "high": 3000})[0], RATE)
    assert 150 < found["low_cutoff"] < 300
    assert 3000 < found["bandwidth"] < 6500


@pytest.mark.parametrize("snr", [0, 20])
def test_noise_has_the_snr(snr):
    sound = music()
    noise = through(sound, noise={"snr": snr})[0] - sound
    assert 10 * np.log10(np.mean(sound**2) / np.mean(noise**2)) == pytest.approx(snr, abs=0.1)


@pytest.mark.parametrize("rt60", [0.3, 0.9])
def test_reverberation_has_the_decay_time_and_keeps_the_power(rt60):
    sound, _ = through(music(8), reverb={"rt60": rt60, "wet": 6})
    assert measure(sound, RATE)["decay"] == pytest.approx(rt60, rel=0.2)
    assert np.mean(sound**2) == pytest.approx(np.mean(music(8) ** 2))


def test_clip_cuts_and_bits_round():
    peak = np.abs(music()).max()
    assert np.abs(through(music(), clip={"db": 6})[0]).max() == pytest.approx(peak * 10**-0.3)
    steps = through(music(), bits={"depth": 8})[0] * 128
    np.testing.assert_array_equal(steps, np.round(steps))


@pytest.mark.parametrize("format", ["ogg", "mp3"])
def test_a_codec_keeps_the_length_and_loses_by_quality(format):
    losses = []
    for quality in (0.1, 0.9):
        sound, rate = through(music(), codec={"format": format, "quality": quality})
        assert (sound.shape, rate) == (music().shape, RATE)
        spectra = [np.abs(np.fft.rfft(one[:, 0])) for one in (sound, music())]
        losses.append(np.mean((spectra[0] - spectra[1]) ** 2))
    assert losses[0] > 2 * losses[1]


def test_resample_leaves_the_new_rate():
    sound, rate = through(music(), resample={"hz": 8000})
    assert (len(sound), rate) == (len(music()) // 2, 8000)


@pytest.mark.parametrize(
    ("chain", "message"),
    [
        ([{"lowpas": {"hz": 1}}], "no effect 'lowpas'; did you mean 'lowpass'?"),
        ([{"lowpass": {"hertz": 1}}], "lowpass: unknown option 'hertz'"),
        ([{"bandpass": {"high": 1000}}], "bandpass: give 'low'"),
        ([{"gain": {"db": "loud"}}], "gain: db: 'loud' is no number"),
        ([{"gain": {"db": 1}, "clip": {"db": 1}}], "one effect a step"),
    ],
)
def test_a_wrong_chain_is_refused(chain, message):
    with pytest.raises(InputError, match=message.replace("?", r"\?")):
        check_chain(chain, "x.yaml")


def test_a_cut_off_beyond_the_file_is_refused_with_its_name(corpus, tmp_path):
    with pytest.raises(InputError, match=r"0\.wav: .*lowpass: 9000 Hz .* stay below 8000 Hz"):
        render_derived(corpus, tmp_path, tmp_path / "d", [{"lowpass": {"hz": 9000}}], seed=0)


@pytest.mark.parametrize(
    "chain",
    [
        [{"noise": {"snr": 10}}],
        [{"gain": {"db": -3}}, {"codec": {"format": "ogg", "quality": 0.5}}],
    ],
)
def test_files_depend_on_seed_and_clip_alone(corpus, tmp_path, chain):
    whole, _ = render_derived(corpus, tmp_path, tmp_path / "a", chain, seed=1)
    for shard in (1, 0):
        rows = corpus.iloc[::-1].reset_index(drop=True)
        render_derived(rows, tmp_path, tmp_path / "b", chain, seed=1, shard=shard, n_shards=2)
    for path in whole:
        twin = tmp_path / "b" / path.relative_to(tmp_path / "a")
        assert path.read_bytes() == twin.read_bytes()


def test_clips_keep_who_they_are(corpus, tmp_path):
    chain = [{"codec": {"format": "mp3", "quality": 0.5}}]
    render_derived(corpus, tmp_path, tmp_path / "d", chain, seed=1)
    clips, dropped = derive_clips(corpus, tmp_path / "d", chain, ["flute"], ["pop"])
    assert dropped.empty
    same = ["clip_id", "split", "genre", "track_id", "flute"]
    pd.testing.assert_frame_equal(clips[same], corpus[same], check_dtype=False)
    assert soundfile.info(tmp_path / "d" / clips["path"][0]).format == "MP3"


def test_a_clip_without_sound_is_listed_and_dropped(corpus, tmp_path):
    (tmp_path / "1.wav").unlink()
    chain = [{"gain": {"db": 0}}]
    files, skipped = render_derived(corpus, tmp_path, tmp_path / "d", chain, seed=1)
    assert len(files) == 2
    assert skipped["clip_id"].tolist() == ["clip 1/ü"]
    clips, dropped = derive_clips(corpus, tmp_path / "d", chain, ["flute"], ["pop"])
    assert clips["clip_id"].tolist() == ["clip 0/ü", "clip 2/ü"]
    assert dropped["reason"].tolist() == ["missing"]
    original = soundfile.read(tmp_path / "0.wav")[0]
    copy = soundfile.read(tmp_path / "d" / derived_path("clip 0/ü", chain))[0]
    np.testing.assert_array_equal(copy, original)


def test_the_dose_of_a_chain():
    assert dose_of([{"bandpass": {"low": 100, "high": 4000}}]) == ("bandpass", 4000.0)
    assert all(effect.unit for effect in EFFECTS.values())

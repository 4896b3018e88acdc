"""The demo corpora: reproducible, in the real layouts, with enough clips in every cell."""

import io
import json

import numpy as np
import pandas as pd
import pytest
import soundfile
from scipy import signal

from audio_debias.corpora.demo import layouts as demo
from audio_debias.corpora.demo.composition import PROGRAMS, RATE, STYLES, Part, render
from audio_debias.corpora.demo.drawing import GENRES, LABELS, MIN_TRAIN
from audio_debias.corpora.demo.room_acoustics import record
from audio_debias.corpora.demo.vorbis_files import write_ogg
from audio_debias.corpora.registry import read_corpus
from audio_debias.errors import InputError

CLIPS = {"irmas": 720, "openmic": 500}
OPTIONS = {
    "irmas": {"split": {"train": "irmas_train.csv", "test": "irmas_test.csv"}, "audio": False},
    "openmic": {"audio": False},
}


def read(layout, root, **options):
    return read_corpus(
        layout,
        root,
        labels=LABELS,
        genres=GENRES,
        options=OPTIONS[layout] | options,
    )


@pytest.fixture(scope="module", params=list(CLIPS))
def corpus(request, tmp_path_factory):
    """The clip table of a demo corpus as the real reader gives it, and its plan."""
    layout = request.param
    root = tmp_path_factory.mktemp(layout)
    demo.write_metadata(layout, root, clips=CLIPS[layout], seed=0)
    clips, dropped = read(layout, root)
    assert dropped.empty
    return clips, demo.plan(layout, clips=CLIPS[layout], seed=0)


def test_every_cell_of_label_and_genre_has_enough_positives_to_train_and_some_to_test(corpus):
    clips, _ = corpus
    assert len(clips) in CLIPS.values()
    for split, least in (("train", MIN_TRAIN), ("test", 1)):
        rows = clips[clips["split"] == split]
        positives = rows.groupby("genre")[LABELS].sum()
        assert len(positives) == 4
        assert positives.to_numpy().min() >= least


def test_the_reader_gives_back_what_was_planned(corpus):
    clips, plan = corpus
    plan = plan.set_index("clip_id").loc[clips["clip_id"]]
    assert clips["genre"].tolist() == plan["genre"].tolist()
    assert clips["split"].tolist() == plan["split"].tolist()
    for label in LABELS:
        plays = np.array([label in labels for labels in plan["labels"]])
        known = clips[label].notna().to_numpy()
        assert (clips.loc[known, label].to_numpy(dtype=bool) == plays[known]).all()
        if "annotated" in plan:
            assert (known == [label in labels for labels in plan["annotated"]]).all()


def test_openmic_is_partly_annotated_with_both_truths_on_both_sides(tmp_path):
    demo.write_metadata("openmic", tmp_path, clips=500, seed=3)
    clips, _ = read("openmic", tmp_path)
    for _, rows in clips.groupby("split"):
        known = rows[LABELS].notna().mean()
        assert known.between(0.3, 0.9).all()
        assert rows[LABELS].mean().between(0.1, 0.7).all()
    # No pickle is needed to read the keys.
    with np.load(tmp_path / "openmic-2018.npz") as npz:
        assert len(npz["sample_key"]) == 500


def test_openmic_has_the_class_map_of_the_real_archive(tmp_path, shared):
    demo.write_metadata("openmic", tmp_path, clips=500, seed=0)
    real = json.loads((shared / "formats" / "openmic-2018" / "class-map.json").read_text())
    assert json.loads((tmp_path / "class-map.json").read_text()) == real


def test_the_corpora_differ_in_how_often_labels_play_in_genres():
    shares = []
    for layout, clips in CLIPS.items():
        rows = demo.plan(layout, clips=clips, seed=0).explode("labels")
        table = pd.crosstab(rows["labels"], rows["genre"], normalize="index")
        shares.append(table.loc[LABELS, GENRES].to_numpy())
    assert np.abs(shares[0] - shares[1]).max() > 0.15


@pytest.mark.parametrize("layout", list(CLIPS))
def test_any_number_of_shards_gives_the_same_bytes(layout, tmp_path):
    size = {"clips": CLIPS[layout], "seed": 0}
    demo.render_shard(layout, tmp_path / "few", **size, shard=1, n_shards=200)
    many = demo.render_shard(layout, tmp_path / "many", **size, shard=201, n_shards=400)
    assert many
    for path in many:
        other = tmp_path / "few" / path.relative_to(tmp_path / "many")
        assert path.read_bytes() == other.read_bytes()


def test_another_seed_gives_other_sound_and_other_annotations(tmp_path):
    sounds = []
    for seed in (0, 1):
        size = {"clips": 720, "seed": seed}
        (path,) = demo.render_shard("irmas", tmp_path / str(seed), **size, shard=5, n_shards=720)
        sounds.append(path.read_bytes())
        demo.write_metadata("openmic", tmp_path / str(seed), clips=500, seed=seed)
    assert sounds[0] != sounds[1]
    npz = [(tmp_path / seed / "openmic-2018.npz").read_bytes() for seed in "01"]
    assert npz[0] != npz[1]


@pytest.mark.parametrize(
    ("layout", "form"),
    [("irmas", (3.0, 2, "WAV", "PCM_16")), ("openmic", (10.0, 1, "OGG", "VORBIS"))],
)
def test_audio_has_the_form_of_the_layout_and_the_reader_finds_it(layout, form, tmp_path):
    size = {"clips": CLIPS[layout], "seed": 0}
    (path,) = demo.render_shard(layout, tmp_path, **size, shard=7, n_shards=CLIPS[layout])
    info = soundfile.info(path)
    assert (info.duration, info.channels, info.format, info.subtype) == form
    assert info.samplerate == 44100
    sound, _ = soundfile.read(path)
    assert 0.3 < np.abs(sound).max() <= 1
    demo.write_metadata(layout, tmp_path, **size)
    clips, dropped = read(layout, tmp_path, audio=True)
    assert (tmp_path / clips["path"].item()) == path
    assert dropped["reason"].unique().tolist() == ["missing"]


def test_an_excerpt_is_as_long_as_asked_for_though_the_music_ends_earlier():
    sound = render([Part(0, 0.0, [(0.3, 0.4, 60, 90)])], 2.0)
    assert sound.shape == (2 * RATE, 2)
    assert np.abs(sound).max() == pytest.approx(1)


@pytest.mark.parametrize("level", [0.0, -9.0])
def test_parts_sound_at_their_level_whatever_their_program(level):
    """Trumpet left and guitar right, of programs that differ in loudness by many dB."""
    notes = [(0.4 * i, 0.4 * i + 0.38, pitch, 95) for i, pitch in enumerate((55, 59, 62, 67))]
    parts = [Part(56, 0.0, notes, pan=0), Part(24, level, notes, pan=127)]
    left, right = 10 * np.log10(np.mean(render(parts, 1.6, start=0.0) ** 2, axis=0))
    assert right - left == pytest.approx(level, abs=1.0)


def test_no_accompaniment_plays_a_program_of_a_label():
    of_labels = {program for programs in PROGRAMS.values() for program in programs}
    for style in STYLES.values():
        assert of_labels.isdisjoint({style.bass, *style.chords})


def test_the_room_keeps_the_length_narrows_the_band_and_adds_noise():
    rng = np.random.default_rng(0)
    sound = rng.standard_normal((RATE, 2)).astype(np.float32)
    heard = record(sound, RATE, np.random.default_rng(1))
    assert heard.shape == (RATE,)
    assert heard.dtype == np.float32
    assert np.abs(heard).max() == pytest.approx(1)
    frequency, power = signal.welch(heard, RATE, nperseg=4096)
    inside = power[(frequency > 300) & (frequency < 3000)].mean()
    # Outside the band what is left is the noise: 25 dB below, spread over all frequencies.
    outside = power[frequency > 8000].mean()
    expected = 25 + 10 * np.log10(RATE / 2 / (3800 - 120))
    assert 10 * np.log10(inside / outside) == pytest.approx(expected, abs=1.5)


def test_ogg_bytes_depend_on_the_sound_alone_and_decode_to_it(tmp_path):
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, 3 * RATE).astype(np.float32)
    for name in ("a.ogg", "b.ogg"):
        write_ogg(tmp_path / name, sound, RATE, serial=7)
    plain = io.BytesIO()
    soundfile.write(plain, sound, RATE, format="OGG", subtype="VORBIS")
    data = (tmp_path / "a.ogg").read_bytes()
    assert data == (tmp_path / "b.ogg").read_bytes()
    assert data[14:18] == b"\x07\0\0\0"
    assert len(data) == len(plain.getvalue())
    # A page with a wrong checksum would be skipped by the decoder.
    decoded, _ = soundfile.read(tmp_path / "a.ogg", dtype="float32")
    plain.seek(0)
    np.testing.assert_array_equal(decoded, soundfile.read(plain, dtype="float32")[0])


def test_an_unknown_layout_and_too_few_clips_are_refused(tmp_path):
    with pytest.raises(InputError, match="unknown layout 'irma'; did you mean 'irmas'"):
        demo.plan("irma", clips=720, seed=0)
    for layout in CLIPS:
        with pytest.raises(InputError, match="demo: clips: too few"):
            demo.plan(layout, clips=60, seed=0)

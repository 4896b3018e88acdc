"""A clip is its sound, not its name: copies are kept on one side, or listed."""

import io

import numpy as np
import pandas as pd
import pytest
import soundfile

from audio_debias.corpora.copies import copies_of, same_sound
from audio_debias.corpora.registry import read_corpus
from audio_debias.corpora.shared_sounds import (
    read_shared,
    shared_sounds,
    told_shared,
    write_shared,
)
from audio_debias.corpora.splits import joined_groups
from audio_debias.errors import InputError

LABELS = ["flute", "piano"]
N = 40


def sound(seed, frames=8000):
    return np.random.default_rng(seed).normal(size=frames) / 9


def write(root, lines):
    (root / "clips.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def read(root, **options):
    return read_corpus("table", root, labels=LABELS, genres=[], options=options)


@pytest.fixture
def clips(tmp_path):
    """Forty clips, each also as a byte copy."""
    rows = []
    for i in range(N):
        soundfile.write(tmp_path / f"c{i:02}.wav", sound(i), 16000)
        (tmp_path / f"copy{i:02}.wav").write_bytes((tmp_path / f"c{i:02}.wav").read_bytes())
        rows.append((f"c{i:02}.wav", i % 2, 1 - i % 2))
    return rows


def rows_of(clips, prefix=""):
    return [f"{prefix}{path.removeprefix('c')},{f},{q}" for path, f, q in clips]


@pytest.mark.parametrize("split", ["hash", "stratified"])
def test_of_two_copies_one_is_kept_and_the_other_listed(tmp_path, clips, split):
    write(tmp_path, ["path,flute,piano", *rows_of(clips, "c"), *rows_of(clips, "copy")])
    kept, dropped = read(tmp_path, split=split)
    assert len(kept) == N
    assert dropped["reason"].tolist() == ["duplicate"] * N
    assert dropped["detail"][0] == f"same sound as c00 (rows 1 and {N + 1})"


@pytest.mark.parametrize("split", ["hash", "stratified"])
def test_copies_that_are_kept_are_on_one_side_of_a_split_that_is_made(tmp_path, clips, split):
    write(tmp_path, ["path,flute,piano", *rows_of(clips, "c"), *rows_of(clips, "copy")])
    kept, dropped = read(tmp_path, split=split, drop_duplicates=False)
    assert dropped.empty
    sides = kept.set_index("clip_id")["split"]
    assert set(sides) == {"train", "test"}
    assert all(sides[f"c{i:02}"] == sides[f"copy{i:02}"] for i in range(N))


def test_of_copies_on_two_sides_the_training_clip_stays(tmp_path, clips):
    lines = [f"{row},{'test' if i else 'train'}" for i, row in enumerate(rows_of(clips, "c"))]
    lines += [f"{rows_of(clips, 'copy')[1]},train"]
    write(tmp_path, ["path,flute,piano,split", *lines])
    kept, dropped = read(tmp_path)
    assert kept.set_index("clip_id").loc["copy01", "split"] == "train"
    assert dropped["clip_id"].tolist() == ["c01"]


def test_rows_of_one_file_are_one_clip_whose_labels_are_joined(tmp_path, clips):
    halves = [f"{path},{f}," for path, f, _ in clips] + [f"{path},,{q}" for path, _, q in clips]
    write(tmp_path, ["path,flute,piano", *halves])
    kept, dropped = read(tmp_path)
    assert kept["clip_id"].tolist() == [f"c{i:02}" for i in range(N)]
    assert kept["flute"].tolist() == [bool(i % 2) for i in range(N)]
    assert kept["piano"].tolist() == [not i % 2 for i in range(N)]
    assert set(dropped["reason"]) == {"duplicate"}
    assert dropped["detail"].str.endswith("its labels are joined").all()


@pytest.mark.parametrize("drop", [True, False])
def test_rows_of_one_sound_that_contradict_each_other_are_both_named(tmp_path, clips, drop):
    lines = [f"a{i},{row}" for i, row in enumerate(rows_of(clips, "c"))]
    write(tmp_path, ["clip_id,path,flute,piano", *lines, "b5,copy05.wav,0,1"])
    with pytest.raises(InputError, match=rf"rows 6 .'a5'. and {N + 1} .'b5'. are the same sound"):
        read(tmp_path, drop_duplicates=drop)


def test_samples_decide_not_bytes_names_or_tags(tmp_path):
    samples = np.round(sound(1) * 32767).clip(-32768, 32767).astype(np.int16)
    soundfile.write(tmp_path / "a.wav", samples, 16000)
    soundfile.write(tmp_path / "b.flac", samples, 16000)
    with soundfile.SoundFile(tmp_path / "c.wav", "w", 16000, 1, "PCM_16") as file:
        file.title = "another tag"
        file.write(samples)
    soundfile.write(tmp_path / "rate.wav", samples, 8000)
    soundfile.write(tmp_path / "longer.wav", np.r_[samples, samples[:1]], 16000)
    soundfile.write(tmp_path / "last.wav", np.r_[samples[:-1], samples[-1:] + 1], 16000)
    names = ["a.wav", "b.flac", "c.wav", "rate.wav", "longer.wav", "last.wav"]
    found = same_sound([tmp_path / name for name in names])
    assert found[0] == found[1] == found[2] is not None
    assert found[3:] == [None] * 3


def test_one_sound_in_equal_channels_is_that_sound_and_a_second_channel_of_its_own_is_not(tmp_path):
    wave = sound(0, 200_000)
    other = np.append(wave[:-1], 0.5)
    for name, channels in (("mono", [wave]), ("dual", [wave] * 2), ("stereo", [wave, other])):
        soundfile.write(tmp_path / f"{name}.wav", np.stack(channels, axis=1), 16000)
    mono, dual, stereo = same_sound([tmp_path / f"{n}.wav" for n in ("mono", "dual", "stereo")])
    assert mono == dual is not None
    assert stereo is None


def test_silence_and_what_cannot_be_read_identify_nothing(tmp_path):
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / name, np.zeros(9000), 16000)
        (tmp_path / name.replace("wav", "txt")).write_text("no sound")
    paths = [tmp_path / name for name in ("a.wav", "b.wav", "a.txt", "b.txt", "nowhere.wav")]
    assert same_sound(paths) == [None] * 5


def test_sound_of_unknown_length_is_compared_to_its_end(tmp_path):
    ends = [np.r_[sound(1, 300_000), sound(seed, 9)] for seed in (2, 3, 2)]
    for number, samples in enumerate(ends):
        buffer = io.BytesIO()
        soundfile.write(buffer, samples, 16000, format="FLAC")
        data = bytearray(buffer.getvalue())
        data[21] &= 0xF0
        data[22:26] = bytes(4)  # STREAMINFO: number of samples unknown
        data[26:42] = bytes(16)  # and no checksum of the samples
        (tmp_path / f"{number}.flac").write_bytes(data)
    found = same_sound([tmp_path / f"{number}.flac" for number in range(3)])
    assert found[0] == found[2] is not None
    assert found[1] is None


def test_a_copy_is_named_by_the_clip_before_it(tmp_path):
    for name in "abc":
        soundfile.write(tmp_path / f"{name}.wav", sound(7), 16000)
    table = pd.DataFrame(
        {"clip_id": list("cab"), "path": ["c.wav", "a.wav", None], "split": "train"}
    )
    assert copies_of(table, tmp_path).to_dict() == {0: 1}


def test_groups_that_share_a_sound_are_joined_through_others():
    groups = pd.Series(["a", "a", "b", "b", "c", "d"])
    joined = joined_groups(groups, pd.Series({2: 1, 4: 3}))
    assert joined.tolist() == ["a", "a", "a", "a", "a", "d"]


def test_irmas_lists_a_test_clip_with_the_sound_of_a_training_clip(tmp_path):
    names = ["[flu][cla]0002__1", "[flu][cla]0003__1", "[flu][cla]0004__1"]
    for seed, name in zip((1, 2, 1), names, strict=True):
        soundfile.write(tmp_path / f"{name}.WAV", sound(seed), 16000)
    (tmp_path / "split.csv").write_text(
        "clip_id,split\n"
        + "".join(f"{n},{s}\n" for n, s in zip(names, ["train", "test", "test"], strict=True))
    )
    options = {"split": "split.csv"}
    clips, dropped = read_corpus("irmas", tmp_path, labels=["flute"], genres=[], options=options)
    assert clips["clip_id"].tolist() == names[:2]
    assert dropped.iloc[0].tolist()[:3] == [names[2], "duplicate", f"same sound as {names[0]}"]


def test_sounds_in_two_corpora_are_listed_and_told_with_the_count(tmp_path):
    tables = {}
    for corpus, seeds in (("stage", (1, 2, 3)), ("NA", (3, 2, 9)), ("bare", (4, 5))):
        (tmp_path / corpus).mkdir()
        for number, seed in enumerate(seeds):
            soundfile.write(tmp_path / corpus / f"{number}.wav", sound(seed), 16000)
        ids = [f"{corpus}{number}" for number in range(len(seeds))]
        paths = [f"{number}.wav" for number in range(len(seeds))]
        tables[corpus] = pd.DataFrame({"clip_id": ids, "path": paths, "split": "test"})
    tables["bare"].loc[0, "path"] = None
    shared = shared_sounds(tables, {corpus: tmp_path / corpus for corpus in tables})
    assert shared[["corpus", "clip_id", "other_corpus", "other_clip_id"]].to_numpy().tolist() == [
        ["stage", "stage1", "NA", "NA1"],
        ["stage", "stage2", "NA", "NA0"],
    ]
    (line,) = told_shared(shared)
    assert line.startswith("warning: 2 clips of stage are in NA too, such as 'stage1' = 'NA1'")
    write_shared(shared, tmp_path / "shared.csv")
    pd.testing.assert_frame_equal(read_shared(tmp_path / "shared.csv"), shared)


def test_one_folder_as_two_corpora_shares_every_sound(tmp_path, clips):
    write(tmp_path, ["path,flute,piano", *rows_of(clips, "c")])
    table = read(tmp_path)[0]
    shared = shared_sounds({"a": table, "b": table}, {"a": tmp_path, "b": tmp_path})
    assert len(shared) == N
    assert shared["clip_id"].equals(shared["other_clip_id"])
    assert "40 clips of a are in b too" in told_shared(shared)[0]

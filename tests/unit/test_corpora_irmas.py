"""The IRMAS reader on its real names and on bad input."""

import os

import numpy as np
import pytest
import soundfile

from audio_debias.corpora.registry import read_corpus
from audio_debias.errors import InputError

LABELS = ["cello", "clarinet", "flute", "guitar", "voice"]
GENRES = ["pop_rock", "jazz_blue", "classical", "country_folk"]


def write(root, names, split="train"):
    for name in names:
        path = root / "IRMAS-TrainingData" / "any" / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.zeros((300, 2)), 44100)
    # As in the authors' lists: no header, one line a frame.
    (root / f"{split}.csv").write_text("".join(f"{name}\n" * 25 for name in names))


def read(root, genres=GENRES, **options):
    options = {"split": {"train": "train.csv", "test": "test.csv"}} | options
    return read_corpus("irmas", root, labels=LABELS, genres=genres, options=options)


def reasons(dropped):
    return dict(zip(dropped["clip_id"], dropped["reason"], strict=True))


def test_label_genre_and_song_come_from_the_name(tmp_path):
    write(tmp_path, ["001__[gel][dru][pop_roc]0829__1", "[gac][cla]0500__2", "[cla][cla]0201__3"])
    write(tmp_path, ["001__[tru][---][jaz_blu]1986__1"], split="test")
    clips, dropped = read(tmp_path)
    clips = clips.set_index("clip_id")
    assert dropped.empty
    assert clips.loc["001__[gel][dru][pop_roc]0829__1"].drop("path").to_dict() == {
        "split": "train",
        "genre": "pop_rock",
        "track_id": "0829",
        "seconds": pytest.approx(300 / 44100),
        "cello": False,
        "clarinet": False,
        "flute": False,
        "guitar": True,
        "voice": False,
    }
    assert clips.loc["[gac][cla]0500__2", "guitar"]
    # 'cla' is the clarinet in the first bracket and classical music in the last.
    assert clips.loc["[cla][cla]0201__3", ["clarinet", "genre"]].tolist() == [True, "classical"]
    trumpet = clips.loc["001__[tru][---][jaz_blu]1986__1"]
    assert trumpet["split"] == "test"
    assert not trumpet[LABELS].any()
    assert (tmp_path / trumpet["path"]).is_file()


def test_every_rejected_clip_is_listed_once_with_its_reason(tmp_path):
    write(tmp_path, ["[voi][nod][lat_sou]0001__1", "[flu][cla]0002__1", "[flu]0003__1", "my flute"])
    write(tmp_path, ["[flu][cla]0004__1", "[flu][cla]0005__1"], split="test")
    folder = tmp_path / "IRMAS-TrainingData" / "any"
    (folder / "[flu][cla]0005__1.wav").unlink()
    (folder / "[flu][cla]0004__1.wav").write_bytes(b"RIFF")
    soundfile.write(folder / "[cel][cla]0009__1.wav", np.zeros(9), 44100)
    clips, dropped = read(tmp_path)
    assert clips["clip_id"].tolist() == ["[flu][cla]0002__1"]
    assert reasons(dropped) == {
        "[voi][nod][lat_sou]0001__1": "other_genre",
        "[flu]0003__1": "no_genre",
        "my flute": "unknown_name",
        "[flu][cla]0004__1": "undecodable",
        "[flu][cla]0005__1": "missing",
        "[cel][cla]0009__1": "not_in_split",
    }


@pytest.mark.parametrize(("content", "reason"), [(b"", "empty"), (None, "empty")])
def test_audio_without_sound_is_dropped(tmp_path, content, reason):
    write(tmp_path, ["[flu][cla]0002__1", "[flu][cla]0003__1"])
    write(tmp_path, [], split="test")
    path = tmp_path / "IRMAS-TrainingData" / "any" / "[flu][cla]0002__1.wav"
    if content is None:
        soundfile.write(path, np.zeros((0, 2)), 44100)
    else:
        path.write_bytes(content)
    _, dropped = read(tmp_path)
    assert reasons(dropped) == {"[flu][cla]0002__1": reason}


def test_a_name_that_is_not_utf8_is_listed_with_its_bytes_escaped(tmp_path):
    write(tmp_path, ["[flu][cla]0002__1"])
    write(tmp_path, [], split="test")
    (tmp_path / os.fsdecode(b"fl\xfcte.wav")).write_bytes(b"")
    _, dropped = read(tmp_path)
    assert reasons(dropped) == {r"fl\udcfcte": "unknown_name"}


def test_without_genres_in_the_run_none_is_read_and_none_dropped(tmp_path):
    write(tmp_path, ["[voi][nod][lat_sou]0001__1", "[flu]0003__1"])
    write(tmp_path, [], split="test")
    clips, dropped = read(tmp_path, genres=[])
    assert len(clips) == 2
    assert clips["genre"].isna().all()
    assert dropped.empty


def test_one_song_on_both_sides_is_refused_by_name(tmp_path):
    write(tmp_path, ["[flu][cla]0373__1"])
    write(tmp_path, ["030__[flu][nod][cla]0373__2"], split="test")
    with pytest.raises(InputError, match=r"track '0373' is on both sides.*0373__2.*0373__1"):
        read(tmp_path)


def test_one_clip_on_both_sides_is_refused_by_name(tmp_path):
    write(tmp_path, ["[flu][cla]0373__1"])
    write(tmp_path, ["[flu][cla]0373__1"], split="test")
    with pytest.raises(InputError, match=r"0373__1' is in train and in test"):
        read(tmp_path)


def test_two_files_of_one_name_are_refused(tmp_path):
    write(tmp_path, ["[flu][cla]0373__1"])
    write(tmp_path, [], split="test")
    soundfile.write(tmp_path / "[flu][cla]0373__1.wav", np.zeros(9), 44100)
    with pytest.raises(InputError, match="have the same name"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("split", "message"),
    [
        ("nowhere.csv", "nowhere.csv: not readable as UTF-8 CSV"),
        ({"train": "train.csv", "test": "nowhere.csv"}, "nowhere.csv: not readable as a list"),
        ({"train": "train.csv"}, "split: give one CSV"),
        ("bad.csv", "bad.csv: split 'dev'"),
        ("train.csv", "train.csv: needs the columns clip_id and split"),
    ],
)
def test_a_bad_split_is_named(tmp_path, split, message):
    write(tmp_path, ["[flu][cla]0373__1"])
    (tmp_path / "bad.csv").write_text("clip_id,split\n[flu][cla]0373__1,dev\n")
    with pytest.raises(InputError, match=message):
        read(tmp_path, split=split)


def test_irmas_without_a_split_is_refused(tmp_path):
    with pytest.raises(InputError, match="split is missing"):
        read_corpus("irmas", tmp_path, labels=LABELS, genres=GENRES, options={})


def test_the_published_split_gives_the_papers_counts(shared):
    options = {"split": "irmas_split.csv", "audio": False}
    clips, dropped = read_corpus(
        "irmas", shared / "published", labels=LABELS, genres=GENRES, options=options
    )
    assert clips["split"].value_counts().to_dict() == {"train": 4997, "test": 1666}
    assert dropped["reason"].tolist() == ["other_genre"] * 42
    assert clips["clip_id"].tolist() == sorted(clips["clip_id"], key=str.encode)
    assert clips["path"].isna().all()


def test_a_folder_that_lies_here_as_a_link_is_read(tmp_path):
    write(tmp_path / "elsewhere", ["[gac][cla]0500__2"])
    write(tmp_path, ["[cla][cla]0201__3"], split="test")
    (tmp_path / "train.csv").write_text("[gac][cla]0500__2\n")
    (tmp_path / "linked").symlink_to(tmp_path / "elsewhere/IRMAS-TrainingData")
    (tmp_path / "root").mkdir()
    for name in ("linked", "train.csv", "test.csv", "IRMAS-TrainingData"):
        (tmp_path / name).rename(tmp_path / "root" / name)
    clips, dropped = read(tmp_path / "root")
    assert dropped.empty
    assert clips["clip_id"].tolist() == ["[cla][cla]0201__3", "[gac][cla]0500__2"]

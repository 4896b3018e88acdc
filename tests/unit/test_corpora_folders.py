"""The CSV of a table corpus, written from folders named by label."""

from zlib import crc32

import numpy as np
import pytest
import soundfile

from audio_debias.corpora import sound_files
from audio_debias.corpora.folders import clips_of_folders, told_folders
from audio_debias.corpora.registry import read_corpus
from audio_debias.errors import InputError


def noise(name):
    """Another second of noise for every name."""
    return np.random.default_rng(crc32(name.encode())).normal(size=8000) / 9


@pytest.fixture
def folder(tmp_path):
    for name in ("flute/a.wav", "flute/deep/b.flac", "piano/c.ogg"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, noise(name), 8000)
    (tmp_path / "piano/notes.txt").write_text("not a sound")
    return tmp_path


def test_the_table_holds_every_sound_file_with_its_folders_label(folder):
    clips_of_folders(folder).table.to_csv(folder / "clips.csv", index=False)
    clips, dropped = read_corpus(
        "table", folder, labels=["flute", "piano"], genres=[], options={"split": "hash"}
    )
    assert clips[["clip_id", "path", "flute", "piano"]].values.tolist() == [
        ["a", "flute/a.wav", True, False],
        ["b", "flute/deep/b.flac", True, False],
        ["c", "piano/c.ogg", False, True],
    ]
    assert dropped.empty


def test_a_folder_without_labels_is_refused_in_one_line(tmp_path):
    with pytest.raises(InputError, match="needs at least two folders"):
        clips_of_folders(tmp_path)


def test_files_of_one_name_get_clip_ids(tmp_path):
    for label in ("flute", "piano"):
        (tmp_path / label).mkdir()
        soundfile.write(tmp_path / label / "001.wav", noise(label), 8000)
    table = clips_of_folders(tmp_path).table
    assert table["clip_id"].tolist() == ["flute/001", "piano/001"]
    assert table.columns.tolist() == ["path", "clip_id", "flute", "piano"]


@pytest.mark.parametrize("name", ["genre", "Split", "path", "track id"])
def test_a_folder_called_like_a_column_is_refused(tmp_path, name):
    labelled(tmp_path, ["flute", name], 1)
    with pytest.raises(InputError, match="rename the folder"):
        clips_of_folders(tmp_path)


def labelled(root, labels=("flute", "piano"), n=10):
    """`n` files of noise in each label's folder."""
    for label in labels:
        (root / label).mkdir(parents=True, exist_ok=True)
        for i in range(n):
            soundfile.write(root / label / f"{label}{i:02}.wav", noise(f"{label}{i}"), 8000)
    return root


def written_and_read(root, folders_are=None, labels=("flute", "piano"), **read_options):
    """The table is one that its reader takes whole; what is told of what was left out."""
    found = clips_of_folders(root, folders_are)
    found.table.to_csv(root / "clips.csv", index=False)
    said = "\n".join(told_folders(found))
    clips, dropped = read_corpus(
        "table", root, labels=list(labels), genres=[], options=read_options
    )
    assert dropped.empty
    return clips, said


@pytest.mark.parametrize(
    "twin",
    ["{0}/._{0}{1:02}.wav", "__MACOSX/{0}/._{0}{1:02}.wav", "{0}/.ipynb_checkpoints/{1}.wav"],
)
def test_mac_twins_and_hidden_folders_at_any_depth_are_no_clips(tmp_path, twin):
    root = labelled(tmp_path / "music")
    for label in ("flute", "piano"):
        for i in range(10):
            path = root / twin.format(label, i)
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, noise(f"x{path}"), 8000)
    clips, said = written_and_read(root)
    assert len(clips) == 20
    assert f"20 hidden left out, such as {twin.format('flute', 0)}"[:40] in said


def test_suffixes_that_are_left_out_are_counted_and_a_label_does_not_vanish(tmp_path, monkeypatch):
    without = sound_files.READABLE - sound_files.OTHER_SOUND  # as without PyAV
    monkeypatch.setattr(sound_files, "READABLE", without)
    root = labelled(tmp_path / "music")
    (root / "voice").mkdir()
    for i in range(30):
        (root / f"voice/v{i:02}.M4A").write_bytes(b"\0\0\0 ftypM4A ")
    _, said = written_and_read(root)
    assert "30 .m4a left out, such as voice/v00.M4A" in said
    assert "voice: is no label of the table: none of its files can be read" in said


def test_links_to_nothing_are_counted(tmp_path):
    root = labelled(tmp_path / "music")
    for i in range(5):
        (root / f"flute/flute{i:02}.wav").unlink()
        (root / f"flute/flute{i:02}.wav").symlink_to("../.git/annex/objects/x.wav")
    clips, said = written_and_read(root)
    assert len(clips) == 15
    assert "5 missing left out, such as flute/flute00.wav: a link to nothing" in said


def test_linked_folders_are_read_once_and_loops_end(tmp_path):
    root = labelled(tmp_path / "music", ["flute"])
    elsewhere = labelled(tmp_path / "elsewhere", ["piano"])
    (root / "piano").symlink_to(elsewhere / "piano")
    (root / "flute/again").symlink_to(root / "flute")
    clips, said = written_and_read(root)
    assert clips["piano"].sum() == 10
    assert len(clips) == 20
    assert "1 linked_again left out, such as flute/again" in said


@pytest.mark.parametrize("suffix", ["flac", "WAV"])
def test_two_files_of_one_stem_make_a_table_that_the_reader_takes(tmp_path, suffix):
    root = labelled(tmp_path / "music")
    soundfile.write(root / f"flute/flute00.{suffix}", noise("other"), 8000)
    clips, _ = written_and_read(root)
    assert len(clips) == 21
    assert f"flute/flute00.{suffix}" in clips["clip_id"].tolist()


def test_a_sound_in_two_labels_folders_is_one_clip_with_both(tmp_path):
    root = labelled(tmp_path / "music")
    (root / "piano/duo.wav").write_bytes((root / "flute/flute03.wav").read_bytes())
    clips, said = written_and_read(root)
    assert len(clips) == 20
    assert clips.set_index("clip_id").loc["flute03", ["flute", "piano"]].tolist() == [True, True]
    assert "1 duplicate left out, such as piano/duo.wav" in said


@pytest.mark.parametrize("name", ["train", "Test", "val", "validation", "dev"])
def test_folders_called_like_sides_of_a_split_ask_what_they_are(tmp_path, name):
    root = labelled(tmp_path / "music", ["flute", name])
    with pytest.raises(InputError, match=f"{name}: are these labels, or sides of a split?"):
        clips_of_folders(root)
    written_and_read(root, "labels", labels=["flute", name])


def test_folders_of_splits_give_the_column(tmp_path):
    for side in ("Train", "test"):
        labelled(tmp_path / "music" / side)
        for path in (tmp_path / "music" / side).rglob("*.wav"):
            soundfile.write(path, noise(side + path.name), 8000)
    clips, _ = written_and_read(tmp_path / "music", "splits")
    assert clips["split"].value_counts().to_dict() == {"train": 20, "test": 20}
    assert clips["flute"].sum() == 20
    labelled(tmp_path / "music" / "val")
    with pytest.raises(InputError, match="val: is neither train nor test"):
        clips_of_folders(tmp_path / "music", "splits")


def test_names_that_share_a_stem_are_proposed_as_tracks(tmp_path):
    for label in ("flute", "piano"):
        (tmp_path / label).mkdir()
        for song, part in ((song, part) for song in "abcdef" for part in range(1, 5)):
            name = f"{label} song {song}-{part:02}"
            soundfile.write(tmp_path / label / f"{name}.wav", noise(name), 8000)
    clips, _ = written_and_read(tmp_path, split="stratified")
    assert clips["track_id"].nunique() == 12
    assert clips.groupby("track_id")["split"].nunique().eq(1).all()
    assert clips.groupby("track_id").size().eq(4).all()


@pytest.mark.parametrize("name", ["{}-{:02}", "{}{:02}", "take {1} of {0}"])
def test_names_that_count_clips_propose_nothing(tmp_path, name):
    for label in ("flute", "piano"):
        (tmp_path / label).mkdir()
        for i in range(10):
            path = tmp_path / label / f"{name.format(label, i)}.wav"
            soundfile.write(path, noise(path.name), 8000)
    assert "track_id" not in clips_of_folders(tmp_path).table

"""The CSV of a table corpus, written from folders named by label."""

import numpy as np
import pytest
import soundfile

from audio_debias.corpora.folders import clips_of_folders, main
from audio_debias.corpora.registry import read_corpus
from audio_debias.errors import InputError


@pytest.fixture
def folder(tmp_path):
    for name in ("flute/a.wav", "flute/deep/b.flac", "piano/c.ogg"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.full(8000, 0.1), 8000)
    (tmp_path / "piano/notes.txt").write_text("not a sound")
    return tmp_path


def test_the_table_holds_every_sound_file_with_its_folders_label(folder, capsys):
    main([str(folder)])
    assert "3 clips (flute 2, piano 1)" in capsys.readouterr().out
    clips, dropped = read_corpus(
        "table", folder, labels=["flute", "piano"], genres=[], options={"split": "hash"}
    )
    assert clips[["clip_id", "path", "flute", "piano"]].values.tolist() == [
        ["a", "flute/a.wav", True, False],
        ["b", "flute/deep/b.flac", True, False],
        ["c", "piano/c.ogg", False, True],
    ]
    assert dropped.empty


def test_an_existing_table_is_not_overwritten(folder):
    (folder / "clips.csv").write_text("mine")
    with pytest.raises(SystemExit, match="exists already"):
        main([str(folder)])
    assert (folder / "clips.csv").read_text() == "mine"


def test_a_folder_without_labels_is_refused_in_one_line(tmp_path):
    with pytest.raises(SystemExit, match="needs at least two folders"):
        main([str(tmp_path)])


def test_files_of_one_name_get_clip_ids(tmp_path):
    for label in ("flute", "piano"):
        (tmp_path / label).mkdir()
        soundfile.write(tmp_path / label / "001.wav", np.zeros(10), 8000)
    clips = clips_of_folders(tmp_path)
    assert clips["clip_id"].tolist() == ["flute/001", "piano/001"]
    assert clips.columns.tolist() == ["path", "clip_id", "flute", "piano"]


@pytest.mark.parametrize("name", ["genre", "split", "path"])
def test_a_folder_called_like_a_column_is_refused(tmp_path, name):
    for label in ("flute", name):
        (tmp_path / label).mkdir()
        soundfile.write(tmp_path / label / f"{label}.wav", np.zeros(10), 8000)
    with pytest.raises(InputError, match="rename the folder"):
        clips_of_folders(tmp_path)


def test_an_output_that_cannot_be_written_is_named(tmp_path):
    for label in ("flute", "piano"):
        (tmp_path / label).mkdir()
        soundfile.write(tmp_path / label / f"{label}.wav", np.zeros(10), 8000)
    with pytest.raises(SystemExit, match="cannot be written"):
        main([str(tmp_path), "--output", str(tmp_path / "flute/flute.wav/clips.csv")])

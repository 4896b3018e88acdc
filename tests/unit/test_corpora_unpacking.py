"""A corpus's files laid out in one folder."""

import zipfile

from audio_debias.fetching.placing import place


def test_files_are_linked_archives_unpacked_and_folders_taken_as_they_are(tmp_path):
    (tmp_path / "split.csv").write_text("a")
    with zipfile.ZipFile(tmp_path / "sound.zip", "w") as archive:
        archive.writestr("in/a.wav", "a")
    (tmp_path / "unpacked/in").mkdir(parents=True)
    (tmp_path / "unpacked/in/b.wav").touch()
    sources = {
        "split.csv": tmp_path / "split.csv",
        "sound.zip": tmp_path / "sound.zip",
        "more.zip": tmp_path / "unpacked",
    }
    files = {"split.csv": {}, "sound.zip": {"unpack": True}, "more.zip": {"unpack": True}}
    root = tmp_path / "root"
    placed = {path.relative_to(root).as_posix() for path in place(sources, files, root)}
    assert placed == {"split.csv", "sound/in/a.wav", "more/in/b.wav"}
    assert all((root / name).is_file() for name in placed)


def test_a_link_inside_the_project_outlives_its_move(tmp_path, monkeypatch):
    project = tmp_path / "project"
    (project / "downloads").mkdir(parents=True)
    (project / "downloads/split.csv").write_text("a")
    monkeypatch.chdir(project)
    place({"split.csv": "downloads/split.csv"}, {"split.csv": {}}, "corpora/irmas/source")
    monkeypatch.chdir(tmp_path)
    project.rename(tmp_path / "moved")
    assert (tmp_path / "moved/corpora/irmas/source/split.csv").read_text() == "a"

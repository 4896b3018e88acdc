"""Corpora by name: fetched from a local server, read by attributes, refused in one line."""

import os
from types import SimpleNamespace

import pandas as pd
import pytest
from miniatures import CLIPS

from audio_debias.corpora.named_rows import rows_of_items
from audio_debias.corpora.readers import mirdata, soundata
from audio_debias.corpora.registry import read_corpus
from audio_debias.errors import InputError
from projects import ROOT, make_project

MEDLEY = {
    "dataset": "medley_solos_db",
    "label": "instrument",
    "track_id": "song_id",
    "split": {"attribute": "subset", "test": ["test"]},
}
ESC = {
    "dataset": "esc50",
    "label": "tags.labels",
    "split": {"attribute": "fold", "test": [5]},
    "class_align": {"dog": "flute", "rain": "violin"},
}
LABELS = ["flute", "violin"]


@pytest.fixture
def medley(served, tmp_path):
    root = tmp_path / "medley"
    mirdata.fetch(root, MEDLEY)
    return root


def read(root, options=MEDLEY, reader="mirdata", genres=()):
    return read_corpus(reader, root, labels=LABELS, genres=[*genres], options=options)


def test_music_is_fetched_checked_and_read_by_attributes(served, tmp_path):
    licence = mirdata.fetch(tmp_path, MEDLEY)
    assert "Creative Commons Attribution 4.0" in licence
    assert "lostanlen2019ismir" in licence
    clips, dropped = read(tmp_path)
    assert len(clips) == CLIPS
    assert dropped.empty
    assert clips["split"].value_counts().to_dict() == {"train": 12, "test": 4}
    assert clips["track_id"].nunique() == CLIPS // 2
    assert clips["flute"].tolist() == [number % 2 == 0 for number in range(CLIPS)]
    assert (clips["flute"] != clips["violin"]).all()
    assert clips["seconds"].eq(0.5).all()


def test_other_sound_is_read_the_same_way(served, tmp_path):
    assert "NonCommercial" in soundata.fetch(tmp_path, ESC)
    clips, _ = read(tmp_path, ESC, "soundata")
    table = pd.read_csv(tmp_path / "meta/esc50.csv").set_index("filename")
    names = clips["clip_id"] + ".wav"
    assert (clips["flute"].to_numpy() == table.loc[names, "category"].eq("dog").to_numpy()).all()
    assert (clips["split"].eq("test").to_numpy() == table.loc[names, "fold"].eq(5).to_numpy()).all()


def test_clips_on_neither_side_of_the_split_are_listed(medley):
    split = {"attribute": "subset", "train": ["training"], "test": ["test"]}
    clips, dropped = read(medley, MEDLEY | {"split": split})
    assert set(clips["split"]) == {"train", "test"}
    assert dropped["reason"].tolist() == ["not_in_split"] * 4
    split = {"attribute": "subset", "train": ["training"]}
    clips, dropped = read(medley, MEDLEY | {"split": split})
    assert clips["split"].eq("test").sum() == 8
    assert dropped.empty


def test_damaged_and_missing_files_are_dropped_by_reason(medley):
    first, second, *_ = sorted((medley / "audio").glob("*.wav"))
    first.write_bytes(first.read_bytes()[:-2] + b"\0\1")
    second.unlink()
    clips, dropped = read(medley)
    assert len(clips) == CLIPS - 2
    assert sorted(dropped["reason"]) == ["checksum", "missing"]


def test_a_download_that_was_cut_is_begun_anew(served, tmp_path):
    part = tmp_path / "audio/Medley-solos-DB.tar.gz"
    part.parent.mkdir()
    part.write_bytes(b"half")
    mirdata.fetch(tmp_path, MEDLEY)
    assert len(read(tmp_path)[0]) == CLIPS


def test_a_download_of_another_checksum_is_refused(served, tmp_path):
    archive = served[0] / "medley_solos_db/Medley-solos-DB.tar.gz"
    whole = archive.read_bytes()
    archive.write_bytes(whole + b"\0")
    try:
        with pytest.raises(InputError, match=r"mirdata medley_solos_db: .*MD5"):
            mirdata.fetch(tmp_path, MEDLEY)
    finally:
        archive.write_bytes(whole)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"dataset": "medley_solo_db"}, "unknown name 'medley_solo_db'.*medley_solos_db"),
        ({"version": "9.9"}, "mirdata medley_solos_db: Invalid version 9.9"),
        ({"label": "instruments"}, "no attribute 'instruments'.*instrument"),
        ({"genre": "song_id.title"}, "no attribute 'title'"),
        ({"label": "_track_metadata"}, "no attribute '_track_metadata'"),
        ({"label": []}, "options: label: missing"),
        ({"split": {"attribute": "subset"}}, "write {attribute: fold, test: "),
        ({"split": {"attribute": "subset", "tset": ["test"]}}, "unknown key 'tset'.*test"),
        ({"lable": "instrument"}, "unknown key 'lable'"),
    ],
)
def test_what_names_nothing_is_refused_in_one_line(medley, changes, said):
    with pytest.raises(InputError, match=said) as error:
        read(medley, MEDLEY | changes)
    assert "\n" not in str(error.value)


def test_metadata_that_is_gone_is_refused_in_one_line(medley):
    (medley / "annotation/Medley-solos-DB_metadata.csv").unlink()
    with pytest.raises(InputError, match=r"mirdata medley_solos_db: .*Metadata not found"):
        read(medley)


def test_classes_may_be_texts_lists_or_confidences(tmp_path):
    """OpenMIC's instruments have confidences, and what is not named was not annotated."""
    items = [
        ("a", SimpleNamespace(audio_path=tmp_path / "a.wav", of={"flute": 0.8, "violin": 0.2})),
        ("b", SimpleNamespace(audio_path=tmp_path / "b.wav", of={"violin": 0.5})),
        ("c", SimpleNamespace(audio_path=tmp_path / "c.wav", of=["flute", "violin"])),
        ("d", SimpleNamespace(audio_path=tmp_path / "d.wav", of="violin")),
        ("e", SimpleNamespace(audio_path=tmp_path / "e.wav", of=None)),
        ("f", SimpleNamespace(audio_path=None, of="flute")),
    ]
    rows = rows_of_items(items, tmp_path, [], {"label": "of"}, "a library")
    assert rows["clip_id"].tolist() == ["a", "b", "c", "d", "e"]
    assert rows["flute"].tolist() == ["1", "", "1", "0", ""]
    assert rows["violin"].tolist() == ["0", "1", "1", "1", ""]


def test_a_genre_of_the_corpus_is_read_as_one_of_the_run(tmp_path):
    of = {"flute": 1.0}
    items = [
        (name, SimpleNamespace(audio_path=tmp_path / name, of=of, genres=genres))
        for name, genres in (("a", ["Noise", "Rock"]), ("b", "Jazz"), ("c", None))
    ]
    options = {"label": "of", "genre": "genres", "genre_align": {"Rock": "pop_rock"}}
    rows = rows_of_items(items, tmp_path, ["pop_rock"], options, "a library")
    assert rows["genre"].tolist() == ["pop_rock", "Jazz", ""]


OWN_READER = """
from pathlib import Path

from miniatures import point_to

from audio_debias.corpora.readers import mirdata


def fetch(root, options):
    point_to({address!r}, Path({folder!r}))
    return mirdata.fetch(root, options)


def read(root, **options):
    point_to({address!r}, Path({folder!r}))
    return mirdata.read(root, **options)
"""


@pytest.fixture
def project(served, tmp_path):
    """A project with a corpus that a reader of its own fetches, from the local server."""
    project = make_project(tmp_path / "project")
    folder, address = served
    reader = project.path / "resources/readers/miniature.py"
    reader.parent.mkdir()
    reader.write_text(OWN_READER.format(address=address, folder=str(folder)))
    project.configure(corpora=["dry", "solos"], genres=[])
    return project


def define(project, **changes):
    definition = {"title": "Solos", "reader": "miniature", "options": MEDLEY, "labels": LABELS}
    definition |= {"clips": CLIPS, "licence": {"name": "CC BY 4.0"}, "citation": "the tests"}
    project.define("corpora", "solos", **(definition | changes))


TARGET = "results/corpora/solos/clips.parquet"


def test_snakemake_fetches_and_indexes_a_corpus_without_a_root(project):
    define(project)
    tests = os.pathsep.join(str(ROOT / "tests" / part) for part in ("", "named_sets"))
    prefix = ("env", f"PYTHONPATH={tests}")
    project.snakemake(TARGET, prefix=prefix)
    assert len(pd.read_parquet(project.path / TARGET)) == CLIPS
    licence = project.path / "results/corpora/solos/licence.txt"
    assert "Creative Commons" in licence.read_text()
    # Another attribute reads again and fetches nothing.
    define(project, options=MEDLEY | {"split": "stratified"})
    assert project.planned("--", TARGET) == {"index_corpus": 1}
    define(project, options=MEDLEY | {"dataset": "medley_solo"})
    failed = project.snakemake(TARGET, prefix=prefix, check=False)
    assert failed.returncode
    assert "unknown name 'medley_solo'" in failed.stdout


def test_a_corpus_that_nobody_fetches_needs_a_root(project):
    define(project, reader="table")
    failed = project.snakemake(TARGET, check=False)
    assert failed.returncode
    assert "resources/corpora/solos.yaml: root: missing" in failed.stdout

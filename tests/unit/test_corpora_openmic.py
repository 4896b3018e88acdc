"""The OpenMIC-2018 reader on the real layout and on hostile files."""

import json
import os
import pickle
import zipfile
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
import soundfile

from audio_debias.corpora import npz_arrays
from audio_debias.corpora.npz_arrays import read_strings
from audio_debias.corpora.readers.openmic import first_genre, read_annotations
from audio_debias.corpora.registry import read_corpus
from audio_debias.errors import InputError

LABELS = ["flute", "voice"]
GENRES = ["pop_rock", "jazz_blue", "classical", "country_folk"]
KEYS = ["000002_3840", "000141_153600", "155311_453120"]


def genre_cell(*titles):
    return str([{"genre_id": "1", "genre_title": title} for title in titles])


def write(root, keys=KEYS, cells=None, **arrays):
    """A miniature of the archive: flute present, unknown, absent; voice never annotated."""
    (root / "partitions").mkdir(parents=True)
    (root / "partitions" / "split01_train.csv").write_text(f"{keys[0]}\n{keys[1]}\n")
    (root / "partitions" / "split01_test.csv").write_text(f"{keys[2]}\n")
    (root / "class-map.json").write_text(json.dumps({"flute": 0, "voice": 1}))
    cells = cells or [genre_cell("Jazz"), genre_cell("Psych-Rock"), genre_cell("Free-Folk")]
    frame = pd.DataFrame({"sample_key": keys, "track_genres": cells, "track_title": "<b>,\n"})
    # In another order than the npz: the join is by key.
    frame[::-1].to_csv(root / "openmic-2018-metadata.csv", index=False)
    content = {
        "Y_true": np.array([[0.5, 0.5], [0.9, 0.5], [0.1, 0.5]]),
        "Y_mask": np.array([[1, 0], [0, 0], [1, 0]], dtype=bool),
        "sample_key": np.array(keys, dtype=object),
    }
    np.savez(root / "openmic-2018.npz", **(content | arrays))
    for key in keys:
        path = root / "audio" / key[:3] / f"{key}.ogg"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.zeros(44100), 44100)


def read(root, genres=GENRES, **options):
    return read_corpus("openmic", root, labels=LABELS, genres=genres, options=options)


def reasons(dropped):
    return dict(zip(dropped["clip_id"], dropped["reason"], strict=True))


def test_likelihood_mask_genre_split_and_track_are_joined_by_key(tmp_path):
    write(tmp_path)
    clips, dropped = read(tmp_path)
    assert dropped.empty
    assert clips["clip_id"].tolist() == KEYS
    assert clips["flute"].tolist() == [True, pd.NA, False]
    assert clips["voice"].isna().all()
    assert clips["genre"].tolist() == ["jazz_blue", "pop_rock", "country_folk"]
    assert clips["split"].tolist() == ["train", "train", "test"]
    assert clips["track_id"].tolist() == ["000002", "000141", "155311"]
    assert clips["path"][1] == "audio/000/000141_153600.ogg"
    assert clips["seconds"].tolist() == [1.0] * 3


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_keys_are_read_from_object_arrays_of_every_protocol(protocol):
    # More than one batch of 1000 list items, and keys beyond ASCII.
    keys = np.array([f"{i:06d}_é" for i in range(2500)], dtype=object)
    data = BytesIO()
    np.lib.format.write_array_header_1_0(data, np.lib.format.header_data_from_array_1_0(keys))
    data.write(pickle.dumps(keys, protocol=protocol))
    assert read_strings(data.getvalue(), "npz") == keys.tolist()


def test_keys_are_read_from_fixed_width_text(tmp_path):
    write(tmp_path, sample_key=np.array(KEYS))
    assert read(tmp_path)[0]["clip_id"].tolist() == KEYS


class Command:
    """Pickles as a call of os.system that leaves a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch '{self.path}'",)


@pytest.mark.parametrize("hostile", ["in the list", "instead of the list", "in Y_true"])
def test_code_in_the_npz_is_refused_and_not_executed(tmp_path, hostile):
    command = Command(tmp_path / "executed")
    array = np.array([*KEYS[:2], command], dtype=object)
    write(tmp_path / "corpus", **{"Y_true" if hostile == "in Y_true" else "sample_key": array})
    if hostile == "instead of the list":
        _replace_key_pickle(tmp_path / "corpus" / "openmic-2018.npz", pickle.dumps(command))
    with pytest.raises(InputError, match=r"openmic-2018.npz: (sample_key|Y_true)"):
        read(tmp_path / "corpus")
    assert not (tmp_path / "executed").exists()


def _replace_key_pickle(npz, payload):
    with zipfile.ZipFile(npz) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    data = BytesIO()
    header = {"descr": "|O", "fortran_order": False, "shape": (3,)}
    np.lib.format.write_array_header_1_0(data, header)
    members["sample_key.npy"] = data.getvalue() + payload
    with zipfile.ZipFile(npz, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    "keys",
    [
        [1, 2, 3],
        [["a"], "b", "c"],
        [("a", "b"), "c", "d"],
        [b"a", b"b", b"c"],
        [{"a": "b"}, "c", "d"],
        [None, "a", "b"],
        ["a", np.float64(1), "b"],
    ],
)
def test_objects_other_than_strings_are_refused(tmp_path, keys):
    array = np.empty(3, dtype=object)
    array[:] = keys
    write(tmp_path, sample_key=array)
    with pytest.raises(InputError, match="sample_key: holds more than strings"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"sample_key": np.array(KEYS[:2], dtype=object)}, "Y_true has shape"),
        ({"sample_key": np.array([KEYS[0]] * 3)}, "'000002_3840' occurs twice"),
        ({"Y_mask": np.ones((3, 3), dtype=bool)}, "Y_mask has shape"),
        ({"Y_true": np.full((3, 2), np.nan)}, r"Y_true of '000002_3840' .* not in \[0, 1\]"),
        ({"Y_true": np.full((3, 2), 7)}, r"Y_true of '000002_3840' .* not in \[0, 1\]"),
        ({"Y_true": np.array([["a", "b"]] * 3)}, "Y_true is no array of numbers"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(tmp_path, arrays, message):
    write(tmp_path, **arrays)
    with pytest.raises(InputError, match=message):
        read(tmp_path)


def test_a_missing_array_a_bomb_and_a_file_that_is_no_npz_are_refused(tmp_path, monkeypatch):
    write(tmp_path)
    npz = tmp_path / "openmic-2018.npz"
    with monkeypatch.context() as patch:
        patch.setattr(npz_arrays, "MAX_BYTES", 100)
        with pytest.raises(InputError, match="more than 100"):
            read(tmp_path)
    np.savez(npz, Y_true=np.zeros((3, 2)), sample_key=np.array(KEYS))
    with pytest.raises(InputError, match="array 'Y_mask' is missing"):
        read(tmp_path)
    npz.write_text("no")
    with pytest.raises(InputError, match="not readable as npz"):
        read(tmp_path)


@pytest.mark.parametrize("content", ["[]]", "[]", '{"flute": 0, "voice": 2}', '{"flute": "0"}'])
def test_a_bad_class_map_is_refused(tmp_path, content):
    write(tmp_path)
    (tmp_path / "class-map.json").write_text(content)
    with pytest.raises(InputError, match=r"class-map.json"):
        read_annotations(tmp_path / "openmic-2018.npz", tmp_path / "class-map.json")


@pytest.mark.parametrize(
    ("titles", "genre"),
    [
        (["Psych-Rock"], "pop_rock"),
        (["Experimental Pop", "Jazz"], "pop_rock"),
        (["Jazz: Vocal"], "jazz_blue"),
        (["Blues"], None),  # 'Blues' is not the word 'blue'
        (["20TH CENTURY CLASSICAL"], "classical"),
        (["Alt-Country", "Classical"], "classical"),  # the first of the run's genres wins
        (["Popcorn"], None),
    ],
)
def test_the_first_genre_that_shares_a_word_wins(titles, genre):
    assert first_genre(genre_cell(*titles), GENRES)[0] == genre


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", "no_genre"),
        ("[]", "no_genre"),
        (genre_cell("Soundtrack"), "other_genre"),
        ("__import__('os').system('touch executed')", "bad_genre"),
        ("[x for x in ()]", "bad_genre"),
        ("[{'genre_title': 7}]", "bad_genre"),
        ("{'genre_title': 'Rock'}", "bad_genre"),
        ("7", "bad_genre"),
        ("[" * 10_000, "bad_genre"),
        ("[{'genre_title': '" + "Rock " * 10_000 + "'}]", "bad_genre"),
        ("[{'genre_title': 'Rock'}", "bad_genre"),
        ("\0", "bad_genre"),
    ],
)
def test_a_cell_that_gives_no_genre_is_a_counted_drop(cell, reason):
    genre, (given, _) = first_genre(cell, GENRES)
    assert genre is None
    assert given == reason


def test_every_rejected_clip_is_listed_once_with_its_reason(tmp_path):
    write(tmp_path, cells=[genre_cell("Noise"), genre_cell("Rock"), genre_cell("Jazz")])
    with (tmp_path / "partitions" / "split01_test.csv").open("a") as file:
        file.write("000999_0\n../../x\n")
    (tmp_path / "audio" / "155" / "155311_453120.ogg").unlink()
    clips, dropped = read(tmp_path)
    assert clips["clip_id"].tolist() == [KEYS[1]]
    assert reasons(dropped) == {
        "../../x": "unknown_name",
        KEYS[0]: "other_genre",
        "000999_0": "no_annotation",
        KEYS[2]: "missing",
    }


def test_the_real_sample_of_openmic_is_read(tmp_path, shared):
    """Real metadata, class map and audio of one clip; its labels from the aggregated CSV."""
    real = shared / "formats" / "openmic-2018"
    for name in ("class-map.json", "openmic-2018-metadata.csv", "audio"):
        (tmp_path / name).symlink_to(real / name)
    labels = pd.read_csv(real / "openmic-2018-aggregated-labels.csv")
    classes = json.loads((real / "class-map.json").read_text())
    keys = labels["sample_key"].unique()
    likelihood = np.full((len(keys), len(classes)), 0.5)
    for row in labels.itertuples():
        likelihood[list(keys).index(row.sample_key), classes[row.instrument]] = row.relevance
    np.savez(
        tmp_path / "openmic-2018.npz",
        Y_true=likelihood,
        Y_mask=likelihood != 0.5,
        sample_key=keys.astype(object),
    )
    (tmp_path / "split.csv").write_text("clip_id,split\n000046_3840,train\n")
    clips, _ = read(tmp_path, split="split.csv")
    assert clips["genre"].tolist() == ["pop_rock"]
    assert clips["seconds"].tolist() == [10.0]
    assert clips["flute"].tolist() == [False]


def test_the_published_split_gives_the_papers_counts(tmp_path, shared):
    for name in ("openmic-2018.npz", "openmic-2018-metadata.csv", "class-map.json"):
        (tmp_path / name).symlink_to(shared / "twin" / name)
    (tmp_path / "split.csv").symlink_to(shared / "published" / "openmic_split.csv")
    clips, dropped = read(tmp_path, split="split.csv", audio=False)
    assert clips["split"].value_counts().to_dict() == {"train": 6838, "test": 2491}
    assert len(clips) + len(dropped) == 20_000
    assert dropped["clip_id"].is_unique


def test_a_test_clip_with_the_sound_of_a_training_clip_is_dropped_unless_it_is_to_be_kept(tmp_path):
    write(tmp_path)  # All three clips are a second of silence, which identifies nothing.
    assert read(tmp_path)[0]["clip_id"].tolist() == KEYS
    train, _, test = [tmp_path / "audio" / key[:3] / f"{key}.ogg" for key in KEYS]
    soundfile.write(train, np.random.default_rng(0).normal(size=44100) / 9, 44100)
    test.write_bytes(train.read_bytes())
    clips, dropped = read(tmp_path)
    assert KEYS[2] not in clips["clip_id"].tolist()
    assert reasons(dropped)[KEYS[2]] == "duplicate"
    assert dropped["detail"].str.startswith("same sound as ").all()
    assert read(tmp_path, drop_duplicates=False)[0]["clip_id"].tolist() == KEYS

"""Text that a person would call equal is equal, or an error says so."""

import unicodedata

import numpy as np
import pandas as pd
import pytest
import soundfile

from audio_debias.corpora.registry import read_corpus
from audio_debias.corpora.splits import read_split
from audio_debias.corpora.text import key, plain
from audio_debias.errors import InputError

LABELS = ["flute", "piano"]
N = 40


@pytest.fixture
def root(tmp_path):
    for i in range(N):
        samples = np.random.default_rng(i).normal(size=2000) / 9
        soundfile.write(tmp_path / f"c{i:02}.wav", samples, 16000)
    return tmp_path


def read(root, header, row, genres=(), **options):
    """Read a table with the cells that `row` gives for each of the clips."""
    lines = [header, *(row(i) for i in range(N))]
    (root / "clips.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    options = {"csv": "clips.csv"} | options
    return read_corpus("table", root, labels=LABELS, genres=list(genres), options=options)


def labels(i):
    return f"{i % 2},{1 - i % 2}"


def test_two_unicode_forms_case_and_blanks_of_a_song_are_one_song(root):
    def row(i):
        song = unicodedata.normalize("NFD" if i % 2 else "NFC", f"só {i // 4}")
        return f"c{i:02}.wav,{song.upper() if i % 3 == 0 else song}  ,{labels(i)}"

    clips, _ = read(root, "path,track_id,flute,piano", row)
    assert clips["track_id"].nunique() == N // 4
    assert clips.groupby("track_id")["split"].nunique().eq(1).all()


def test_a_genre_in_another_case_or_form_is_that_genre(root):
    spellings = ["Jazz Blue", "jazz_blue", "JAZZ-BLUE ", "jazz blue"]
    clips, dropped = read(
        root,
        "path,genre,flute,piano",
        lambda i: f"c{i:02}.wav,{spellings[i % 4]},{labels(i)}",
        genres=["jazz_blue"],
    )
    assert dropped.empty
    assert clips["genre"].eq("jazz_blue").all()


@pytest.mark.parametrize("nothing", ["NA", "N/A", "nan", "<NA>", "NULL", " ", ""])
def test_a_missing_value_is_no_track_no_genre_and_no_annotation(root, nothing):
    def row(i):
        track, flute = (f"t{i}", 1) if i < 10 else (nothing, nothing if i < 20 else 0)
        return f"c{i:02}.wav,{track},{nothing},{flute},{i % 2}"

    clips, dropped = read(root, "path,track_id,genre,flute,piano", row, genres=["jazz"])
    assert dropped.empty
    assert clips["track_id"].isna().tolist() == [i >= 10 for i in range(N)]
    assert clips["genre"].isna().all()
    assert clips["flute"].isna().tolist() == [10 <= i < 20 for i in range(N)]
    assert set(clips["split"]) == {"train", "test"}


def test_a_genre_of_the_run_that_is_called_none_is_one(root):
    clips, _ = read(
        root,
        "path,genre,flute,piano",
        lambda i: f"c{i:02}.wav,None,{labels(i)}",
        genres=["none"],
    )
    assert clips["genre"].eq("none").all()


@pytest.mark.parametrize(("yes", "no"), [("TRUE", "FALSE"), ("1.0", "0.0"), ("True", "false")])
def test_labels_as_r_and_pandas_write_them_are_read(root, yes, no):
    clips, _ = read(root, "path,flute,piano", lambda i: f"c{i:02}.wav,{yes if i % 2 else no},{no}")
    assert clips["flute"].tolist() == [bool(i % 2) for i in range(N)]
    assert not clips["piano"].any()


@pytest.mark.parametrize("header", ["Path,Track ID,flute,piano", "PATH,track-id,flute,piano"])
def test_a_column_in_another_case_is_that_column(root, header):
    clips, _ = read(root, header, lambda i: f"c{i:02}.wav,t{i // 2},{labels(i)}")
    assert clips["track_id"].nunique() == N // 2


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("path,trackid,flute,piano", "'trackid' is not read; did you mean 'track_id'"),
        ("path,Genres,flute,piano", "'Genres' is not read; did you mean 'genre'"),
        ("path,flute,flute ,piano", "column 'flute' occurs twice"),
        ("path,Path,flute,piano", "'path' and 'Path' are one"),
        ("path,Flute,piano,x", "label column 'flute' is missing; did you mean 'Flute'"),
    ],
)
def test_a_column_that_is_nearly_called_so_is_not_passed_over(root, header, message):
    with pytest.raises(InputError, match=message):
        read(root, header, lambda i: f"c{i:02}.wav,x{i},{labels(i)}")


@pytest.mark.parametrize(
    "spelling", [" c{:02}.wav ", "C{:02}.WAV", ".\\c{:02}.wav", "./c{:02}.wav", "c{:02}.wav\ufeff"]
)
def test_a_path_that_a_person_would_call_the_file_is_the_file(root, spelling):
    clips, dropped = read(root, "path,flute,piano", lambda i: f"{spelling.format(i)},{labels(i)}")
    assert len(clips) == N, dropped
    assert all((root / path).is_file() for path in clips["path"])


def test_a_file_name_in_the_other_unicode_form_is_found(root):
    (root / "c00.wav").rename(root / unicodedata.normalize("NFD", "só.wav"))
    given = unicodedata.normalize("NFC", "só.wav")
    clips, _ = read(
        root, "path,flute,piano", lambda i: f"{f'c{i:02}.wav' if i else given},{labels(i)}"
    )
    assert unicodedata.normalize("NFC", "só") in clips["clip_id"].tolist()


def test_a_missing_file_is_told_with_the_nearest_name(root):
    _, dropped = read(
        root, "path,flute,piano", lambda i: f"c{i:02}.wav,{labels(i)}".replace("c07", "d07")
    )
    assert dropped["detail"].tolist() == ["d07.wav: no such file; did you mean 'c07.wav'?"]


def test_a_class_align_target_that_is_no_label_is_refused(root):
    with pytest.raises(InputError, match=r"class_align: Flöte: 'flut' is no label.*'flute'"):
        read(
            root,
            "path,Flöte,flute,piano",
            lambda i: f"c{i:02}.wav,1,{labels(i)}",
            class_align={"Flöte": "flut"},
        )


@pytest.mark.parametrize("name", ["irmas", "openmic"])
def test_the_lists_of_a_split_may_have_a_byte_order_mark_and_blanks(tmp_path, name):
    (tmp_path / "train.csv").write_bytes("\ufeffa \r\n b\r\n\r\n".encode())
    (tmp_path / "test.csv").write_bytes("\ufeffs\u00f3\n".encode())
    (tmp_path / "split.csv").write_bytes("\ufeffclip_id , split\r\na, train\r\n".encode())
    lists = {"train": "train.csv", "test": "test.csv"}
    assert read_split(tmp_path, lists) == {"a": "train", "b": "train", "só": "test"}
    assert read_split(tmp_path, "split.csv") == {"a": "train"}


def test_plain_text_and_keys():
    assert plain("\ufeff so\u0301\u00a0 1\u200b ") == "só 1"
    assert key("Pop-Rock ") == key("pop_rock") != key("poprock")


def test_text_labels_in_another_case_are_one_and_na_is_not_annotated(root):
    texts = ["Flute", "flute ", "PIANO", "NA", "none"]
    options = {"text_labels": ["event"], "class_align": {"Flute": "flute", "PIANO": "piano"}}
    clips, _ = read(
        root,
        "path,event,weather",
        lambda i: f"c{i:02}.wav,{texts[i % 5]},x",
        **options,
    )
    expected = [True, True, False, pd.NA, False] * (N // 5)
    assert clips["flute"].tolist() == expected
    assert clips["piano"].tolist() == [False, False, True, pd.NA, False] * (N // 5)


def test_columns_that_the_options_name_are_not_taken_for_misspelt_ones(root):
    clips, _ = read(
        root,
        "path,track,genres,flute,piano",
        lambda i: f"c{i:02}.wav,t{i // 2},{'A  b' if i % 2 else 'c'},{labels(i)}",
        columns={"track_id": "track"},
        where={"genres": "A b "},
    )
    assert len(clips) == N // 2
    assert clips["track_id"].notna().all()

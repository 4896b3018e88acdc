"""The clip table contract."""

import pandas as pd
import pytest

from audio_debias.corpora.clips import (
    align_labels,
    dropped_frame,
    label_columns,
    read_clips,
    validate_clips,
    write_clips,
    write_dropped,
)
from audio_debias.corpora.registry import read_corpus
from audio_debias.errors import InputError
from audio_debias.plugins import check_options

LABELS = ["flute", "voice"]
GENRES = ["classical", "pop_rock"]


def table(**columns):
    clips = pd.DataFrame(
        {
            "clip_id": ["b", "a", "é"],
            "path": ["b.wav", "a.wav", None],
            "split": ["train", "test", "train"],
            "genre": ["classical", None, "pop_rock"],
            "track_id": ["1", "2", None],
            "seconds": [3.0, 2.5, None],
            "flute": [True, False, None],
            "voice": pd.array([None, True, False], dtype="boolean"),
        }
    )
    return clips.assign(**columns)


def validate(clips, labels=LABELS, genres=GENRES):
    return validate_clips(clips, labels, genres, source="some.csv")


def test_valid_clips_come_out_sorted_by_utf8_bytes_with_nullable_booleans():
    clips = validate(table(clip_id=["é", "z", "Z"]))
    assert clips["clip_id"].tolist() == ["Z", "z", "é"]
    assert label_columns(clips) == LABELS
    assert all(clips[label].dtype == "boolean" for label in LABELS)
    assert clips["flute"].isna().tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"clip_id": ["a", "a", "b"]}, "clip_id 'a' .*unique"),
        ({"clip_id": ["a", "", "b"]}, "clip_id '' .*empty"),
        ({"clip_id": ["a", None, "b"]}, "clip_id.*empty cells"),
        ({"split": ["train", "dev", "test"]}, "split 'dev' .*'train' or 'test'"),
        ({"genre": ["jazz", None, None]}, "genre 'jazz'"),
        ({"seconds": [1.0, 0.0, 2.0]}, "seconds 0.0 .*positive"),
        ({"flute": ["yes", "no", None]}, "some.csv: .*flute"),
    ],
)
def test_a_broken_rule_is_one_line_that_names_source_and_field(columns, message):
    with pytest.raises(InputError, match=message) as caught:
        validate(table(**columns))
    assert "\n" not in str(caught.value)


def test_a_missing_column_is_named_with_the_nearest_one():
    with pytest.raises(InputError, match=r"'voice' is missing; did you mean 'voices'\?"):
        validate(table().rename(columns={"voice": "voices"}))


def test_a_label_may_not_take_the_name_of_a_fixed_column():
    with pytest.raises(InputError, match="label 'genre' is the name of a column"):
        validate(table(), labels=["genre"])


def test_no_clips_at_all_is_an_error():
    with pytest.raises(InputError, match="no usable clip"):
        validate(table().iloc[:0])


def test_clips_survive_parquet_whatever_their_names(tmp_path):
    clips = validate(table(clip_id=["a,b", "line\nbreak", "<script>"]))
    write_clips(clips, tmp_path / "clips.parquet")
    pd.testing.assert_frame_equal(read_clips(tmp_path / "clips.parquet"), clips)


def test_the_same_clips_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_clips(validate(table().sample(frac=1, random_state=ord(name))), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_file_that_is_no_parquet_is_named(tmp_path):
    path = tmp_path / "clips.parquet"
    path.write_text("no")
    with pytest.raises(InputError, match=r"clips.parquet: damaged"):
        read_clips(path)


def test_dropped_clips_survive_csv_whatever_their_names(tmp_path):
    rows = [('b\n,"', "missing", "a, b"), ("a\udcff", "undecodable", "")]
    write_dropped(dropped_frame(rows), tmp_path / "dropped.csv")
    back = pd.read_csv(tmp_path / "dropped.csv", keep_default_na=False)
    assert back["clip_id"].tolist() == [r"a\udcff", 'b\n,"']
    assert list(back) == ["clip_id", "reason", "detail"]


def test_labels_that_share_a_name_join_by_kleene_or():
    own = pd.DataFrame({"gac": [1, 0, 0, None], "gel": [None, 0, None, None]}, dtype="boolean")
    aligned = align_labels(own, ["guitar", "banjo"], {"gac": "guitar", "gel": "guitar"}, source="x")
    assert aligned["guitar"].tolist() == [True, False, pd.NA, pd.NA]
    assert aligned["banjo"].isna().all()


def test_a_label_map_of_a_name_that_the_corpus_does_not_have_is_refused():
    own = pd.DataFrame({"gac": [True]}, dtype="boolean")
    with pytest.raises(InputError, match=r"x: .*class_align: the corpus has no 'gca'.*'gac'"):
        align_labels(own, ["guitar"], {"gca": "guitar"}, source="x")


def test_an_option_of_another_type_is_refused():
    with pytest.raises(InputError, match="here: options: split: 3 is no str or dict"):
        check_options({"split": 3}, {"split": (str, dict)}, "here")


def test_an_unknown_option_or_reader_is_refused_with_the_nearest_name(tmp_path):
    with pytest.raises(InputError, match=r"'splitt'; did you mean 'split'\?"):
        check_options({"splitt": 1}, {"split": str, "audio": bool}, "here")
    for name, known in (("irmass", "'irmas'"), ("clips", "irmas"), ("../irmas", "irmas")):
        with pytest.raises(InputError, match=f"unknown name '{name}'.*{known}"):
            read_corpus(name, tmp_path, labels=LABELS, genres=GENRES, options={})


def test_a_missing_root_is_named(tmp_path):
    with pytest.raises(InputError, match="nowhere: no such folder"):
        read_corpus("irmas", tmp_path / "nowhere", labels=LABELS, genres=GENRES, options={})

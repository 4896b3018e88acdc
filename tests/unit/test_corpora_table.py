"""One's own clips from a CSV: what is read, what is refused, what split is made."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import soundfile

from audio_debias.corpora.registry import read_corpus
from audio_debias.errors import InputError

LABELS = ["flute", "voice"]
GENRES = ["classical", "pop_rock"]


def write(root, text, files=("a.wav", "b.wav", "c.wav")):
    for number, name in enumerate(files):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(root / name, np.full(441, number / 10), 44100)
    (root / "clips.csv").write_text(text, encoding="utf-8")


def read(root, genres=GENRES, **options):
    return read_corpus("table", root, labels=LABELS, genres=genres, options=options)


FULL = """path,split,genre,track_id,flute,voice,note
a.wav,train,classical,1,1,0,"a, b"
b.wav,test,pop_rock,2,,1,
c.wav,train,,,0,,
"""


def test_all_columns_are_read_and_empty_cells_are_null(tmp_path):
    write(tmp_path, FULL)
    clips, dropped = read(tmp_path)
    assert dropped.empty
    assert clips["clip_id"].tolist() == ["a", "b", "c"]
    assert clips["split"].tolist() == ["train", "test", "train"]
    assert clips["genre"].fillna("-").tolist() == ["classical", "pop_rock", "-"]
    assert clips["track_id"].fillna("-").tolist() == ["1", "2", "-"]
    assert clips["flute"].tolist() == [True, pd.NA, False]
    assert clips["voice"].tolist() == [False, True, pd.NA]
    assert clips["seconds"].tolist() == [0.01] * 3


def test_a_byte_order_mark_crlf_and_blank_lines_do_no_harm(tmp_path):
    write(tmp_path, "\ufeff" + FULL.replace("\n", "\r\n") + "\r\n")
    assert len(read(tmp_path)[0]) == 3


def test_without_genres_in_the_run_none_is_read_and_none_dropped(tmp_path):
    write(tmp_path, FULL)
    clips, dropped = read(tmp_path, genres=[])
    assert clips["genre"].isna().all()
    assert dropped.empty


def test_paths_may_be_absolute_and_clips_named(tmp_path):
    write(tmp_path, f"clip_id,path,split,flute,voice\nx,{tmp_path / 'a.wav'},train,1,1\n")
    clips, _ = read(tmp_path)
    assert clips[["clip_id", "path"]].iloc[0].tolist() == ["x", str(tmp_path / "a.wav")]


def test_class_align_maps_own_columns_to_labels(tmp_path):
    write(tmp_path, "path,split,Alto,Tenor,flute\na.wav,train,0,1,0\nb.wav,train,0,,1\n")
    clips, _ = read(tmp_path, class_align={"Alto": "voice", "Tenor": "voice"})
    assert clips["voice"].tolist() == [True, pd.NA]


@pytest.mark.parametrize(
    "columns",
    [{"genre": "track_id", "track_id": "note"}, {"track_id": "note", "genre": "track_id"}],
)
def test_columns_are_looked_up_in_the_table_as_it_is_written(tmp_path, columns):
    text = "path,split,track_id,note,flute,voice\na.wav,train,classical,s1,1,0\n"
    write(tmp_path, text + "b.wav,test,pop_rock,s2,0,1\n")
    clips, dropped = read(tmp_path, columns=columns)
    assert dropped.empty
    assert clips["genre"].tolist() == ["classical", "pop_rock"]
    assert clips["track_id"].tolist() == ["s1", "s2"]


def test_what_a_later_row_of_a_file_says_is_kept_and_what_contradicts_refused(tmp_path):
    text = "path,split,genre,track_id,flute,voice\na.wav,{},,,1,\na.wav,{},pop_rock,T,,0\n"
    write(tmp_path, text.format("train", "train") + "b.wav,test,,,0,1\n")
    clips, _ = read(tmp_path)
    assert clips.loc[0, ["clip_id", "genre", "track_id"]].tolist() == ["a", "pop_rock", "T"]
    write(tmp_path, text.format("test", "train"))
    with pytest.raises(InputError, match="rows 1 and 2 are the same file, but split is 'test' in"):
        read(tmp_path)


def test_a_blank_first_line_is_named(tmp_path):
    write(tmp_path, "\n" + FULL)
    with pytest.raises(InputError, match=r"clips\.csv: its first line is blank"):
        read(tmp_path)


def test_a_label_column_may_be_empty_throughout(tmp_path):
    write(tmp_path, "path,split,flute,voice\na.wav,train,0,\n")
    assert read(tmp_path)[0]["voice"].isna().all()


def test_every_rejected_clip_is_listed_once_with_its_reason(tmp_path):
    write(tmp_path, FULL.replace("pop_rock", "polka") + "no.wav,train,,,,,\nd.wav,train,,,,,\n")
    (tmp_path / "d.wav").write_text("no sound")
    clips, dropped = read(tmp_path)
    assert clips["clip_id"].tolist() == ["a", "c"]
    assert dict(zip(dropped["clip_id"], dropped["reason"], strict=True)) == {
        "b": "other_genre",
        "no": "missing",
        "d": "undecodable",
    }
    assert dropped.set_index("clip_id").loc["b", "detail"] == "polka"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("file,flute,voice\na.wav,1,0\n", "column 'path' is missing"),
        ("path,flute,voise\na.wav,1,0\n", r"label column 'voice' is missing; .*'voise'"),
        ("path;flute;voice\na.wav;1;0\n", "separated by semicolons"),
        ("path\tflute\tvoice\na.wav\t1\t0\n", "separated by tabs"),
        ("path,flute,voice,flute\na.wav,1,0,1\n", "column 'flute' occurs twice"),
        ("path,flute,voice\na.wav,1,0\na.wav,0,0\n", "rows 1 .'a'. and 2 .'a'. are the same file"),
        ("path,flute,voice\na.wav,1,0\nx/a.wav,1,0\n", "clip_id 'a' occurs twice.*rows 1 and 2"),
        ("path,clip_id,flute,voice\na.wav,x,1,0\nb.wav,x,1,0\n", "'x' occurs twice; make them"),
        ("path,flute,voice\n,1,0\n", "row 1: path is empty"),
        ("path,flute,voice\na.wav,yes,0\n", "column 'flute' of clip 'a' is 'yes'; write 1"),
        ("path,flute,voice\na.wav,0.7,0\n", "column 'flute' of clip 'a' is '0.7'"),
        ("path,flute,voice\na.wav,1\n", "row 1 has 2 cells, the header 3"),
        ("path,split,flute,voice\na.wav,dev,1,0\n", "split of clip 'a' is 'dev'"),
        ("path,split,flute,voice\na.wav,,1,0\n", "split of clip 'a' is ''"),
        (
            "path,split,track_id,flute,voice\na.wav,train,7,1,0\nb.wav,test,7,1,0\n",
            "track '7' is on both sides.*'a' in train, 'b' in test",
        ),
        ('path,flute,voice\n"a.wav,1,0\n', "not readable as UTF-8 CSV"),
        (
            "path,flute,voice\nno.wav,1,0\n",
            r"no usable clip \(dropped: 1 missing, such as 'no' \(no.wav: no such file; did",
        ),
    ],
)
def test_bad_csv_is_one_line_that_names_file_and_field(tmp_path, text, message):
    write(tmp_path, text)
    with pytest.raises(InputError, match=message) as caught:
        read(tmp_path)
    assert "\n" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_a_missing_or_binary_csv_is_named(tmp_path):
    with pytest.raises(InputError, match=r"clips.csv: not readable"):
        read(tmp_path)
    (tmp_path / "clips.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"clips.csv: not readable"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"split": "random"}, "unknown value 'random'"),
        ({"split": "column"}, "column 'split' is missing"),
        ({"test_fraction": 0.9}, "test_fraction 0.9"),
        ({"clas_align": {}}, "did you mean 'class_align'"),
        ({"test_fraction": "0.2"}, "test_fraction: '0.2' is no float"),
        ({"class_align": {"Flöte": "flute"}}, "class_align: the corpus has no 'Flöte'"),
    ],
)
def test_bad_options_are_named(tmp_path, options, message):
    write(tmp_path, "path,flute,voice\na.wav,1,0\nb.wav,0,1\n")
    with pytest.raises(InputError, match=message):
        read(tmp_path, **options)


def many(root, n=120):
    rows = [
        f"{i}.wav,{GENRES[i % 2]},{i // 3},{int(i % 4 == 0)},{int(i % 5 == 0)}" for i in range(n)
    ]
    write(
        root,
        "\n".join(["path,genre,track_id,flute,voice", *rows, ""]),
        files=[f"{i}.wav" for i in range(n)],
    )


@pytest.mark.parametrize("split", ["stratified", "hash"])
def test_a_split_that_is_made_keeps_tracks_whole_and_is_seeded(tmp_path, split):
    many(tmp_path)
    clips, _ = read(tmp_path, split=split)
    assert clips.groupby("track_id")["split"].nunique().eq(1).all()
    assert clips["split"].eq("test").mean() == pytest.approx(0.25, abs=0.1)
    again, _ = read(tmp_path, split=split)
    other, _ = read(tmp_path, split=split, seed=1)
    assert clips["split"].equals(again["split"])
    assert not clips["split"].equals(other["split"])


def test_a_stratified_split_keeps_the_share_of_every_label_and_genre(tmp_path):
    many(tmp_path)
    clips, _ = read(tmp_path)
    test = clips["split"].eq("test")
    for column in (clips["flute"], clips["voice"], clips["genre"].eq("classical")):
        assert column[test].mean() == pytest.approx(column.mean(), abs=0.08)


def test_a_hash_split_moves_no_clip_when_others_are_added(tmp_path):
    many(tmp_path, n=60)
    before = read(tmp_path, split="hash")[0].set_index("clip_id")["split"]
    many(tmp_path, n=90)
    after = read(tmp_path, split="hash")[0].set_index("clip_id")["split"]
    assert after[before.index].equals(before)


def test_a_hash_split_puts_identical_files_on_one_side(tmp_path):
    names = [f"{i}.wav" for i in range(20)]
    write(tmp_path, "path,flute,voice\n" + "".join(f"{name},1,0\n" for name in names), files=names)
    for name in names:
        (tmp_path / name).write_bytes((tmp_path / names[0]).read_bytes())
    assert read(tmp_path, split="hash")[0]["split"].unique().size == 1


def test_too_few_clips_for_a_split_are_refused(tmp_path):
    write(tmp_path, "path,flute,voice\na.wav,1,0\nb.wav,0,1\n")
    with pytest.raises(InputError, match="too few clips or tracks to split"):
        read(tmp_path)


def test_real_recordings_are_read(tmp_path, shared):
    manifest = pd.read_csv(shared / "audio" / "manifest.csv")
    table = pd.get_dummies(manifest["instrument"], dtype=int)
    table["path"] = [str(shared / "audio" / path) for path in manifest["path"]]
    table.to_csv(tmp_path / "clips.csv", index=False)
    clips, dropped = read(tmp_path, split="hash")
    assert len(clips) + len(dropped) == len(manifest)
    assert dropped.empty
    assert clips["flute"].sum() == (manifest["instrument"] == "flute").sum()
    np.testing.assert_allclose(
        clips["seconds"].sort_values(), manifest["seconds"].sort_values(), atol=1e-3
    )


def test_a_corpus_without_sound_needs_clip_ids_alone(tmp_path):
    (tmp_path / "clips.csv").write_text("clip_id,split,flute,voice\nb,train,1,0\na,test,0,1\n")
    clips, dropped = read(tmp_path, audio=False)
    assert dropped.empty
    assert clips["clip_id"].tolist() == ["a", "b"]
    assert clips[["path", "seconds"]].isna().all(axis=None)
    with pytest.raises(InputError, match="column 'path' is missing"):
        read(tmp_path)


def test_one_table_of_embeddings_gives_a_corpus_a_device_with_text_as_labels(tmp_path):
    table = pa.table(
        {
            "id": ["007", "8", "9", "10", "11"],
            "device": ["phone A"] * 4 + ["phone B"],
            "event": ["dog", "car", "dog", None, "dog"],
            "session": ["s1", "s2", "s1", "s2", "s9"],
            "split": ["train", "test", "train", "test", "train"],
            "embedding": [[1.0, 2.0]] * 5,
        }
    )
    pq.write_table(table, tmp_path / "clips.parquet")
    options = {
        "csv": "clips.parquet",
        "audio": False,
        "columns": {"clip_id": "id", "track_id": "session"},
        "where": {"device": "phone A"},
        "text_labels": ["event"],
        "class_align": {"dog": "bark"},
    }
    clips, dropped = read_corpus(
        "table", tmp_path, labels=["bark", "car"], genres=[], options=options
    )
    assert clips["clip_id"].tolist() == ["007", "10", "8", "9"]
    assert clips["track_id"].tolist() == ["s1", "s2", "s2", "s1"]
    assert clips["bark"].tolist() == [True, pd.NA, False, True]
    assert clips["split"].tolist() == ["train", "test", "test", "train"]
    assert dropped.empty
    with pytest.raises(InputError, match=r"where: device: no row is 'phone C'; did you mean"):
        read_corpus(
            "table",
            tmp_path,
            labels=["car"],
            genres=[],
            options=options | {"where": {"device": "phone C"}},
        )

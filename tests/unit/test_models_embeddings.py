"""The embedding files: round trip, merge, refusals."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audio_debias.errors import InputError
from audio_debias.models import embeddings as files

VALUES = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
IDS = ["A", "b", "ä", "日本"]


def test_round_trip_is_exact(tmp_path):
    files.write_embeddings(tmp_path / "e.parquet", IDS, VALUES, {"model": {"name": "m"}})
    back = files.read_embeddings(tmp_path / "e.parquet")
    assert back.clip_ids.tolist() == IDS
    np.testing.assert_array_equal(back.values, VALUES, strict=True)
    assert back.metadata == {"model": {"name": "m"}}
    stored = pq.read_schema(tmp_path / "e.parquet")
    assert stored.field("embedding").type == pa.list_(pa.float32(), 3)


def test_merged_shards_equal_one_file(tmp_path):
    parts = [(IDS[:1], VALUES[:1]), ([], VALUES[:0]), (IDS[1:], VALUES[1:])]
    paths = [tmp_path / f"{index}.parquet" for index in range(3)]
    for path, (ids, values) in zip(paths, parts, strict=True):
        files.write_embeddings(path, ids, values, {"v": 1})
    files.merge_embeddings(paths, tmp_path / "all.parquet")
    merged = files.read_embeddings(tmp_path / "all.parquet")
    assert merged.clip_ids.tolist() == IDS
    np.testing.assert_array_equal(merged.values, VALUES)
    assert merged.metadata == {"v": 1}


def test_a_layer_of_shards_that_hold_several_is_its_columns_alone(tmp_path):
    model = {"model": {"name": "m", "dim": 2, "options": {"layer": [6, 0, 3]}}}
    values = np.random.default_rng(1).normal(size=(4, 6)).astype(np.float32)
    values[1:3, 2:4] = 1  # layer 0 is equal for two clips
    paths = [tmp_path / f"{index}.parquet" for index in range(2)]
    for path, part in zip(paths, (slice(0, 2), slice(2, 4)), strict=True):
        files.write_embeddings(path, IDS[part], values[part], model)
    for layer, columns, equal in ((6, [0, 1], 1), (0, [2, 3], 2), (3, [4, 5], 1)):
        assert files.merge_embeddings(paths, tmp_path / "one.parquet", layer) == equal
        merged = files.read_embeddings(tmp_path / "one.parquet")
        np.testing.assert_array_equal(merged.values, values[:, columns])
        assert merged.clip_ids.tolist() == IDS
        assert merged.metadata == {**model, "layer": layer}


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_infinity_name_the_clip_and_leave_no_file(tmp_path, bad):
    values = VALUES.copy()
    values[2, 1] = bad
    with pytest.raises(InputError, match="clip ä"):
        files.write_embeddings(tmp_path / "e.parquet", IDS, values, {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ids", [["b", "A", "ä", "日本"], ["A", "A", "ä", "日本"]])
def test_disorder_and_repeats_are_refused(tmp_path, ids):
    with pytest.raises(InputError, match="clip_id"):
        files.write_embeddings(tmp_path / "e.parquet", ids, VALUES, {})


def test_shards_of_other_settings_or_order_are_refused(tmp_path):
    one, two, late = (tmp_path / name for name in ("1.parquet", "2.parquet", "3.parquet"))
    files.write_embeddings(one, IDS[:2], VALUES[:2], {"hop": 1})
    files.write_embeddings(two, IDS[2:], VALUES[2:], {"hop": 2})
    files.write_embeddings(late, IDS[2:], VALUES[2:], {"hop": 1})
    with pytest.raises(InputError, match="other settings"):
        files.merge_embeddings([one, two], tmp_path / "all.parquet")
    with pytest.raises(InputError, match="out of order"):
        files.merge_embeddings([late, one], tmp_path / "all.parquet")
    assert not (tmp_path / "all.parquet").exists()


def test_a_file_of_another_sort_is_refused_in_one_line(tmp_path):
    (tmp_path / "text.parquet").write_text("no parquet")
    pq.write_table(pa.table({"x": [1]}), tmp_path / "other.parquet")
    for name in ("text.parquet", "other.parquet", "missing.parquet"):
        with pytest.raises(InputError, match=name) as caught:
            files.read_embeddings(tmp_path / name)
        assert "\n" not in str(caught.value)


def test_what_the_reader_left_out_counts_with_what_the_model_skipped(tmp_path):
    none = pd.DataFrame(columns=files.SKIPPED_COLUMNS)
    files.write_skipped(tmp_path / "0.csv", none)
    row = ("a", "missing", "a.wav: no such file; did you mean 'A.wav'?")
    unreadable = pd.DataFrame([row], columns=files.SKIPPED_COLUMNS)
    share = {"n_clips": 9, "unreadable": unreadable}
    files.merge_skipped([tmp_path / "0.csv"], tmp_path / "all.csv", max_share=0.1, **share)
    message = r"1 of 10 clips were skipped \(1 missing, such as 'a' .*did you mean 'A.wav'"
    with pytest.raises(InputError, match=message):
        files.merge_skipped([tmp_path / "0.csv"], tmp_path / "all.csv", max_share=0.09, **share)


def test_skipped_clips_merge_and_too_many_fail_with_the_list_in_the_log(tmp_path, caplog):
    caplog.set_level("INFO", logger="audio_debias")
    one = pd.DataFrame([("a", "empty", "0 bytes, really")], columns=files.SKIPPED_COLUMNS)
    none = one.iloc[:0]
    files.write_skipped(tmp_path / "0.csv", one)
    files.write_skipped(tmp_path / "1.csv", none)
    paths = [tmp_path / "0.csv", tmp_path / "1.csv"]
    files.merge_skipped(paths, tmp_path / "all.csv", n_clips=10, max_share=0.1)
    pd.testing.assert_frame_equal(files.read_skipped(tmp_path / "all.csv"), one, check_dtype=False)
    with pytest.raises(InputError, match=r"1 of 10 clips were skipped \(1 empty, such as 'a'"):
        files.merge_skipped(paths, tmp_path / "few.csv", n_clips=10, max_share=0.05)
    assert one.to_csv(index=False) in caplog.text

"""Several corpora as one: names stay apart, labels that one does not have are null."""

import numpy as np
import pandas as pd

from audio_debias.corpora.clips import read_clips, validate_clips, write_clips
from audio_debias.models.embeddings import Embeddings
from audio_debias.models.pooling import pool_clips, pool_embeddings


def clips_of(ids, **labels):
    fixed = {"clip_id": ids, "path": ids, "split": "train", "genre": None, "seconds": 1.0}
    clips = pd.DataFrame({**fixed, "track_id": [None, *ids[1:]], **labels})
    return validate_clips(clips, list(labels), [], source="test")


def test_clips_of_two_corpora_keep_apart_what_is_called_alike(tmp_path):
    pool = pool_clips(
        {
            "b": clips_of(["1", "2"], flute=[True, None]),
            "a": clips_of(["1", "10"], flute=[False, True], organ=[True, False]),
        }
    )
    assert pool["clip_id"].tolist() == ["a/1", "a/10", "b/1", "b/2"]
    assert pool["track_id"].fillna("-").tolist() == ["-", "a/10", "-", "b/2"]
    assert pool["flute"].tolist() == [False, True, True, pd.NA]
    assert pool["organ"].tolist() == [True, False, pd.NA, pd.NA]
    assert pool["path"].isna().all()
    write_clips(pool, tmp_path / "clips.parquet")
    again = read_clips(tmp_path / "clips.parquet")
    pd.testing.assert_frame_equal(again.drop(columns="path"), pool.drop(columns="path"))
    assert again["path"].isna().all()


def test_embeddings_go_by_the_same_names_in_the_same_order():
    values = np.arange(8, dtype=np.float32).reshape(4, 2)
    pool = pool_embeddings(
        {
            "b": Embeddings(np.array(["1", "2"]), values[:2], {"model": "m"}),
            "a": Embeddings(np.array(["1", "10"]), values[2:], {"model": "m"}),
        }
    )
    assert pool.clip_ids.tolist() == ["a/1", "a/10", "b/1", "b/2"]
    np.testing.assert_array_equal(pool.values, values[[2, 3, 0, 1]])
    assert pool.metadata == {"pooled": {"b": {"model": "m"}, "a": {"model": "m"}}}

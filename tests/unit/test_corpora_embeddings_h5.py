"""Clip embeddings from the authors' HDF5 layout."""

import h5py
import numpy as np
import pandas as pd
import pytest

from audio_debias.corpora.registry import read_corpus
from audio_debias.errors import InputError
from audio_debias.models import embeddings_h5
from audio_debias.models.embeddings_h5 import read_embeddings


def write(path, features, keys, **dtype):
    with h5py.File(path, "w") as file:
        group = file.create_group("irmas/vggish")
        group.create_dataset("features", data=features)
        group.create_dataset("keys", data=keys, **dtype)
    return path


def frames(rng, n=500, n_clips=40, dim=7):
    """Frames of clips in no order, some of one frame only."""
    keys = np.array([f"[cel][cla]{i:04d}__1" for i in rng.integers(n_clips, size=n)], dtype="S")
    return rng.normal(1e3, 1, (n, dim)).astype(np.float32), keys


@pytest.mark.parametrize("chunk", [1, 7, 10_000])
def test_interleaved_frames_are_averaged_per_clip_in_float64(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(embeddings_h5, "CHUNK", chunk)
    features, keys = frames(np.random.default_rng(0), n=60 if chunk == 1 else 500)
    clip_ids, embeddings = read_embeddings(
        write(tmp_path / "e.h5", features, keys), "irmas", "vggish"
    )
    expected = pd.DataFrame(features.astype(np.float64)).groupby(keys.astype(str)).mean()
    assert clip_ids.tolist() == expected.index.tolist()
    assert embeddings.dtype == np.float32
    np.testing.assert_array_equal(embeddings, expected.to_numpy().astype(np.float32))


def test_keys_may_be_variable_length_and_sort_by_utf8_bytes(tmp_path):
    keys = np.array(["é", "z", "Z"], dtype=object)
    path = write(tmp_path / "e.h5", np.eye(3, dtype="f4"), keys, dtype=h5py.string_dtype())
    clip_ids, embeddings = read_embeddings(path, "irmas", "vggish")
    assert clip_ids.tolist() == ["Z", "z", "é"]
    np.testing.assert_array_equal(embeddings, np.eye(3)[::-1])


@pytest.mark.parametrize(
    ("corpus", "model", "message"),
    [
        ("irma", "vggish", r"e.h5: /: no 'irma'; did you mean 'irmas'\?"),
        ("irmas", "openl3", "e.h5: /irmas: no 'openl3'; known: vggish"),
    ],
)
def test_a_missing_group_is_named(tmp_path, corpus, model, message):
    path = write(tmp_path / "e.h5", np.zeros((1, 2), "f4"), [b"a"])
    with pytest.raises(InputError, match=message):
        read_embeddings(path, corpus, model)


@pytest.mark.parametrize(
    ("features", "keys", "message"),
    [
        (np.zeros((2, 3), "f4"), [b"a"], "1 keys for 2 frames"),
        (np.zeros(2, "f4"), [b"a", b"b"], "features: must be frames x dimensions"),
        (np.zeros((2, 3), "i4"), [b"a", b"b"], "features: must be frames x dimensions of floats"),
        (np.zeros((2, 3), "f4"), [1, 2], "keys: must be a list of strings"),
        (np.full((2, 3), np.nan, "f4"), [b"a", b"b"], "not finite in 2 clips, first 'a'"),
        (np.zeros((2, 3), "f4"), [b"a", b"\xff"], "not all are UTF-8"),
    ],
)
def test_content_that_does_not_fit_is_named(tmp_path, features, keys, message):
    path = write(tmp_path / "e.h5", features, keys)
    with pytest.raises(InputError, match=message):
        read_embeddings(path, "irmas", "vggish")


def test_unknown_clips_are_named(tmp_path):
    path = write(tmp_path / "e.h5", np.zeros((3, 2), "f4"), [b"a", b"b", b"c"])
    with pytest.raises(InputError, match="2 clips are not in the corpus: 'b', 'c'"):
        read_embeddings(path, "irmas", "vggish", known={"a"})


def test_links_out_of_the_file_and_other_files_are_refused(tmp_path):
    write(tmp_path / "secret.h5", np.zeros((1, 2), "f4"), [b"a"])
    with h5py.File(tmp_path / "e.h5", "w") as file:
        file["irmas"] = h5py.ExternalLink("secret.h5", "/irmas")
    with pytest.raises(InputError, match="'irmas' is a link"):
        read_embeddings(tmp_path / "e.h5", "irmas", "vggish")
    (tmp_path / "e.h5").write_text("no")
    with pytest.raises(InputError, match="not readable as HDF5"):
        read_embeddings(tmp_path / "e.h5", "irmas", "vggish")


def test_every_clip_of_the_published_split_has_its_embedding(shared):
    options = {"split": "irmas_split.csv", "audio": False}
    clips, dropped = read_corpus(
        "irmas", shared / "published", labels=["flute"], genres=["classical"], options=options
    )
    known = {*clips["clip_id"], *dropped["clip_id"]}
    clip_ids, embeddings = read_embeddings(
        shared / "twin" / "embeddings.h5", "irmas", "vggish", known=known
    )
    assert set(clip_ids) == known
    assert embeddings.shape == (6705, 128)

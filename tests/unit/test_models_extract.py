"""The engine, on a model whose answer is known in closed form."""

import numpy as np
import pandas as pd
import pytest
import soundfile

from audio_debias.errors import InputError
from audio_debias.models.extraction import embed_clips, extract_shard

RATE = 8000


class Levels:
    """Frame embedding = (mean, maximum) of 0.1 s of waveform; the tail is dropped."""

    sample_rate = RATE

    def __init__(self, batched: bool = True):
        self.window_shape = (800,) if batched else None
        self.batch_sizes = set()

    def windows(self, waveform):
        return waveform[: len(waveform) // 800 * 800].reshape(-1, 800)

    def embed(self, windows):
        self.batch_sizes.add(len(windows))
        with np.errstate(over="ignore"):
            return np.stack([windows.mean(axis=1), windows.max(axis=1)], axis=1)


@pytest.fixture
def clips(tmp_path):
    """Clips of 1 to 23 windows of noise, their files and the embeddings they must get."""
    rng = np.random.default_rng(7)
    paths, expected = [], []
    for index in range(23):
        samples = rng.normal(scale=0.1, size=(index + 1) * 800 + 17).astype(np.float32)
        paths.append(tmp_path / f"{index:02}.wav")
        soundfile.write(paths[-1], samples, RATE, subtype="FLOAT")
        frames = samples[:-17].reshape(-1, 800)
        expected.append((frames.mean(), frames.max(axis=1).mean()))
    return [path.stem for path in paths], paths, np.array(expected)


@pytest.mark.parametrize("batched", [True, False])
def test_the_embedding_is_the_mean_over_a_clips_frames(clips, batched):
    ids, paths, expected = clips
    out = embed_clips(ids, paths, Levels(batched), dim=2, batch=5)
    assert out.clip_ids.tolist() == ids
    assert out.embeddings.dtype == np.float32
    np.testing.assert_allclose(out.embeddings, expected, rtol=1e-5, atol=1e-7)
    assert out.skipped.empty


def test_a_model_of_whole_clips_may_give_any_number_of_frames(clips):
    ids, paths, _ = clips

    class Whole:
        sample_rate, window_shape = RATE, None

        def windows(self, waveform):
            return waveform[np.newaxis]

        def embed(self, windows):
            n_frames = windows.shape[1] // 1600  # none for the shortest clip
            return np.arange(2 * n_frames, dtype=np.float32).reshape(n_frames, 2)

    out = embed_clips(ids, paths, Whole(), dim=2)
    assert out.skipped[["clip_id", "reason"]].to_numpy().tolist() == [["00", "too_short"]]
    n_frames = np.arange(2, 24) // 2  # frame k is (2 k, 2 k + 1)
    np.testing.assert_array_equal(out.embeddings[:, 0], n_frames - 1)
    np.testing.assert_array_equal(out.embeddings[:, 1], n_frames)


def test_batches_have_one_fixed_shape(clips):
    ids, paths, _ = clips
    model = Levels()
    embed_clips(ids, paths, model, dim=2, batch=7)
    assert model.batch_sizes == {7}


def test_threads_change_no_bit_and_batches_only_rounding(clips):
    ids, paths, _ = clips
    one = embed_clips(ids, paths, Levels(), dim=2, batch=5, threads=1).embeddings
    four = embed_clips(ids, paths, Levels(), dim=2, batch=5, threads=4).embeddings
    np.testing.assert_array_equal(one, four)
    other = embed_clips(ids, paths, Levels(), dim=2, batch=64).embeddings
    np.testing.assert_allclose(one, other, rtol=1e-6)


def test_broken_clips_are_listed_and_the_others_unharmed(clips, tmp_path):
    ids, paths, expected = clips
    paths[3].write_bytes(b"")
    paths[5].write_bytes(paths[5].read_bytes()[:1000])
    paths[0] = None
    soundfile.write(paths[7], np.full(1600, 3e38), RATE, subtype="FLOAT")
    out = embed_clips(ids, paths, Levels(), dim=2, batch=4, threads=2)
    assert out.skipped[["clip_id", "reason"]].to_numpy().tolist() == [
        ["00", "no_audio"],
        ["03", "empty"],
        ["05", "truncated"],
        ["07", "embedding_not_finite"],
    ]
    kept = [int(clip_id) for clip_id in out.clip_ids]
    assert kept == sorted(set(range(23)) - {0, 3, 5, 7})
    np.testing.assert_allclose(out.embeddings, expected[kept], rtol=1e-5, atol=1e-7)


def test_nothing_but_broken_clips_give_an_empty_table(tmp_path):
    out = embed_clips(["a"], [tmp_path / "none.wav"], Levels(), dim=2)
    assert out.embeddings.shape == (0, 2)
    assert out.skipped["reason"].tolist() == ["missing"]


def test_a_wrong_dimension_is_refused(clips):
    ids, paths, _ = clips
    with pytest.raises(InputError, match="dim"):
        embed_clips(ids, paths, Levels(), dim=3)


@pytest.mark.parametrize("shape", [(-1, 1), (1, -1)])
def test_a_network_that_gives_no_row_a_window_is_refused(clips, shape):
    ids, paths, _ = clips
    model = Levels()
    model.embed = lambda windows: windows.mean(axis=1).repeat(2).reshape(shape)
    with pytest.raises(InputError, match=r"gives \d+ rows for 8 windows"):
        embed_clips(ids, paths, model, dim=1)


def test_shards_put_together_are_the_whole(clips, monkeypatch):
    ids, paths, _ = clips
    monkeypatch.setattr("audio_debias.models.extraction.load_model", lambda spec, weights: Levels())
    table = pd.DataFrame({"clip_id": ids, "path": [path.name for path in paths]})
    spec = {"name": "levels", "dim": 2, "resampler": "soxr_hq", "batch": 4}
    whole = extract_shard(table, paths[0].parent, spec, None, progress=False)
    parts = [
        extract_shard(table, paths[0].parent, spec, None, shard, 4, progress=False)
        for shard in range(4)
    ]
    assert [len(part.clip_ids) for part in parts] == [6, 6, 6, 5]
    np.testing.assert_array_equal(np.concatenate([part.clip_ids for part in parts]), ids)
    together = np.concatenate([part.embeddings for part in parts])
    np.testing.assert_allclose(together, whole.embeddings, rtol=1e-6)

"""Which clips are listed, and that sound goes in only where it may."""

import numpy as np
import pandas as pd
import soundfile

from audio_debias.reports.telling_clips import MOST, telling_clips, with_sound


def scores(logits, truth, test="b"):
    return pd.DataFrame(
        {
            "train_corpus": "a",
            "test_corpus": test,
            "label": "flute",
            "clip_id": list("pqrstu")[: len(logits)],
            "logit": np.array(logits, dtype=float),
            "truth": truth,
        }
    )


TRUTH = [True, True, False, False, True, False]


def test_flips_come_first_and_then_the_surest_errors():
    before = scores([-1, 2, 3, 5, -4, -2], TRUTH)
    after = scores([1, 2, -3, 5, -4, -2], TRUTH)
    rows = telling_clips(before, after, 4)
    assert rows["clip_id"].tolist() == ["r", "p", "s", "t"]
    assert rows["flipped"].tolist() == [True, True, False, False]
    assert np.isclose(rows.loc[1, "before"], 1 / (1 + np.e))


def test_what_is_right_before_and_after_is_not_listed():
    before = scores([1, 2, -3, -5, 4, -2], TRUTH)
    assert telling_clips(before, before, 4).empty


def test_clips_within_their_corpus_are_not_listed():
    before = scores([-1, -1], [True, True], test="a")
    assert telling_clips(before, before, 4).empty


def test_sound_goes_in_only_where_the_licence_lets_it_and_is_bounded(tmp_path):
    soundfile.write(tmp_path / "x.wav", np.zeros(800), 16_000)
    clips = pd.DataFrame({"test_corpus": ["b"] * (MOST + 2) + ["a", "b"]})
    clips["clip_id"] = "x"
    clips.loc[len(clips) - 1, "clip_id"] = "unknown"
    paths = pd.Series({"x": "x.wav"})
    found = with_sound(clips, {"a": paths, "b": paths}, {"a": None, "b": tmp_path})
    assert found["sound"].notna().sum() == MOST
    assert found["sound"][0].startswith("data:audio/mpeg;base64,")
    assert found["sound"][:MOST].notna().all()
    assert found["path"].tolist()[-2:] == ["x.wav", None]


def test_a_file_that_cannot_be_read_gives_its_path(tmp_path):
    (tmp_path / "x.wav").write_bytes(b"no sound")
    clips = pd.DataFrame({"test_corpus": ["b"], "clip_id": ["x"]})
    found = with_sound(clips, {"b": pd.Series({"x": "x.wav"})}, {"b": tmp_path})
    assert found["sound"].isna().all()
    assert found["path"].tolist() == ["x.wav"]

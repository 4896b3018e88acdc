"""A corpus that loses most of its clips, or of a side of its split, is refused with an example."""

import numpy as np
import pandas as pd
import pytest
import soundfile

from audio_debias.corpora.clips import dropped_frame
from audio_debias.corpora.losses import check_losses, told_losses
from audio_debias.corpora.registry import read_corpus
from audio_debias.errors import InputError


def kept(train, test):
    sides = ["train"] * train + ["test"] * test
    return pd.DataFrame({"clip_id": [f"k{i}" for i in range(len(sides))], "split": sides})


def lost(reason, ids, side=None):
    sides = dict.fromkeys(ids, side) if side else None
    return dropped_frame([(clip_id, reason, "why") for clip_id in ids], sides)


def check(clips, dropped, **options):
    check_losses(clips, dropped, **{"max_share": 0.5, "source": "here"} | options)


@pytest.mark.parametrize("reason", ["other_genre", "unknown_name", "not_in_split", "missing"])
def test_more_than_the_share_is_refused_for_any_reason(reason):
    names = [f"x{i}" for i in range(11)]
    check(kept(8, 3), lost(reason, names))
    with pytest.raises(InputError, match=f"here: 11 of 21 clips .* 11 {reason}, such as 'x0'"):
        check(kept(7, 3), lost(reason, names))


@pytest.mark.parametrize("side", ["train", "test"])
def test_a_side_of_the_split_that_is_lost_is_refused(side):
    clips = kept(0, 90) if side == "train" else kept(90, 0)
    with pytest.raises(InputError, match=f"20 of 20 {side} clips were dropped"):
        check(clips, lost("other_genre", [f"x{i}" for i in range(20)], side))


@pytest.mark.parametrize("reason", ["duplicate", "hidden", "other_format", "linked_again"])
def test_what_takes_no_sound_from_the_corpus_is_no_loss(reason):
    check(kept(1, 1), lost(reason, [f"x{i}" for i in range(99)], "test"))


def test_a_corpus_with_expected_counts_is_held_to_these():
    check(kept(1, 1), lost("other_genre", [f"x{i}" for i in range(99)]), expected={"train": 1})


def test_the_example_is_shown_beside_the_name_nearest_to_it():
    dropped = pd.concat([lost("not_in_split", ["song_12"]), lost("unknown_name", ["Song_12.wav"])])
    assert told_losses(dropped, ["other"]) == (
        "1 not_in_split, such as 'song_12' (why; nearest: 'Song_12.wav'); "
        "1 unknown_name, such as 'Song_12.wav' (why; nearest: 'song_12')"
    )


def test_a_list_with_suffixes_loses_one_side_and_the_error_shows_both_spellings(tmp_path):
    names = [f"[flu][cla]{i:04}__1" for i in range(40)]
    for seed, name in enumerate(names):
        samples = np.random.default_rng(seed).normal(size=900) / 9
        soundfile.write(tmp_path / f"{name}.wav", samples, 16000)
    (tmp_path / "train.csv").write_text("".join(f"{name}.wav\n" for name in names[:10]))
    (tmp_path / "test.csv").write_text("".join(f"{name}\n" for name in names[10:]))
    options = {"split": {"train": "train.csv", "test": "test.csv"}}
    clips, dropped = read_corpus("irmas", tmp_path, labels=["flute"], genres=[], options=options)
    with pytest.raises(InputError) as caught:
        check(clips, dropped)
    assert "10 of 10 train clips were dropped" in str(caught.value)
    assert "'[flu][cla]0000__1.wav'" in str(caught.value)
    assert "nearest: '[flu][cla]0000__1'" in str(caught.value)


def test_a_table_that_loses_a_side_to_another_genre_is_refused(tmp_path):
    lines = ["path,split,genre,flute"]
    for i in range(40):
        samples = np.random.default_rng(i).normal(size=900) / 9
        soundfile.write(tmp_path / f"{i:02}.wav", samples, 16000)
        lines.append(f"{i:02}.wav,{'train' if i < 10 else 'test'},{'pop' if i < 8 else 'jazz'},1")
    (tmp_path / "clips.csv").write_text("\n".join(lines))
    clips, dropped = read_corpus("table", tmp_path, labels=["flute"], genres=["jazz"], options={})
    with pytest.raises(InputError, match=r"8 of 10 train clips .*other_genre, such as '00' .pop"):
        check(clips, dropped)

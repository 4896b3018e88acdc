import random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_debias.errors import InputError
from audio_debias.samples.matching import (
    match_samples,
    read_excluded,
    read_samples,
    refuse_shared_clips,
    write_excluded,
    write_samples,
)

GENRES = ["rock", "jazz"]


def clips_of(counts, label="flute", split="train"):
    """A clip table from {(genre, truth): count}."""
    rows = [
        (f"{genre}-{truth}-{number:03d}", split, genre, truth)
        for (genre, truth), count in counts.items()
        for number in range(count)
    ]
    clips = pd.DataFrame(rows, columns=["clip_id", "split", "genre", label])
    return clips.astype({label: "boolean"})


def match(a, b, labels=("flute",), **options):
    return match_samples({"a": a, "b": b}, list(labels), GENRES, **options)


def test_draws_as_the_protocol_prescribes():
    a = clips_of({("rock", True): 10, ("jazz", True): 5, ("rock", False): 6})
    b = clips_of({("rock", True): 7, ("rock", False): 6})
    samples, excluded = match(a, b)
    drawn = samples[(samples.corpus == "a") & samples.positive].clip_id.tolist()
    generator = random.Random(42)
    rock = [f"rock-True-{i:03d}" for i in generator.sample(range(10), 10)]
    jazz = [f"jazz-True-{i:03d}" for i in generator.sample(range(5), 5)]
    assert drawn == rock[: int(10 * 7 / 15)] + jazz[: int(5 * 7 / 15)]
    assert excluded.empty


def test_orders_corpora_then_positives_first_then_genres():
    table = clips_of({(g, t): 4 for g in ("jazz", "rock") for t in (False, True)})
    samples, _ = match(table, table)
    order = samples[["corpus", "positive", "genre"]].drop_duplicates().to_numpy().tolist()
    assert order == [[c, p, g] for c in "ab" for p in (True, False) for g in GENRES]


def test_leaves_out_test_clips_and_clips_not_annotated():
    a = clips_of({("rock", True): 5, ("rock", False): 5})
    b = pd.concat(
        [
            a,
            clips_of({("jazz", True): 5, ("jazz", False): 5}, split="test"),
            clips_of({("jazz", pd.NA): 5}),
        ]
    )
    samples, _ = match(a, b)
    assert set(samples.genre) == {"rock"}


def test_a_label_does_not_depend_on_the_other_labels():
    a = clips_of({("rock", True): 9, ("jazz", True): 8, ("rock", False): 9})
    a["organ"] = ~a["flute"]
    b = a.iloc[::2]
    both, _ = match(a, b, labels=("organ", "flute"))
    alone, _ = match(a, b)
    flute = both[both.label == "flute"].reset_index(drop=True)
    pd.testing.assert_frame_equal(flute, alone)


def test_does_not_depend_on_the_order_of_rows():
    a = clips_of({("rock", True): 9, ("jazz", True): 8, ("rock", False): 9})
    b = a.iloc[::2]
    pd.testing.assert_frame_equal(match(a, b)[0], match(a[::-1], b[::-1])[0])


def test_a_corpus_without_genres_is_one_stratum():
    a = clips_of({(None, True): 10, (None, False): 10})
    b = clips_of({("rock", True): 6, ("rock", False): 6})
    samples, _ = match(a, b)
    assert samples.groupby(["corpus", "positive"]).size().tolist() == [6, 6, 6, 6]


def test_a_clip_without_genre_is_left_out_of_a_corpus_with_genres():
    a = clips_of({("rock", True): 5, (None, True): 5, ("rock", False): 5})
    samples, _ = match(a, a)
    assert samples.genre.notna().all()


def test_excludes_a_label_with_too_few_clips_and_says_why():
    a = clips_of({("rock", True): 2, ("rock", False): 9})
    b = clips_of({("rock", True): 9, ("rock", False): 9})
    samples, excluded = match(a, b)
    assert samples.empty
    assert excluded.label.tolist() == ["flute"]
    assert "a 2 positive and 9 negative" in excluded.detail[0]


def test_a_label_that_one_corpus_does_not_know_is_excluded_and_the_others_kept():
    a = clips_of({("rock", True): 5, ("rock", False): 5})
    b = a.assign(organ=a["flute"])
    samples, excluded = match(a, b, labels=("organ", "flute"))
    assert samples["label"].unique().tolist() == ["flute"]
    assert excluded.to_numpy().tolist() == [["organ", "no such label", "a has no such label"]]
    a["Organs"] = a["flute"]
    _, excluded = match(a, b, labels=("organ", "flute"))
    assert excluded["detail"].tolist() == ["a has no such label; nearest: 'Organs'"]


def test_without_genres_in_the_run_all_clips_are_one_stratum():
    a = clips_of({("rock", True): 9, ("jazz", True): 6, ("rock", False): 5})
    b = clips_of({(None, True): 5, (None, False): 5})
    samples, excluded = match_samples({"a": a, "b": b}, ["flute"], [])
    assert excluded.empty
    assert samples.groupby(["corpus", "positive"]).size().to_list() == [5, 5, 5, 5]


def test_comes_back_from_disk_as_it_was(tmp_path):
    a = clips_of({("rock", True): 5, (None, False): 0, ("rock", False): 5})
    samples, excluded = match(a, a)
    write_samples(tmp_path / "samples.parquet", samples)
    write_excluded(tmp_path / "excluded.csv", excluded)
    pd.testing.assert_frame_equal(read_samples(tmp_path / "samples.parquet"), samples)
    assert pd.read_csv(tmp_path / "excluded.csv").columns.tolist() == ["label", "reason", "detail"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(3, 40), min_size=8, max_size=8))
def test_keeps_the_genre_proportions_of_each_corpus(counts):
    cells = [(genre, truth) for genre in GENRES for truth in (True, False)]
    a, b = (clips_of(dict(zip(cells, part, strict=True))) for part in (counts[:4], counts[4:]))
    samples, _ = match(a, b)
    for corpus, clips in (("a", a), ("b", b)):
        for truth in (True, False):
            available = clips[clips.flute == truth].genre.value_counts()
            target = min((table.flute == truth).sum() for table in (a, b))
            drawn = samples[(samples.corpus == corpus) & (samples.positive == truth)]
            kept = drawn.genre.value_counts().reindex(available.index, fill_value=0)
            exact = available * target / available.sum()
            assert ((exact - kept >= -1e-9) & (exact - kept < 1 + 1e-9)).all()
            assert drawn.clip_id.is_unique


def test_clips_of_one_id_in_both_corpora_are_refused_where_one_file_holds_both():
    a, b = pd.DataFrame({"clip_id": ["1", "2"]}), pd.DataFrame({"clip_id": ["2", "3"]})
    refuse_shared_clips({"a": a, "b": b[1:]})
    with pytest.raises(InputError, match=r"'2' and 0 more are in a and in b"):
        refuse_shared_clips({"a": a, "b": b})


def test_a_label_called_na_is_a_label(tmp_path):
    write_excluded(
        tmp_path / "excluded.csv", pd.DataFrame({"label": ["NA"], "reason": "r", "detail": "d"})
    )
    assert read_excluded(tmp_path / "excluded.csv")["label"].tolist() == ["NA"]


@pytest.mark.parametrize("size", [0, 200])
def test_a_damaged_table_says_what_to_do(tmp_path, size):
    a = clips_of({("rock", True): 5, ("rock", False): 5})
    path = tmp_path / "results/run/samples/a--b/m.parquet"
    write_samples(path, match(a, a)[0])
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(InputError, match="delete it and run again: the rule match_samples makes"):
        read_samples(path)

"""The map of the clips: what lies where, for embeddings of which the truth is known."""

import json

import numpy as np
import pandas as pd
import pytest
from page_data import make_maps, make_run

from audio_debias.corrections.per_label import fit_corrections
from audio_debias.reports import index_data
from audio_debias.reports.clip_map import COLUMNS, clip_map, draw_clips
from audio_debias.reports.map_data import VALUES, map_blocks


def make_data(count=120, seed=0):
    """Two corpora apart along the first axis; flutes along the second."""
    rng = np.random.default_rng(seed)
    samples, clips, embeddings = [], {}, {}
    for code, corpus in enumerate("ab"):
        ids = [f"{corpus}{i:03d}" for i in range(count)]
        flute = np.arange(count) % 2 == 0
        x = rng.normal(size=(count, 6)).astype(np.float32)
        x[:, 0] += 6 * code
        x[:, 1] += 3 * flute
        embeddings[corpus] = pd.DataFrame(x, pd.Index(ids, name="clip_id"))
        split = np.where(np.arange(count) < count // 2, "train", "test")
        clips[corpus] = pd.DataFrame({"clip_id": ids, "split": split, "genre": None})
        train = pd.DataFrame({"label": "flute", "corpus": corpus, "clip_id": ids})
        train = train.assign(positive=flute, genre=None)[split == "train"]
        samples.append(train)
    return pd.concat(samples, ignore_index=True), clips, embeddings


@pytest.fixture(scope="module")
def data():
    return make_data()


def mapped(data, eraser="leace", most=30, **options):
    samples, clips, embeddings = data
    corrections = fit_corrections(samples, embeddings, eraser=eraser, **options)
    shown = {corpus: draw_clips(table, most, 0) for corpus, table in clips.items()}
    return clip_map(samples, shown, embeddings, corrections)


def gap(table, axis):
    means = table.groupby("corpus")[axis].mean()
    return abs(means["b"] - means["a"])


def test_the_corpora_lie_apart_before_and_together_after_a_correction(data):
    table = mapped(data)
    assert list(table) == COLUMNS
    assert gap(table, "domain_before") > 1.5
    assert gap(table, "domain_after") < 0.5
    assert gap(table, "task_before") < 0.7


def test_a_kernel_correction_is_mapped_in_its_own_space(data):
    table = mapped(data, space="kernel")
    assert gap(table, "domain_before") > 1.5
    assert np.isfinite(table[COLUMNS[3:]].to_numpy()).all()
    assert (table["domain_before"] - table["domain_after"]).abs().max() > 0.01


def test_the_label_lies_apart_before_and_after(data):
    table = mapped(data)
    flute = table["clip_id"].str[1:].astype(int) % 2 == 0
    for when in ("before", "after"):
        assert (
            table.loc[flute, f"task_{when}"].mean() - table.loc[~flute, f"task_{when}"].mean() > 1
        )


def test_without_an_eraser_nothing_moves_and_the_unit_is_that_of_the_clips(data):
    table = mapped(data, eraser=None)
    for axis in ("domain", "task", "pc1", "pc2"):
        np.testing.assert_array_equal(table[f"{axis}_before"], table[f"{axis}_after"])
        assert table[f"{axis}_before"].std(ddof=0) == pytest.approx(1)
        assert table[f"{axis}_before"].mean() == pytest.approx(0, abs=1e-9)


def test_the_clips_are_bounded_test_clips_and_the_same_for_every_model(data):
    table = mapped(data, most=7)
    assert table.groupby("corpus").size().tolist() == [7, 7]
    assert (table["clip_id"].str[1:].astype(int) >= 60).all()
    samples, clips, embeddings = data
    fewer = {corpus: table.iloc[:-20] for corpus, table in embeddings.items()}
    other = mapped((samples, clips, fewer), most=7)
    assert set(other["clip_id"]) <= set(table["clip_id"])


def test_no_correction_gives_an_empty_map(data):
    samples, clips, embeddings = data
    assert clip_map(samples, clips, embeddings, {}).empty


def test_the_block_of_a_page_holds_the_map_in_hundredths():
    intervals = make_run()["intervals"]
    words = index_data.vocabulary(intervals, {})
    maps, clips, properties = make_maps(intervals)
    block = json.loads(json.dumps(map_blocks(maps, clips, properties, words)["a--b"]))
    assert [row[:2] for row in block["clips"]] == [
        [side, f"{corpus}{i:03d}"] for side, corpus in enumerate("ab") for i in range(40)
    ]
    label = words["labels"].index("organ")
    table = maps["a--b", "large"].query("label == 'organ'")
    model = [name for name, _ in words["models"]].index("large")
    places = block["models"][str(model)][str(label)]
    np.testing.assert_allclose(
        np.array(places).T / 100, table[COLUMNS[3:]].to_numpy(), atol=0.00501
    )
    assert block["truth"][str(label)][:3] == [None, 1, 0]
    (values,) = block["properties"].values()
    assert values[0] == pytest.approx(properties["a"]["loudness"].iloc[0], rel=0.005)
    assert list(block["properties"]) == ["integrated loudness (LUFS)"]


def test_more_places_than_the_bound_are_thinned():
    intervals = make_run()["intervals"]
    words = index_data.vocabulary(intervals, {})
    made = make_maps(intervals, clips=16_000)
    block = map_blocks(*made, words)["a--b"]
    models = block["models"].values()
    places = sum(len(axis) for labels in models for axes in labels.values() for axis in axes)
    assert VALUES / 2 < places <= VALUES

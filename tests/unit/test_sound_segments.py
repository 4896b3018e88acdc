"""Parts of sound files: the samples of the whole file, cut, in the memory of the part."""

import io
import tracemalloc

import numpy as np
import pandas as pd
import pytest
import soundfile

from audio_debias.corpora.registry import read_corpus
from audio_debias.errors import InputError
from audio_debias.sound import decoding
from audio_debias.sound.decoding import BrokenAudio, decode, decode_mono, duration
from audio_debias.sound.segments import fragment, split_fragment

RATE = 16_000


def noise(seconds, channels=2, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(-0.5, 0.5, (round(seconds * RATE), channels))


@pytest.mark.parametrize(
    ("container", "coding"),
    [
        *(("WAV", coding) for coding in ("PCM_16", "FLOAT", "IMA_ADPCM", "ULAW")),
        *(("FLAC", "PCM_16"), ("AIFF", "PCM_24"), ("CAF", "ALAC_16"), ("CAF", "PCM_16")),
        *(("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III"), ("W64", "PCM_16")),
    ],
)
def test_a_part_has_the_samples_of_the_whole_file(tmp_path, container, coding):
    file = tmp_path / "whole.sound"
    soundfile.write(file, noise(3), RATE, coding, format=container)
    whole, rate, encoding = decode(file)
    for start, end in ((0, 0.5), (0.75, 1.125), (1.0001, 2.9), (2.5, 3)):
        part, *same = decode(tmp_path / f"whole.sound{fragment(start, end)}")
        assert same == [rate, encoding]
        np.testing.assert_array_equal(part, whole[round(start * rate) : round(end * rate)])
        mono, _, _ = decode_mono(tmp_path / f"whole.sound{fragment(start, end)}")
        assert len(mono) == len(part)
        assert duration(tmp_path / f"whole.sound{fragment(start, end)}") == pytest.approx(
            end - start
        )


def test_a_part_of_several_files_in_one_is_found(tmp_path):
    parts = []
    for seed in range(2):
        one = io.BytesIO()
        soundfile.write(one, noise(1, seed=seed), RATE, format="OGG")
        parts.append(one.getvalue())
    (tmp_path / "chained.ogg").write_bytes(b"".join(parts))
    whole, rate, _ = decode(tmp_path / "chained.ogg")
    part, _, _ = decode(tmp_path / "chained.ogg#t=0.9,1.4")
    np.testing.assert_array_equal(part, whole[round(0.9 * rate) : round(1.4 * rate)])


@pytest.mark.parametrize("read", [decode, duration])
def test_a_part_beyond_the_end_is_cut_by_a_rounding_and_refused_by_more(tmp_path, read):
    soundfile.write(tmp_path / "a.wav", noise(2), RATE)
    samples, _, _ = decode(tmp_path / "a.wav#t=1,2.04")
    assert len(samples) == RATE
    assert duration(tmp_path / "a.wav#t=1,2.04") == 1
    for beyond in ("a.wav#t=1,2.2", "a.wav#t=3,4", "a.wav#t=2.01,2.04"):
        with pytest.raises(BrokenAudio, match="truncated"):
            read(tmp_path / beyond)
    for none in ("b.wav#t=0,1", "a.wav#t=2,1"):
        with pytest.raises(BrokenAudio, match="missing"):
            read(tmp_path / none)


def test_a_file_that_is_called_like_a_part_is_that_file(tmp_path):
    soundfile.write(tmp_path / "a.wav", noise(2), RATE)
    soundfile.write(tmp_path / "a.wav#t=0,1", noise(0.5), RATE, format="WAV")
    assert len(decode(tmp_path / "a.wav#t=0,1")[0]) == RATE // 2


def test_a_part_of_hours_takes_the_memory_of_the_part(tmp_path, monkeypatch):
    monkeypatch.setattr(decoding, "MAX_VALUES", 60 * RATE)
    with soundfile.SoundFile(tmp_path / "hours.flac", "w", RATE, 1) as file:
        minute = np.tile(noise(1, channels=1), (60, 1)).astype(np.float32)
        for _ in range(90):
            file.write(minute)
    tracemalloc.start()
    samples, _, _ = decode_mono(tmp_path / "hours.flac#t=5000,5005")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(samples) == 5 * RATE
    assert peak < 20e6  # the file's samples take 346 MB
    with pytest.raises(BrokenAudio, match="too_long"):
        decode(tmp_path / "hours.flac")
    with pytest.raises(BrokenAudio, match="too_long"):
        decode(tmp_path / "hours.flac#t=0,100")
    with pytest.raises(BrokenAudio, match="too_long"):
        decode(tmp_path / f"hours.flac#t=0,{'9' * 40}")


@pytest.mark.parametrize(
    ("start", "end"), [(2, 1), (1, 1), (-1, 2), (float("nan"), 1), (0, float("inf"))]
)
def test_what_is_no_part_is_refused(start, end):
    with pytest.raises(ValueError, match="no part of a file"):
        fragment(start, end)


def test_fragments_are_exact_and_without_exponents():
    assert fragment(0, 1e-5) == "#t=0,0.00001"
    assert fragment(1 / 3, 86_400) == "#t=0.333333,86400"
    assert split_fragment("a#t=b.wav#t=1,2") == ("a#t=b.wav", "#t=1,2")
    assert split_fragment("a.wav#t=1") == ("a.wav#t=1", "")


OPTIONS = {"columns": {"start": "onset", "end": "offset"}}


def write_table(folder, rows):
    columns = ["path", "onset", "offset", "flute", "violin"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "clips.csv", index=False)


@pytest.fixture
def folder(tmp_path):
    for seed in range(6):
        soundfile.write(tmp_path / f"{seed}.flac", noise(8, seed=seed), RATE)
    return tmp_path


def read(folder, **changes):
    options = OPTIONS | changes
    return read_corpus("table", folder, labels=["flute", "violin"], genres=[], options=options)


def test_a_table_lists_parts_and_those_of_one_file_stay_on_one_side(folder):
    rows = [
        (f"{seed}.flac", start, start + 1.5, start % 4 == 0, start % 4 != 0)
        for seed in range(6)
        for start in range(0, 8, 2)
    ]
    write_table(folder, [(*row[:3], *map(int, row[3:])) for row in rows])
    clips, dropped = read(folder)
    assert dropped.empty
    assert len(clips) == 24
    assert clips["path"].iloc[1] == "0.flac#t=2,3.5"
    assert clips["clip_id"].iloc[1] == "0#t=2,3.5"
    assert clips["seconds"].eq(1.5).all()
    assert clips.groupby("track_id")["split"].nunique().eq(1).all()
    assert clips["track_id"].nunique() == 6
    hashed, _ = read(folder, split="hash", test_fraction=0.5)
    assert hashed.groupby("track_id")["split"].nunique().eq(1).all()


def test_parts_named_in_the_path_itself_are_of_one_track_too(folder):
    rows = [
        {"path": f"{seed}.flac#t={start},{start + 2}", "flute": seed % 2, "violin": 1 - seed % 2}
        for seed in range(6)
        for start in (0, 4)
    ]
    pd.DataFrame(rows).to_csv(folder / "clips.csv", index=False)
    clips, _ = read(folder, columns={}, split="hash", test_fraction=0.5)
    assert clips["track_id"].tolist() == [f"{seed}.flac" for seed in range(6) for _ in range(2)]
    assert clips.groupby("track_id")["split"].nunique().eq(1).all()


def test_a_file_is_of_the_track_of_its_parts_however_it_is_written(folder):
    rows = [(f"{seed}.flac", seed % 2, 1 - seed % 2) for seed in range(6)]
    rows += [(f"./{seed}.flac#t=0,2", seed % 2, 1 - seed % 2) for seed in range(4)]
    table = pd.DataFrame(rows, columns=["path", "flute", "violin"])
    table["track_id"] = ["NA"] * 9 + ["mine"]
    table.to_csv(folder / "clips.csv", index=False)
    clips, _ = read(folder, columns={}, split="hash")
    tracks = clips.set_index("path")["track_id"]
    assert tracks["./0.flac#t=0,2"] == tracks["0.flac"] == "0.flac"
    assert tracks["./3.flac#t=0,2"] == "mine"
    assert pd.isna(tracks["5.flac"])


def test_rows_of_one_part_are_one_clip_and_a_copy_of_a_part_is_found(folder):
    samples, rate, _ = decode(folder / "0.flac#t=1,2")
    soundfile.write(folder / "copy.flac", samples, rate)
    rows = [(f"{seed}.flac", 4, 6, seed % 2, 1 - seed % 2) for seed in range(1, 6)]
    rows += [("0.flac", 1, 2, 1, ""), ("0.flac", 1, 2, "", 0), ("copy.flac", 0, 1, 1, 0)]
    write_table(folder, rows)
    clips, dropped = read(folder)
    assert len(clips) == 6
    assert dropped["reason"].tolist() == ["duplicate"] * 2
    assert clips.set_index("clip_id").loc["0#t=1,2", ["flute", "violin"]].tolist() == [True, False]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("1.flac", 3, 2, 1, 0), "row 1: start '3' and end '2' name no part of a file"),
        (("1.flac", "a", 2, 1, 0), "row 1: start 'a'"),
        (("1.flac", "", "", 1, 0), "row 1: start ''"),
    ],
)
def test_a_row_that_names_no_part_is_refused(folder, row, said):
    write_table(folder, [row, ("2.flac", 0, 1, 0, 1)])
    with pytest.raises(InputError, match=said):
        read(folder)


def test_a_part_beyond_its_file_is_listed(folder):
    rows = [(f"{seed}.flac", 0, 8, seed % 2, 1 - seed % 2) for seed in range(6)]
    write_table(folder, [*rows, ("1.flac", 7, 12, 1, 0), ("9.flac", 0, 1, 1, 0)])
    _, dropped = read(folder)
    assert dict(zip(dropped["clip_id"], dropped["reason"], strict=True)) == {
        "1#t=7,12": "truncated",
        "9#t=0,1": "missing",
    }

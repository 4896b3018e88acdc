"""Damaged tables and lists: one line, or the rows that the damage did not touch."""

import numpy as np
import pytest
import soundfile

from audio_debias.corpora.registry import read_corpus
from audio_debias.corpora.splits import read_split
from audio_debias.errors import InputError

N = 24
CHARACTERS = b",;\t\"'\n\r\0 10NA._-\xc3\xa9\xff\xef\xbb\xbf|/\\"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("clips")
    for i in range(N):
        samples = np.random.default_rng(i).normal(size=200) / 9
        soundfile.write(root / f"c{i:02}.wav", samples, 16000)
    return root


def table():
    rows = ["clip_id,path,split,track_id,genre,flute,piano"]
    for i in range(N):
        side = "test" if i % 4 == 0 else "train"
        labels = f"{i % 2},{'' if i % 5 == 0 else 1 - i % 2}"
        rows.append(f"id{i:02},c{i:02}.wav,{side},song {side}{i // 2},jazz,{labels}")
    return ("\n".join(rows) + "\n").encode()


def mutated(data, rng):
    """The same with one place damaged: a byte changed, put in or taken out, or a line doubled."""
    data, place = bytearray(data), int(rng.integers(len(data)))
    kind = rng.integers(4)
    if kind == 0:
        data[place] = int(rng.integers(256))
    elif kind == 1:
        data[place:place] = bytes([CHARACTERS[rng.integers(len(CHARACTERS))]])
    elif kind == 2:
        del data[place]
    else:
        lines = bytes(data).splitlines(keepends=True)
        line = int(rng.integers(len(lines)))
        lines.insert(int(rng.integers(len(lines))), lines[line])
        data = bytearray(b"".join(lines))
    return bytes(data)


def read(root, data):
    (root / "clips.csv").write_bytes(data)
    options = {"csv": "clips.csv"}
    return read_corpus("table", root, labels=["flute", "piano"], genres=["jazz"], options=options)


def rows_of(clips):
    """Every clip as text, by its id."""
    columns = ["path", "split", "track_id", "genre", "flute", "piano"]
    text = clips[columns].astype("string").fillna("-").agg("|".join, axis=1)
    return dict(zip(clips["clip_id"], text, strict=True))


def test_a_damaged_table_gives_one_line_or_the_rows_that_were_not_touched(root):
    whole = rows_of(read(root, table())[0])
    rng = np.random.default_rng(20261126)
    refused, kept = [], 0
    for _ in range(250):
        data = mutated(table(), rng)
        try:
            clips, dropped = read(root, data)
        except InputError as error:
            refused.append(str(error))
            continue
        kept += 1
        found = rows_of(clips)
        other = [clip_id for clip_id in whole if found.get(clip_id) != whole[clip_id]]
        # One line was damaged: at most its clip is another one, and what is gone is listed.
        assert len(other) <= 1, (data, other)
        assert len(clips) + len(dropped) >= N, data
    assert min(len(refused), kept) > 60
    assert all("\n" not in line and str(root) in line for line in refused)


def test_a_damaged_split_gives_one_line_or_the_sides_that_were_not_touched(tmp_path):
    whole = {f"clip{i:02}": "test" if i % 4 == 0 else "train" for i in range(N)}
    data = "clip_id,split\n" + "".join(f"{clip},{side}\n" for clip, side in whole.items())
    rng = np.random.default_rng(20261127)
    refused = []
    for _ in range(250):
        (tmp_path / "split.csv").write_bytes(mutated(data.encode(), rng))
        try:
            split = read_split(tmp_path, "split.csv")
        except InputError as error:
            refused.append(str(error))
            continue
        assert len(split) == N
        assert sum(split.get(clip) != side for clip, side in whole.items()) <= 1
    assert refused
    assert not any("\n" in line for line in refused)

"""Tables of embeddings as people have them, and errors in one line."""

import json

import h5py
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audio_debias.errors import InputError
from audio_debias.tables.columns import find_columns, find_embedding
from audio_debias.tables.embedding_table import read_table
from audio_debias.tables.formats import open_table
from audio_debias.tables.labels import label_table
from audio_debias.tables.splitting import split_of
from audio_debias.tables.streaming import rewrite

X = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)
IDS = [f"{number:03d}" for number in range(12)]
DOMAINS = ["phone", "tablet"] * 6
EVENTS = ["dog", "car", "rain"] * 4


def lists(x):
    return pa.FixedSizeListArray.from_arrays(pa.array(x.ravel()), x.shape[1])


def wide(x):
    return {f"e{column}": x[:, column] for column in range(x.shape[1])}


def write(path, embedding=True):
    text = {"id": IDS, "domain": DOMAINS, "label": EVENTS}
    if path.suffix == ".parquet":
        pq.write_table(pa.table(text | ({"embedding": lists(X)} if embedding else {})), path)
    elif path.suffix in (".csv", ".tsv"):
        frame = pd.DataFrame(text | (wide(X) if embedding else {}))
        frame.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ";")
    elif path.suffix == ".jsonl":
        rows = [dict(zip(text, row, strict=True)) for row in zip(*text.values(), strict=True)]
        lines = [row | {"embedding": x.tolist()} for row, x in zip(rows, X, strict=True)]
        path.write_text("\n".join(map(json.dumps, lines)))
    elif path.suffix == ".npz":
        np.savez(path, embedding=X, **{name: np.array(column) for name, column in text.items()})
    else:
        with h5py.File(path, "w") as file:
            file["embedding"] = X
            for name, column in text.items():
                file[name] = np.array(column, dtype=h5py.string_dtype())
    return path


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".tsv", ".jsonl", ".npz", ".h5"])
def test_every_format_gives_the_same_table(tmp_path, suffix):
    table = read_table(write(tmp_path / f"clips{suffix}"))
    np.testing.assert_allclose(table.x, X, rtol=1e-6)
    assert table.x.dtype == np.float32
    assert table.ids.tolist() == IDS
    assert table.domain.tolist() == DOMAINS
    assert list(table.labels) == ["car", "dog", "rain"]
    assert table.labels["dog"].tolist() == [event == "dog" for event in EVENTS]


def test_a_folder_in_hugging_faces_layout_is_read_with_embeddings_beside(tmp_path):
    frame = pd.DataFrame({"file_name": IDS, "domain": DOMAINS})
    frame.to_csv(tmp_path / "metadata.csv", index=False)
    np.save(tmp_path / "x.npy", X)
    table = read_table(tmp_path, embeddings=tmp_path / "x.npy")
    assert table.ids.tolist() == IDS
    np.testing.assert_array_equal(table.x, X)


def test_embeddings_beside_a_table_are_joined_by_id(tmp_path):
    path = write(tmp_path / "clips.csv", embedding=False)
    order = np.random.default_rng(1).permutation(12)
    np.savez(tmp_path / "x.npz", id=np.array(IDS)[order], vectors=X[order])
    np.testing.assert_array_equal(read_table(path, embeddings=tmp_path / "x.npz").x, X)


def test_embeddings_that_lack_an_id_name_one_of_either_side(tmp_path):
    path = write(tmp_path / "clips.csv", embedding=False)
    np.savez(tmp_path / "x.npz", id=np.array([f"clip{one}" for one in IDS]), vectors=X)
    with pytest.raises(InputError, match=r"lacks 12 of 12 ids .* '000'; .* 'clip000'"):
        read_table(path, embeddings=tmp_path / "x.npz")


def test_a_byte_order_mark_and_rs_na_are_no_text(tmp_path):
    path = tmp_path / "clips.csv"
    path.write_text("\ufeffid,domain,label,e0,e1\na,p,NA,1,2\nb,q,dog,3,4\n", encoding="utf-8")
    table = read_table(path)
    assert table.ids.tolist() == ["a", "b"]
    assert table.labels["dog"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": ["000"] * 12}, r"id: '000' occurs twice \(11 such rows\)"),
        ({"domain": [None, *DOMAINS[1:]]}, r"--domain domain: empty in row '000'"),
        ({"split": ["valid"] * 12}, r"split: is 'valid' in row '000'; write train or test"),
        ({"embedding": pa.array([[1.0, 2.0]] * 11 + [[1.0]])}, r"'011': its embedding has 1 num"),
        ({"embedding": pa.array([[1.0, 2.0]] * 11 + [None])}, r"'011' has no embedding"),
        ({"embedding": pa.array([[1.0, np.nan]] * 12)}, r"'000': its embedding holds NaN"),
        ({"embedding": pa.array([[1.0, 1e300]] * 12)}, r"'000': .* float32 cannot hold"),
        ({"embedding": pa.array(["[1, 2]"] * 12)}, r"has no embedding: no column of lists"),
    ],
)
def test_a_bad_column_is_one_line_with_the_row(tmp_path, change, message):
    columns = {"id": IDS, "domain": DOMAINS, "embedding": lists(X)} | change
    pq.write_table(pa.table(columns), tmp_path / "clips.parquet")
    with pytest.raises(InputError, match=message) as error:
        read_table(tmp_path / "clips.parquet")
    assert "\n" not in str(error.value)


def test_an_unknown_column_names_the_nearest(tmp_path):
    path = write(tmp_path / "clips.parquet")
    with pytest.raises(InputError, match=r"--domain: no column 'domian'; did you mean 'domain'"):
        read_table(path, columns={"domain": "domian"})


def test_pickled_and_damaged_files_are_one_line(tmp_path):
    np.savez(tmp_path / "object.npz", embedding=np.array([[1, None]], dtype=object))
    with pytest.raises(InputError, match="cannot be read"):
        read_table(tmp_path / "object.npz")
    path = write(tmp_path / "clips.parquet")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="cannot be read"):
        read_table(path)
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(InputError, match="cannot be read"):
        read_table(tmp_path / "empty.csv")


def test_two_embeddings_ask_for_one(tmp_path):
    pq.write_table(pa.table({"first": lists(X), "second": lists(X)}), tmp_path / "two.parquet")
    with pytest.raises(InputError, match=r"several embeddings \(first, second\); name one with"):
        read_table(tmp_path / "two.parquet")
    chosen = read_table(tmp_path / "two.parquet", embedding="second")
    np.testing.assert_array_equal(chosen.x, X)


def test_labels_of_several_columns_and_of_one_cell():
    columns = pd.DataFrame({"quiet": [1, 0, None], "events": ["dog|rain", "rain", ""]})
    with pytest.raises(InputError, match="give 'rain'"):
        label_table(columns.assign(more=["rain", "rain", "rain"]), "t", separator="|")
    labels = label_table(columns[["quiet"]], "t")
    assert labels["quiet"].tolist() == [True, False, pd.NA]
    labels = label_table(columns[["events"]], "t", separator="|")
    assert labels["rain"].tolist() == [True, True, pd.NA]
    assert labels["dog"].tolist() == [True, False, pd.NA]


def test_a_split_that_is_made_keeps_groups_whole_and_knows_nothing_of_labels(tmp_path):
    columns = {"domain": DOMAINS * 10, "group": [f"g{i // 4}" for i in range(120)]}
    columns |= {"label": EVENTS * 10, "embedding": lists(np.tile(X, (10, 1)))}
    pq.write_table(pa.table(columns), tmp_path / "clips.parquet")
    table = read_table(tmp_path / "clips.parquet")
    split = split_of(table)
    sides = pd.Series(split).groupby(table.group).nunique()
    assert sides.max() == 1
    assert 0.15 < (split == "test").mean() < 0.35
    without = read_table(tmp_path / "clips.parquet", columns={"label": ["domain"]})
    np.testing.assert_array_equal(split_of(without), split)


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".npz"])
@pytest.mark.parametrize("layout", [".parquet", ".csv"])
def test_a_table_is_written_again_with_other_embeddings(tmp_path, suffix, layout):
    path = write(tmp_path / f"clips{layout}")
    table = open_table(path)
    columns = find_columns(table.schema.names, {}, str(path))
    where = find_embedding(table.schema, None, str(path))
    out = tmp_path / f"out{suffix}"

    def doubled(x, domain):
        assert domain.tolist() == DOMAINS
        return 2 * x

    if suffix == ".csv" and layout == ".parquet":
        with pytest.raises(InputError, match="a CSV holds no lists"):
            rewrite(table, where, columns, doubled, out)
        assert not out.exists()
        return
    assert rewrite(table, where, columns, doubled, out) == 12
    written = out
    if suffix == ".npz" and layout == ".csv":  # numbered columns are vectors there
        with np.load(out) as file:
            np.testing.assert_allclose(file["e3"], 2 * X[:, 3], rtol=1e-6)
        return
    again = read_table(written)
    np.testing.assert_allclose(again.x, 2 * X, rtol=1e-6)
    assert again.ids.tolist() == IDS
    assert list(again.labels) == ["car", "dog", "rain"]

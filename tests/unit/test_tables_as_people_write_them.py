"""Tables of embeddings with cells that are none, and columns that must come back as they were."""

import stat

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from audio_debias.cli.main import main
from audio_debias.corpora.clip_tables import read_cells
from audio_debias.errors import InputError
from audio_debias.tables.embedding_table import read_table

ROWS = 40


def run(*arguments, code=0):
    result = CliRunner().invoke(main, [str(one) for one in arguments])
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.stderr


def numbered(**columns):
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(ROWS, 8)), columns=[f"e{i}" for i in range(8)])
    table.insert(0, "id", [f"c{i}" for i in range(ROWS)])
    table["device"] = np.repeat(["A", "B"], ROWS // 2)
    return table.assign(score1=1.5, score2=2.5, **columns)


@pytest.mark.parametrize("column", ["e0", "e4", "e7"])
@pytest.mark.parametrize("cell", ["N/A", "-", "1,5"])
def test_a_cell_that_is_no_number_never_narrows_the_embedding(tmp_path, column, cell):
    table = numbered().astype({column: object})
    table.loc[5, column] = cell
    table.to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(InputError, match=rf"t\.csv: {column}: holds a cell that is no number"):
        read_table(tmp_path / "t.csv")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_column_without_a_number_never_narrows_the_embedding(tmp_path, suffix):
    table = numbered(e7=None)
    path = tmp_path / f"t.{suffix}"
    table.to_csv(path, index=False) if suffix == "csv" else table.to_parquet(path)
    with pytest.raises(InputError, match=r"e7: holds a cell that is no number"):
        read_table(path)


def test_a_missing_column_never_makes_two_scores_the_embedding(tmp_path):
    numbered().drop(columns="e3").to_csv(tmp_path / "t.csv", index=False)
    for named in (None, "e"):
        with pytest.raises(InputError, match="has 7 columns e0 to e7, but no e3"):
            read_table(tmp_path / "t.csv", embedding=named)


@pytest.mark.parametrize("role", ["id", "domain", "split", "group", "label"])
def test_a_column_of_numbers_or_lists_is_no_word_a_row(tmp_path, role):
    path = tmp_path / "t.parquet"
    numbered(tags=[["a", "b"]] * ROWS).to_parquet(path)
    for name, said in (("e3", "is of the embedding"), ("tags", "holds lists")):
        given = {role: [name] if role == "label" else name}
        with pytest.raises(InputError, match=rf"--{role}: '{name}' {said}"):
            read_table(path, columns=given, embedding="e")


def test_a_column_of_lists_called_labels_does_not_stop_who_asks_for_the_domain(tmp_path):
    numbered(labels=[["a", "b"]] * ROWS).to_parquet(tmp_path / "t.parquet")
    found = read_table(tmp_path / "t.parquet", columns={"domain": "device"})
    assert found.labels.empty
    assert found.domain is not None


def test_a_single_numbered_column_stays_text(tmp_path):
    numbered(take1="007").to_csv(tmp_path / "t.csv", index=False)
    assert set(read_table(tmp_path / "t.csv", columns={"group": "take1"}).group) == {"007"}


def test_apply_leaves_all_other_columns_as_they_are_written(tmp_path):
    others = {"code1": "001", "code2": "002", "note": "NA", "take2": "9007199254740993"}
    table = numbered(**others)
    table = table.rename(columns={f"e{i}": f"e{i:02d}" for i in range(8)})
    table.to_csv(tmp_path / "t.csv", index=False)
    run("fit", tmp_path / "t.csv", "--domain", "device", "--out", tmp_path / "e.safetensors")
    run("apply", tmp_path / "e.safetensors", tmp_path / "t.csv", "--out", tmp_path / "o.csv")
    before, after = (
        pd.read_csv(tmp_path / name, dtype=str, keep_default_na=False)
        for name in ("t.csv", "o.csv")
    )
    assert after.columns.tolist() == before.columns.tolist()
    kept = [name for name in before if not name.startswith("e0")]
    pd.testing.assert_frame_equal(after[kept], before[kept])


DOMAINS = {
    "flags": np.repeat([True, False], ROWS // 2),
    "numbers": np.repeat([0.0, 1.0], ROWS // 2),
    "some whole": np.repeat([0.5, 1.0], ROWS // 2),
    "categories": pd.Categorical(np.repeat(["A", "B"], ROWS // 2)),
    "blanks": np.repeat(["A ", "B"], ROWS // 2),
    "times": np.repeat(pd.to_datetime(["2020-01-01 00:00", "2020-01-02 10:00"]), ROWS // 2),
}


@pytest.mark.parametrize("kind", DOMAINS)
def test_a_domain_of_any_type_is_the_same_wherever_it_is_read(tmp_path, kind):
    numbered(device=DOMAINS[kind]).to_parquet(tmp_path / "t.parquet")
    table, eraser = tmp_path / "t.parquet", tmp_path / "e.safetensors"
    run("fit", table, "--domain", "device", "--method", "zscore", "--out", eraser)
    run("apply", eraser, table, "--domain", "device", "--out", tmp_path / "o.parquet")
    fitted = read_table(table, columns={"domain": "device"}).domain
    assert fitted.tolist() == read_cells(table, {})["device"].tolist()


def test_a_row_with_an_empty_group_is_a_group_of_its_own(tmp_path):
    numbered(group="").to_parquet(tmp_path / "t.parquet")
    assert len(set(read_table(tmp_path / "t.parquet").group)) == ROWS


def test_embeddings_beside_a_table_are_joined_by_ids_of_any_type(tmp_path):
    table = numbered()[["id", "device"]].assign(id=np.arange(ROWS, dtype=float))
    table.to_parquet(tmp_path / "t.parquet")
    embeddings = numbered().drop(columns="device").assign(id=range(ROWS))
    embeddings.iloc[::-1].to_csv(tmp_path / "x.csv", index=False)
    found = read_table(tmp_path / "t.parquet", embeddings=tmp_path / "x.csv", embedding="e")
    np.testing.assert_allclose(found.x[:, 0], numbered()["e0"], rtol=1e-6)
    embeddings.assign(id="NA").to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(InputError, match=r"x\.csv: id: empty, or NA, in row 1"):
        read_table(tmp_path / "t.parquet", embeddings=tmp_path / "x.csv", embedding="e")


def test_a_correction_may_be_read_by_whoever_may_read_the_table(tmp_path):
    numbered().to_csv(tmp_path / "t.csv", index=False)
    run("fit", tmp_path / "t.csv", "--domain", "device", "--out", tmp_path / "e.safetensors")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("t.csv", "e.safetensors")]
    assert modes[0] == modes[1]


def test_what_is_read_is_never_replaced(tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    table = folder / "metadata.csv"
    numbered().to_csv(table, index=False)
    before = table.read_bytes()
    eraser = tmp_path / "e.safetensors"
    run("fit", folder, "--domain", "device", "--out", eraser)
    for command in (
        ("apply", eraser, folder, "--out", table),
        ("apply", eraser, folder, "--out", eraser.with_name("file") / "o.csv"),
        ("fit", folder, "--domain", "device", "--out", table),
        ("fit", folder, "--domain", "device", "--out", table / "e.safetensors"),
        ("measure", folder, "--domain", "device", "--out", table / "report"),
        ("export", eraser, "--out", tmp_path / "d.npz"),
    ):
        (tmp_path / "file").write_text("")
        (tmp_path / "d.npz").mkdir(exist_ok=True)
        message = run(*command, "--overwrite", code=1)
        assert message.startswith("error: ")
        assert message.count("\n") == 1
    assert table.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--method", "coral", "--option", "target=99"], "target: is 99; the domains are 0 to 1"),
        (["--method", "os:path"], "os:path: path is no class"),
        (["--separator", ""], "--separator: is empty"),
    ],
)
def test_an_option_that_cannot_be_is_one_line(tmp_path, arguments, said):
    numbered(label="x;y").to_csv(tmp_path / "t.csv", index=False)
    out = tmp_path / "e.safetensors"
    assert said in run(
        "fit", tmp_path / "t.csv", "--domain", "device", *arguments, "--out", out, code=1
    )


def test_words_under_the_name_of_a_property_are_nothing_measured(tmp_path):
    table = numbered(width=["5,2", "soft"] * (ROWS // 2), file="x")
    table.to_csv(tmp_path / "t.csv", index=False)
    run("measure", tmp_path / "t.csv", "--domain", "device")
    run("fit", tmp_path / "t.csv", "--domain", "device", "--out", tmp_path / "e.safetensors")
    run("apply", tmp_path / "e.safetensors", tmp_path / "t.csv", "--out", tmp_path / "o.npz")
    with np.load(tmp_path / "o.npz", allow_pickle=False) as arrays:
        assert arrays["file"].tolist() == ["x"] * ROWS

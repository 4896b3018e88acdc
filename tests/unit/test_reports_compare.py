"""Two runs compared."""

import pytest

from audio_debias.errors import InputError
from audio_debias.evidence.modes import free_of_modes, once
from audio_debias.files import write_parquet
from audio_debias.reports.compare import compare_runs, write_comparison
from unit.page_data import make_run

KEYS = ["model", "method", "mode", "train_corpus", "test_corpus", "label"]


@pytest.fixture(scope="module")
def before():
    return make_run()["intervals"]


def test_a_run_does_not_differ_from_itself(before):
    table = compare_runs(before, before)
    assert len(table) == len(once(before, free_of_modes(before)))
    assert (table["difference"] == 0).all()
    assert not table["verdict"].isin(["better", "worse"]).any()


def test_a_run_that_gained_is_better_where_it_gained(before):
    after = make_run(gain=0.24)["intervals"]
    table = compare_runs(before, after)
    means = table[table["label"] == "mean"].set_index(KEYS[:-1])
    gained = means.loc[("small", "lda", "global", "a", "b")]
    assert gained["verdict"] == "better"
    assert gained["low"] < 0.24 < gained["high"]
    assert means.loc[("large", "lda", "global", "a", "b"), "verdict"] == "cannot tell"


def test_the_variances_of_both_runs_add(before):
    table = compare_runs(before, before)
    sd = once(before, free_of_modes(before))["sd_test"].astype(float)
    width = (table["high"] - table["low"]).astype(float)
    assert width.to_numpy() == pytest.approx((2 * 1.959964 * 2**0.5 * sd).to_numpy(), nan_ok=True)


def test_the_folders_of_two_runs_give_a_page(before, tmp_path):
    for name, gain in (("one", 0.0), ("two", 0.24)):
        (tmp_path / name).mkdir()
        table = make_run(gain=gain)["intervals"] if gain else before
        write_parquet(tmp_path / name / "intervals.parquet", table)
    write_comparison(tmp_path / "one", tmp_path / "two", tmp_path / "out/page.html", {"lda": "L"})
    html = (tmp_path / "out/page.html").read_text(encoding="utf-8")
    assert "<title>one and two</title>" in html
    assert "(small, L, " in html
    assert not list((tmp_path / "out").glob(".*"))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda path, table: None, "no such folder"),
        (lambda path, table: path.mkdir(), "holds no intervals.parquet"),
        (
            lambda path, table: write_parquet(
                path / "intervals.parquet", table.drop(columns="sd_test")
            ),
            "no column 'sd_test'",
        ),
        (
            lambda path, table: write_parquet(
                path / "intervals.parquet", table.assign(model="another")
            ),
            "no transfer in common",
        ),
        (
            lambda path, table: (path.mkdir(), (path / "intervals.parquet").write_text("no")),
            "damaged",
        ),
    ],
)
def test_what_is_no_run_is_told_in_one_line_and_nothing_is_written(before, tmp_path, make, told):
    (tmp_path / "one").mkdir()
    write_parquet(tmp_path / "one/intervals.parquet", before)
    make(tmp_path / "two", before)
    for runs in (("one", "two"), ("two", "one")):
        with pytest.raises(InputError, match=told) as error:
            write_comparison(*(tmp_path / run for run in runs), tmp_path / "page.html")
        assert "two" in str(error.value)
        assert "\n" not in str(error.value)
    assert not (tmp_path / "page.html").exists()


def test_a_run_is_not_compared_with_itself(before, tmp_path):
    write_parquet(tmp_path / "intervals.parquet", before)
    with pytest.raises(InputError, match="itself"):
        write_comparison(tmp_path, tmp_path / ".", tmp_path / "page.html")

"""Where the time and the memory of a run went, from files as Snakemake writes them."""

import pytest

from audio_debias.jobs.benchmarks import summarise_benchmarks
from audio_debias.reports.resources import html_resources

NAMES = ["vgg", "irmas", "a--b", "none-any"]
HEADER = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"


def write(path, seconds, mb, cpu):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{HEADER}{seconds}\t0:00:01\t{mb}\t0\t0\t0\t0\t0\t0\t{cpu}\n")


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "extract/vgg/irmas/0.tsv", 30.0, 1400.0, 50.0)
    write(tmp_path / "extract/vgg/irmas/1.tsv", 50.0, 1500.0, 90.0)
    write(tmp_path / "demo/run_transfers/a--b/vgg/none-any.tsv", 15.0, 300.0, 14.0)
    write(tmp_path / "demo/run_transfers/a--b/gone/none-any.tsv", 999.0, 999.0, 999.0)
    write(tmp_path / "extract/elsewhere/irmas/0.tsv", 999.0, 999.0, 999.0)
    write(tmp_path / "demo/table.tsv", 5.0, 200.0, 4.0)
    write(tmp_path / "other/run_transfers/a--b/vgg/none-any.tsv", 999.0, 999.0, 999.0)
    return tmp_path


def test_rules_are_summed_and_jobs_of_other_runs_and_configs_left_out(folder):
    summary = summarise_benchmarks(folder, "demo", ["extract", "fetch"], NAMES)
    assert summary["rule"].tolist() == ["extract", "run_transfers", "table"]
    assert summary["jobs"].tolist() == [2, 1, 1]
    assert summary["seconds"].tolist() == [80.0, 15.0, 5.0]
    assert summary["share"].tolist() == [0.8, 0.15, 0.05]
    assert summary["cpu_seconds"].tolist() == [140.0, 14.0, 4.0]
    first = summary.iloc[0]
    assert (first["longest"], first["mb"], first["heaviest"]) == (50.0, 1500.0, "vgg/irmas/1")


@pytest.mark.parametrize(("mb", "cpu"), [("NA", "NA"), (3.1, "0.00")])
def test_a_job_too_short_to_be_seen_has_seconds_only(tmp_path, mb, cpu):
    write(tmp_path / "demo/table.tsv", 0.4, mb, cpu)
    summary = summarise_benchmarks(tmp_path, "demo", [], NAMES)
    assert summary["seconds"].tolist() == [0.4]
    assert summary[["cpu_seconds", "mb", "heaviest"]].isna().all(axis=None)
    assert "<td></td>" in html_resources(summary)


def test_a_run_without_benchmarks_gives_an_empty_page(tmp_path):
    summary = summarise_benchmarks(tmp_path, "demo", ["extract"], NAMES)
    assert summary.empty
    assert "0.0 minutes" in html_resources(summary)


def test_the_page_shows_minutes_and_the_heaviest_job(folder):
    page = html_resources(summarise_benchmarks(folder, "demo", ["extract"], NAMES))
    assert "1.7 minutes" in page
    assert "vgg/irmas/1" in page

"""The report of a real run, opened from disk in a real browser without a network."""

import zipfile

import pytest

from browser.report_page import check_report


def test_the_report_shows_table_and_figures_without_a_network(page, finished):
    check_report(
        page,
        finished.results("report.html"),
        {
            "0 Findings": ["The answer"],
            "1 Table": ["Table"],
            "2 Transfers": ["AUC per label", "Domain sensitivity"],
            "3 Bias": ["Removed and paid", "Cosines"],
            "4 Corpora": ["Labels and genres", "What was left out"],
            "5 Resources": ["Time and memory"],
        },
    )
    assert "All on one page" not in finished.results("report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_report_that_is_a_zip_opens_on_the_page(page, finished, tmp_path):
    project = finished.copy(tmp_path / "project")
    project.snakemake("--report", "report.zip")
    with zipfile.ZipFile(project.path / "report.zip") as archive:
        archive.extractall(tmp_path)
    check_report(page, tmp_path / "report/report.html", {"0 Findings": ["All on one page"]})
    assert page.locator("table tbody tr").first.inner_text().startswith("All on one page")
    shown = page.frame_locator("iframe")
    shown.locator("html[data-ready]").wait_for()
    assert shown.get_by_text("What helped?").is_visible()
    shown.locator("#overview-0 svg.marks").wait_for()
    shown.locator("#method").select_option("mLDA")
    shown.locator("#shown", has_text="3 rows").wait_for()

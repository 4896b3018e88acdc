"""The report of a real run, opened from disk in a real browser without a network."""

import pytest

from browser.report_page import check_report
from projects import make_project


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    project = make_project(tmp_path_factory.mktemp("report") / "project")
    project.configure(methods=["none", "lda", "mlda"])
    (project.path / "dry/dry_000.wav").unlink()  # something to stand among what was left out
    project.snakemake()
    return project.results("report.html")


def test_the_report_shows_table_and_figures_without_a_network(page, report):
    check_report(
        page,
        report,
        {
            "0 Findings": ["The answer"],
            "1 Table": ["Table"],
            "2 Transfers": ["AUC per label", "Domain sensitivity"],
            "3 Bias": ["Removed and paid", "Cosines"],
            "4 Corpora": ["Labels and genres", "What was left out"],
            "5 Resources": ["Time and memory"],
        },
    )

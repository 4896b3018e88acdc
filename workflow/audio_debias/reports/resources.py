"""Where the time and the memory of a run went, as a page."""

import pandas as pd

from audio_debias.reports.page import render


def html_resources(summary: pd.DataFrame, title: str = "Time and memory") -> str:
    """The summary as one self-contained HTML page.

    Parameters
    ----------
    summary : DataFrame
        What :func:`~audio_debias.jobs.benchmarks.summarise_benchmarks` gives.
    title : str
        The title of the page.
    """
    rows = summary.astype(object).where(summary.notna(), None).to_dict("records")
    return render("resources.html", title, rows=rows, seconds=summary["seconds"].sum())

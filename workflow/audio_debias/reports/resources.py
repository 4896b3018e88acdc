"""Where the time and the memory of a run went, from the benchmark file of each job."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from audio_debias.reports.page import render

COLUMNS = ["rule", "jobs", "hours", "share", "cpu_hours", "median_seconds", "longest_seconds"]
COLUMNS += ["peak_mb", "heaviest"]


def summarise_resources(folder: str | Path, runs: Sequence[str]) -> pd.DataFrame:
    """Sum the benchmark files that Snakemake wrote.

    Parameters
    ----------
    folder : path
        Holds ``{rule}/**.tsv``, and ``{run}/{rule}/**.tsv`` or ``{run}/{rule}.tsv``.
    runs : sequence of str
        The runs that count; the jobs that all runs share always do.

    Returns
    -------
    DataFrame
        One row per rule, the one that took longest first: `jobs`; `hours` of wall time summed over
        jobs and its `share`; `cpu_hours`; `median_seconds` and `longest_seconds` of a job;
        `peak_mb`, the largest resident memory (MiB) of a job, and `heaviest`, that job. Null where
        a job was too short to be measured.
    """
    rows = []
    for path in sorted(Path(folder).rglob("*.tsv")):
        parts = path.relative_to(folder).with_suffix("").parts
        if parts[0] in runs:
            parts = parts[1:]
        elif _is_run(Path(folder, parts[0]), parts):
            continue
        measured = pd.read_csv(path, sep="\t", na_values="NA").iloc[-1]
        rows.append(
            {
                "rule": parts[0],
                "job": "/".join(parts[1:]) or parts[0],
                "seconds": measured["s"],
                "cpu": measured["cpu_time"],
                "mb": measured["max_rss"],
            }
        )
    jobs = pd.DataFrame(rows, columns=["rule", "job", "seconds", "cpu", "mb"])
    numbers = ["seconds", "cpu", "mb"]
    jobs[numbers] = jobs[numbers].apply(pd.to_numeric, errors="coerce")
    table = [_summary(rule, group) for rule, group in jobs.groupby("rule")]
    summary = pd.DataFrame(table, columns=COLUMNS)
    summary["share"] = summary["hours"] / summary["hours"].sum()
    return summary.sort_values("hours", ascending=False, ignore_index=True)

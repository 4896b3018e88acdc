"""Where the time and the memory of a run went, from the benchmark file of each job."""

import csv
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from audio_debias.reports.page import render

MEASURES = {"s": "seconds", "cpu_time": "cpu_seconds", "max_rss": "mb"}


def summarise_resources(
    folder: str | Path, run: str, shared: Iterable[str], made_of: Iterable[str]
) -> pd.DataFrame:
    """Sum up the benchmark files that Snakemake wrote, by rule.

    Parameters
    ----------
    folder : path
        Holds ``{rule}/**.tsv`` of the rules whose results all runs share, and ``{run}/{rule}.tsv``
        or ``{run}/{rule}/**.tsv`` of the others.
    run : str
        The run to sum up.
    shared : iterable of str
        The rules whose results all runs share.
    made_of : iterable of str
        What the jobs of this run may be called after: corpora, models, pairs, cells, files. Those
        called after anything else are of another run, or of an earlier config.

    Returns
    -------
    DataFrame
        One row per rule, that of the longest total first: `rule`, `jobs`; `seconds` of wall time
        over all jobs and its `share`; `cpu_seconds`; `longest`, the seconds of the longest job;
        `mb`, the largest resident memory of a job (MiB), and `heaviest`, which job that was. A
        measure is null where all jobs were too short for it.
    """
    folder, made_of = Path(folder), set(made_of)
    entries = [folder / rule for rule in shared]
    entries += sorted((folder / run).iterdir()) if (folder / run).is_dir() else []
    jobs = pd.DataFrame(
        [
            {"rule": entry.stem, "job": _job(file, entry), **_measures(file)}
            for entry in entries
            for file in ([entry] if entry.is_file() else sorted(entry.rglob("*.tsv")))
            if all(_known(part, made_of) for part in _job(file, entry).split("/"))
        ],
        columns=["rule", "job", *MEASURES.values()],
    ).astype(dict.fromkeys(MEASURES.values(), float))
    by_rule = jobs.groupby("rule")
    summary = pd.DataFrame(
        {
            "jobs": by_rule.size(),
            "seconds": by_rule["seconds"].sum(),
            "share": by_rule["seconds"].sum() / (jobs["seconds"].sum() or 1),
            "cpu_seconds": by_rule["cpu_seconds"].sum(min_count=1),
            "longest": by_rule["seconds"].max(),
            "mb": by_rule["mb"].max(),
        }
    ).reset_index()
    heaviest = jobs.dropna(subset="mb").sort_values("mb").drop_duplicates("rule", keep="last")
    summary["heaviest"] = summary["rule"].map(heaviest.set_index("rule")["job"])
    return summary.sort_values("seconds", ascending=False, ignore_index=True)


def html_resources(summary: pd.DataFrame, title: str = "Time and memory") -> str:
    """What :func:`summarise_resources` gives, as one self-contained HTML page."""
    rows = summary.astype(object).where(summary.notna(), None).to_dict("records")
    return render(_HTML, title, rows=rows, seconds=summary["seconds"].sum())


def _job(file: Path, entry: Path) -> str:
    return file.relative_to(entry).with_suffix("").as_posix() if file != entry else ""


def _known(part: str, made_of: set[str]) -> bool:
    """Whether a part of a job's name is one of these, or the number of a shard or seed."""
    return not part or part.isdigit() or part in made_of


def _measures(file: Path) -> dict[str, float | None]:
    """The last line of a benchmark file; Snakemake looks at a job first after half a second, and
    what it has seen of a shorter one (no CPU time) says nothing."""
    with file.open(newline="") as lines:
        last = list(csv.DictReader(lines, delimiter="\t"))[-1]
    seen = last["cpu_time"] not in ("NA", "0.00")
    return {
        name: float(last[column]) if seen or column == "s" else None
        for column, name in MEASURES.items()
    }


_HTML = """
<p>{{ '%.1f' % (seconds / 60) }} minutes of jobs in all, one after another. CPU time is that which
Snakemake saw, sampled; memory is the largest resident set of one job.</p>
<table>
<thead>
<tr><th class="foot">Rule</th><th>Jobs</th><th>Minutes</th><th>Share</th><th>CPU minutes</th>
<th>Longest job, s</th><th>Memory, MiB</th><th>Heaviest job</th></tr>
</thead>
<tbody>
{% for row in rows %}
<tr><th>{{ row.rule }}</th><td>{{ row.jobs }}</td><td>{{ '%.2f' % (row.seconds / 60) }}</td>
<td>{{ '%.0f' % (100 * row.share) }} %</td>
<td>{{ '' if row.cpu_seconds is none else '%.2f' % (row.cpu_seconds / 60) }}</td>
<td>{{ '%.1f' % row.longest }}</td>
<td>{{ '' if row.mb is none else '%.0f' % row.mb }}</td><td>{{ row.heaviest or '' }}</td></tr>
{% endfor %}
</tbody>
</table>
"""

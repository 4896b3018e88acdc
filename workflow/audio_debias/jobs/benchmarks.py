"""What the jobs of a run cost: the benchmark files that Snakemake wrote, summed up by rule."""

import csv
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

MEASURES = {"s": "seconds", "cpu_time": "cpu_seconds", "max_rss": "mb"}


def summarise_benchmarks(
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

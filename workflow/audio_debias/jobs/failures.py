"""What is said of a failed job: its rule, its wildcards, its log and the last line of that."""

from collections.abc import Iterable, Mapping
from pathlib import Path


def is_done(logs: Iterable[str | Path], start: float) -> bool:
    """Whether a member of a failed group had come to its end: its log says so in the last line.

    Parameters
    ----------
    logs : iterable of path
        The job's log files.
    start : float
        When the run started, in seconds since the epoch; an older log is another run's.
    """
    recent = [path for path in map(Path, logs) if _is_new(path, start)]
    return any(" done in " in path.read_text(errors="replace")[-30:] for path in recent)


def has_begun(logs: Iterable[str | Path], start: float) -> bool:
    """Whether a member of a failed group had begun: its log has a line; see :func:`is_done`."""
    return any(_is_new(path, start) and path.stat().st_size > 0 for path in map(Path, logs))


def describe_failure(
    rule: str, wildcards: Mapping[str, str], logs: Iterable[str | Path], start: float
) -> str:
    """The rule of a failed job, its wildcards, its log and the last line of that.

    Parameters
    ----------
    rule : str
    wildcards : mapping of str to str
    logs, start
        As in :func:`is_done`.
    """
    named = ", ".join(f"{name}={value}" for name, value in wildcards.items())
    described = f"failed: {rule}" + (f" ({named})" if named else "")
    for path in map(Path, logs):
        described += f"\n  log: {path}\n  last line: {_last_line(path, start)}"
    return described


def _last_line(log: Path, start: float) -> str:
    if not _is_new(log, start):
        return "nothing: the job ended before its first line; what it printed stands above"
    lines = log.read_text(errors="replace").split("\n")
    last = next((line for line in reversed(lines) if line.strip()), "empty")
    if "error:" in last:
        return last
    return f"{last}\n  no error: the job was killed, most often for want of memory or time"


def _is_new(log: Path, start: float) -> bool:
    return log.is_file() and log.stat().st_mtime >= start

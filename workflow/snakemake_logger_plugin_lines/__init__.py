"""A line a finished job, for logs and redirected output: `snakemake --logger lines`.

What happened, how far the run is, and about how long it still takes. Snakemake's own, longer record
is in ``.snakemake/log`` as ever.
"""

import logging
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent


@dataclass
class Progress:
    """What of a run is done, and how long its jobs took.

    Attributes
    ----------
    waiting : Counter
        Jobs of each rule that are not done.
    seconds : dict
        What each finished job of a rule took.
    """

    waiting: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def finish(self, rule: str, seconds: float) -> None:
        """Count a job as done."""
        self.waiting[rule] -= 1
        self.seconds[rule].append(seconds)

    def left(self, elapsed: float) -> float:
        """About how many seconds the others take, as wide as those before them ran.

        A job takes what those of its rule took, or the mean of all rules where none is done.
        """
        means = {rule: sum(taken) / len(taken) for rule, taken in self.seconds.items()}
        usual = sum(means.values()) / len(means)
        busy = sum(map(sum, self.seconds.values()))
        ahead = sum(means.get(rule, usual) * count for rule, count in self.waiting.items())
        return ahead * elapsed / busy if busy else 0.0


def rounded(seconds: float) -> str:
    """A duration as one says it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


class LogHandler(LogHandlerBase):
    """Writes the lines to standard error, warnings and errors as Snakemake words them."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = False
    has_formatter = False
    needs_rulegraph = False

    def __post_init__(self) -> None:
        self._start = time.monotonic()
        self._progress = Progress()
        self._jobs: dict[int, tuple[str, str]] = {}
        self._started: dict[int, float] = {}
        self._ended: list[tuple[str, str, float]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take note of an event; write what is worth a line."""
        event, of = getattr(record, "event", None), record.__dict__
        if event == LogEvent.RUN_INFO:
            self._progress.waiting.update(of["stats"])
            del self._progress.waiting["total"]
            self._write(f"{sum(self._progress.waiting.values())} jobs")
        elif event == LogEvent.JOB_INFO:
            self._jobs[of["jobid"]] = of["rule_name"], _named(of["wildcards"])
        elif event == LogEvent.JOB_STARTED:
            self._started.update(dict.fromkeys(of["jobs"], time.monotonic()))
        elif event == LogEvent.JOB_FINISHED and of["job_id"] in self._jobs:
            seconds = time.monotonic() - self._started.get(of["job_id"], self._start)
            rule, named = self._jobs[of["job_id"]]
            self._progress.finish(rule, seconds)
            self._ended.append((rule, named, seconds))
        elif event == LogEvent.PROGRESS:
            self._write_ended(of["done"], of["total"])
        elif record.levelno >= logging.WARNING and (text := self.format(record)):
            self._write(text)

    def _write_ended(self, done: int, total: int) -> None:
        left = rounded(self._progress.left(time.monotonic() - self._start))
        for rule, named, seconds in self._ended:
            ahead = f", about {left} left" if done < total else ""
            clock = time.strftime("%H:%M:%S")
            self._write(f"{clock} {done:4}/{total}  {rule}{named}  ({rounded(seconds)}{ahead})")
        self._ended.clear()

    def _write(self, text: str) -> None:
        # Standard error as it is now: a run inside another program may have redirected it.
        print(text, file=sys.stdout if self.common_settings.stdout else sys.stderr, flush=True)


def _named(wildcards: Mapping[str, str]) -> str:
    return "".join(f" {value}" for value in wildcards.values())

"""The lines of `--logger lines`: what is done, what is left."""

import logging

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_lines import LogHandler, Progress, rounded


def test_what_is_left_takes_as_long_as_the_same_rule_took_as_wide_as_before():
    progress = Progress()
    progress.waiting.update({"extract": 3, "table": 1})
    progress.finish("extract", 10.0)
    progress.finish("extract", 20.0)
    # 1 extraction of 15 s and a table, of which nothing is known, in two jobs at a time.
    assert progress.left(elapsed=15.0) == pytest.approx((15 + 15) / 2)


def test_a_run_that_took_no_time_leaves_none():
    progress = Progress()
    progress.waiting.update({"table": 2})
    progress.finish("table", 0.0)
    assert progress.left(elapsed=0.0) == 0.0


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (89, "89 s"), (90, "2 min"), (7200, "2.0 h")]
)
def test_durations_are_said_as_people_say_them(seconds, text):
    assert rounded(seconds) == text


class Settings:
    stdout = True


def test_one_line_a_job_and_none_for_what_only_informs(capsys):
    handler = LogHandler(Settings(), None)

    def log(level=logging.INFO, message="", **extra):
        record = logging.LogRecord("snakemake", level, "", 0, message, None, None)
        record.__dict__.update(extra)
        handler.emit(record)

    log(event=LogEvent.RUN_INFO, stats={"index": 1, "all": 1, "total": 2})
    for jobid, rule in enumerate(("index", "all")):
        wildcards = {"corpus": "dry"} if rule == "index" else {}
        log(event=LogEvent.JOB_INFO, jobid=jobid, rule_name=rule, wildcards=wildcards)
        log(event=LogEvent.JOB_STARTED, jobs=[jobid])
        log(event=LogEvent.JOB_FINISHED, job_id=jobid)
        log(event=LogEvent.PROGRESS, done=jobid + 1, total=2)
    log(message="Removing temporary output.")
    log(logging.WARNING, message="A disk is full.")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2 jobs"
    assert lines[1].endswith("1/2  index dry  (0 s, about 0 s left)")
    assert lines[2].endswith("2/2  all  (0 s)")
    assert lines[3:] == ["A disk is full."]

"""The generic profile submits for real: to commands that start each job script on this machine."""

import pytest

from projects import make_project

pytestmark = pytest.mark.slow

# What a site writes for its scheduler: jobs here are sessions of their own, known by their process.
SUBMIT = """#!/bin/sh
mkdir -p jobs
log=jobs/$(basename "$1").log
setsid sh -c 'sh "$1"; echo $? > jobs/$$.done' job "$1" > "$log" 2>&1 < /dev/null &
echo $!
"""
STATUS = """#!/bin/sh
if [ ! -e jobs/$1.done ] && ps -o stat= -p $1 | grep -qv Z; then echo running
elif [ "$(cat jobs/$1.done 2> /dev/null)" = 0 ]; then echo success
else echo failed
fi
"""
METRICS = "results/test/metrics.parquet"


@pytest.fixture
def clustered(tmp_path):
    """A project with the commands of such a cluster."""
    project = make_project(tmp_path / "clustered")
    for name, text in (("submit.sh", SUBMIT), ("status.sh", STATUS)):
        (project.path / name).write_text(text)
        (project.path / name).chmod(0o755)
    return project


def submitted(project, *arguments, check=True):
    return project.snakemake(
        *("--workflow-profile", "workflow/profiles/generic"),
        *("--cluster-generic-submit-cmd", "./submit.sh"),
        *("--cluster-generic-status-cmd", "./status.sh"),
        *("--cluster-generic-cancel-cmd", "kill"),
        *("--seconds-between-status-checks", "1", "--latency-wait", "5"),
        *arguments,
        check=check,
    )


def test_a_run_that_is_submitted_is_bit_identical_to_a_local_one(clustered, finished):
    submitted(clustered, "--", METRICS)
    finished.check_same(clustered.path / METRICS)
    # All cells are one submission, and each of the others is one job.
    assert 5 <= len(list((clustered.path / "jobs").glob("*.done"))) <= 12


def test_a_job_that_the_cluster_killed_has_failed(clustered):
    script = clustered.path / "workflow/scripts/match_samples.py"
    script.write_text("import os\n\nos.killpg(0, 9)\n" + script.read_text())
    done = submitted(clustered, "--retries", "0", "--", METRICS, check=False)
    assert done.returncode != 0
    assert "failed: match_samples (group=dry--noisy, model=known)" in done.stdout

"""The slurm profile on a real SLURM of one node, started and stopped here."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from projects import make_project

SCRIPT = Path(__file__).with_name("single_node_slurm.sh")
# No database, and a controller that nobody shares: squeue, asked at once and often.
ARGUMENTS = ["--workflow-profile", "workflow/profiles/slurm", "--slurm-no-account"]
ARGUMENTS += ["--slurm-status-command", "squeue", "--latency-wait", "5"]
ARGUMENTS += ["--slurm-init-seconds-before-status-checks", "1", "--seconds-between-status-checks"]
ARGUMENTS += ["1"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def slurm():
    """A running SLURM: its client's environment variables."""
    path = f"{os.environ['PATH']}:/usr/sbin"
    missing = [
        name for name in ("slurmctld", "slurmd", "munged") if not shutil.which(name, path=path)
    ]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}; apt-get install slurm-wlm munge")
    if os.geteuid():
        pytest.skip("only root can start a SLURM")
    # Not in pytest's own folder: munge wants one that all may enter.
    folder = tempfile.mkdtemp(prefix="slurm-")
    try:
        started = subprocess.run(
            [SCRIPT, "start", folder], check=True, text=True, stdout=subprocess.PIPE, timeout=60
        )
        lines = started.stdout.splitlines()
        yield dict(line.split("=", 1) for line in lines)
    finally:
        subprocess.run([SCRIPT, "stop", folder], check=True, timeout=60)
        shutil.rmtree(folder)


@pytest.fixture
def clustered(slurm, monkeypatch, tmp_path):
    """A project whose Snakemake finds the cluster."""
    for name, value in slurm.items():
        monkeypatch.setenv(name, value)
    return make_project(tmp_path / "clustered")


def submissions(output):
    return output.count("has been submitted with SLURM jobid")


def test_a_run_on_slurm_is_bit_identical_to_a_local_one(clustered, finished):
    done = clustered.snakemake(*ARGUMENTS, "--", "results/test/findings.md", cores=8)
    finished.check_same(clustered.results("metrics.parquet"))
    assert clustered.results("findings.md").exists()
    # 2 corpora, 2 x 2 shards, 2 merges, 1 sample, all cells in one, 1 of adversaries, all that
    # follows in one: a handful beside the extraction, not one a job.
    assert submissions(done.stdout) <= 13


def test_a_job_that_exceeds_its_memory_succeeds_with_more(clustered):
    table = "results/corpora/dry/clips.parquet"
    few = ["--set-resources", "index_corpus:mem_mb=40 * attempt**4"]
    done = clustered.snakemake(*ARGUMENTS, *few, "--", table, cores=8)
    assert (clustered.path / table).exists()
    assert "Trying to restart job" in done.stdout
    assert submissions(done.stdout) > 1


def test_a_job_that_exceeds_its_time_succeeds_with_more(clustered):
    """SLURM counts in minutes and looks twice a minute: with one, this job is stuck beyond that."""
    script = clustered.path / "workflow/scripts/index_corpus.py"
    script.write_text(
        "import time\n"
        + script.read_text()
        + "\ntime.sleep(150 if snakemake.resources.runtime == 1 else 0)\n"
    )
    table = "results/corpora/dry/clips.parquet"
    few = ["--set-resources", "index_corpus:runtime=attempt"]
    done = clustered.snakemake(*ARGUMENTS, *few, "--", table, cores=8)
    assert (clustered.path / table).exists()
    assert "Trying to restart job" in done.stdout
    assert submissions(done.stdout) == 2


def test_of_a_failed_submission_only_the_jobs_that_failed_are_named(clustered):
    """Both cells are one submission, in which the transfers of one fail."""
    clustered.snakemake("results/test/samples/dry--noisy/known.parquet")
    script = clustered.path / "workflow/scripts/run_transfers.py"
    broken = 'if snakemake.wildcards.method == "lda":\n        raise RuntimeError("broken")\n'
    script.write_text(
        script.read_text().replace("    embeddings = ", f"    {broken}    embeddings = ")
    )
    target = "results/test/metrics.parquet"
    done = clustered.snakemake(*ARGUMENTS, "--retries", "0", "--", target, cores=8, check=False)
    assert done.returncode != 0
    named = [line for line in done.stdout.splitlines() if line.startswith("failed: ")]
    assert "failed: run_transfers (pair=dry--noisy, model=known, method=lda, mode=global)" in named
    assert not any("fit_corrections" in line for line in named)
    assert "error: RuntimeError: broken" in done.stdout

"""Killed, starved or locked out: the same command goes on from where the run stood.

AUDIO_DEBIAS_KILLS sets how many moments are tried (2, of each kind).
"""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import psutil
import pytest

from audio_debias.jobs.notes import NOTES
from projects import make_project

pytestmark = pytest.mark.slow

METRICS = "results/test/metrics.parquet"
KILLS = int(os.environ.get("AUDIO_DEBIAS_KILLS", "2"))


@pytest.fixture(scope="session")
def expected(tmp_path_factory):
    """The digest of the metrics of a run that nothing disturbed."""
    project = make_project(tmp_path_factory.mktemp("undisturbed") / "project")
    project.snakemake(METRICS)
    return digest(project)


def wait_for_moment(project, snakemake, seed):
    """Until some job of the twelve, by the seed, is at work, and a bit longer."""
    moment = random.Random(seed)
    started = moment.randint(1, 11)
    while len(list((project.path / "logs").rglob("*.log"))) < started:
        assert is_at_work(snakemake)
        time.sleep(0.02)
    time.sleep(moment.uniform(0, 0.5))
    assert is_at_work(snakemake)


def digest(project):
    return hashlib.sha256((project.path / METRICS).read_bytes()).hexdigest()


@contextmanager
def running(project, *targets):
    """Snakemake at work, ended with all its children if it still is."""
    with (project.path / "output.txt").open("w") as output:
        process = psutil.Popen(
            [sys.executable, "-m", "snakemake", "--cores", "2", *targets],
            cwd=project.path,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            for one in [*jobs_of(project), process]:
                end(one)
            process.wait(60)


def is_at_work(process):
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def end(process):
    with suppress(psutil.NoSuchProcess):
        process.kill()


def jobs_of(project):
    """The processes that run a script of the project."""
    found = []
    for process in psutil.process_iter(["cwd", "cmdline"]):
        command = process.info["cmdline"] or []
        if process.info["cwd"] == str(project.path) and any("/scripts/" in one for one in command):
            found.append(process)
    return found


def half_written(project):
    """Files beside their final names that nobody writes any more."""
    return list((project.path / "results").rglob(".*"))


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_snakemake_goes_on_and_ends_with_the_same_numbers(project, expected, seed):
    with running(project, METRICS) as snakemake:
        wait_for_moment(project, snakemake, seed)
        snakemake.kill()
        snakemake.wait()
        project.snakemake("--unlock")
        project.snakemake(METRICS)
        assert jobs_of(project) == []
    assert digest(project) == expected
    assert project.planned("--", METRICS) == {}


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_job_is_tried_again(project, expected, seed):
    with running(project, METRICS) as snakemake:
        wait_for_moment(project, snakemake, seed)
        while not (jobs := jobs_of(project)):
            assert is_at_work(snakemake)
            time.sleep(0.02)
        end(random.Random(seed).choice(jobs))
        snakemake.wait(600)
    project.snakemake(METRICS)
    assert digest(project) == expected
    assert project.planned("--", METRICS) == {}


def test_a_kill_during_extraction_keeps_finished_shards_and_the_same_numbers(audio_project):
    """Sound files through a real network, in four shards."""
    project = audio_project
    project.configure(extraction={"shard_clips": 32})
    targets = [f"results/embeddings/mtt_vgg/{corpus}.parquet" for corpus in ("dry", "noisy")]
    logs = project.path / "logs/extract"

    def finished():
        return {p: p.read_text() for p in logs.rglob("*.log") if " done in " in p.read_text()}

    with running(project, *targets) as snakemake:
        while len(finished()) < 2 or not any(
            "extract" in str(j.cmdline()) for j in jobs_of(project)
        ):
            assert is_at_work(snakemake)
            time.sleep(0.02)
        snakemake.kill()
        snakemake.wait()
        kept = finished()
        assert len(kept) < 4
        project.snakemake("--unlock")
        project.snakemake(*targets)
    # One on each of the two cores may have been done without Snakemake having seen it.
    assert len(kept.items() - finished().items()) <= 2
    digests = [hashlib.sha256((project.path / name).read_bytes()).digest() for name in targets]
    project.snakemake("--forcerun", "extract", "--", *targets)
    again = [hashlib.sha256((project.path / name).read_bytes()).digest() for name in targets]
    assert digests == again


def test_an_orphan_does_not_write_into_the_next_run(project, expected):
    script = project.path / "workflow/scripts/match_samples.py"
    code = script.read_text()
    script.write_text(code.replace(" as log:\n", " as log:\n    import time; time.sleep(60)\n", 1))
    with running(project, METRICS) as snakemake:
        while not list((project.path / NOTES).glob("*")):
            assert snakemake.is_running()
            time.sleep(0.1)
        snakemake.kill()
        snakemake.wait()
        assert jobs_of(project)
        script.write_text(code)
        project.snakemake("--unlock")
        project.snakemake(METRICS)
        assert jobs_of(project) == []
    assert digest(project) == expected


@contextmanager
def mounted(folder, *arguments):
    """`mount arguments folder`, undone at the end."""
    if os.geteuid():
        pytest.skip("only root can mount")
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", *arguments, folder], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"cannot mount here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_named_and_once_there_is_room_the_run_goes_on(project, expected):
    folder = project.path / "results"
    with mounted(folder, "-t", "tmpfs", "-o", "size=64k", "tmpfs"):
        done = project.snakemake(METRICS, check=False)
        assert done.returncode != 0
        assert "No space left on device" in done.stdout
        assert "failed: " in done.stdout
        assert half_written(project) == []
        subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)
        project.snakemake(METRICS)
        assert digest(project) == expected


def test_a_read_only_results_folder_is_named(project):
    folder = project.path / "results"
    with mounted(folder, "-t", "tmpfs", "-o", "ro", "tmpfs"):
        done = project.snakemake(METRICS, check=False)
    assert done.returncode != 0
    assert "Read-only file system" in done.stdout
    assert "results" in done.stdout


def failure(done):
    """What is said of the one failed job."""
    assert done.returncode != 0
    assert done.stdout.count("failed: ") == 1
    return done.stdout.split("failed: ")[1]


def test_a_missing_package_is_named(project):
    shadow = project.path / "workflow/safetensors.py"
    shadow.write_text("raise ModuleNotFoundError(\"No module named 'safetensors'\")\n")
    done = project.snakemake(METRICS, check=False)
    assert "No module named 'safetensors'" in done.stdout
    assert "fit_corrections (group=dry--noisy, model=known, method=" in done.stdout


def test_a_lost_network_is_named(project, monkeypatch):
    project.configure(models=["mtt_vgg"])
    unreachable = "http://127.0.0.1:9"
    for name, value in {
        **dict.fromkeys(["HTTP_PROXY", "HTTPS_PROXY", "PIP_INDEX_URL"], unreachable),
        **{"PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0"},
    }.items():
        monkeypatch.setenv(name, value)
    wheel = "results/weights/musicnn-0.1.0-py3-none-any.whl"
    said = failure(project.snakemake(wheel, check=False))
    assert said.startswith("fetch_weights (file=musicnn")
    assert "check pip's index and the network" in said
    assert not (project.path / wheel).exists()
    assert half_written(project) == []


def test_a_job_killed_for_want_of_memory_is_named_with_its_log(project, expected):
    script = project.path / "workflow/scripts/match_samples.py"
    code = script.read_text()
    killed = code.replace(
        "    clips = {", "    import os; os.kill(os.getpid(), 9)\n    clips = {", 1
    )
    assert killed != code
    script.write_text(killed)
    said = failure(project.snakemake(METRICS, check=False))
    assert said.startswith("match_samples (group=dry--noisy, model=known)")
    assert "logs/test/match_samples/dry--noisy/known.log" in said
    assert "no error: the job was killed, most often for want of memory" in said
    script.write_text(code)
    project.snakemake(METRICS)
    assert digest(project) == expected


def test_bad_input_is_named_with_the_last_line_of_the_log(project):
    table = project.path / "dry/clips.csv"
    table.write_text(table.read_text().replace("path,", "file,", 1))
    said = failure(project.snakemake(METRICS, check=False))
    assert said.startswith("index_corpus (corpus=dry)")
    assert "error: dry/clips.csv: column 'path' is missing" in said


def test_an_interrupt_ends_the_jobs_and_unlocks(project, expected):
    with running(project, METRICS) as snakemake:
        while not jobs_of(project):
            time.sleep(0.1)
        os.kill(snakemake.pid, signal.SIGTERM)
        snakemake.wait(600)
        assert jobs_of(project) == []
    project.snakemake(METRICS)
    assert digest(project) == expected

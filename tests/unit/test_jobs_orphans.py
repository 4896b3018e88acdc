"""What ends the jobs of a killed run, and nothing else."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from audio_debias.errors import InputError
from audio_debias.jobs import notes
from audio_debias.jobs.orphans import end_orphans

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def started(request):
    """Start a process; one that is still there at the end is ended."""
    processes = []

    def start(command, **options):
        processes.append(subprocess.Popen(command, **options))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def note(folder, pid, began=None):
    path = folder / notes.NOTES / notes.this_process().replace(str(os.getpid()), str(pid))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(notes.started(pid) if began is None else began)
    return path


def ends(process):
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        return False
    return True


def test_a_noted_job_without_its_snakemake_is_ended(tmp_path, started):
    process = started(SLEEP, cwd=tmp_path)
    path = note(tmp_path, process.pid)
    end_orphans(tmp_path)
    assert ends(process)
    assert not path.exists()


def test_a_process_that_only_looks_like_a_job_is_left_alone(tmp_path, started):
    script = tmp_path / ".snakemake/scripts/tmp1.fit.py"
    script.parent.mkdir(parents=True)
    script.write_text("x")
    pager = started(["tail", "-f", str(script)], cwd=tmp_path, stdout=subprocess.DEVNULL)
    end_orphans(tmp_path)
    assert not ends_soon(pager)


def ends_soon(process):
    time.sleep(0.3)
    return process.poll() is not None


@pytest.mark.parametrize("began", ["", "0 1", "[" * 1000])
def test_a_later_process_of_a_noted_number_is_left_alone(tmp_path, started, began):
    process = started(SLEEP, cwd=tmp_path)
    path = note(tmp_path, process.pid, began=began)
    end_orphans(tmp_path)
    assert not ends_soon(process)
    assert not path.exists()


def test_a_job_whose_snakemake_lives_is_left_alone(tmp_path, started):
    program = tmp_path / "snakemake"
    program.write_text(f"import subprocess; subprocess.run({SLEEP!r})")
    snakemake = started([sys.executable, str(program)], cwd=tmp_path)
    children = f"/proc/{snakemake.pid}/task/{snakemake.pid}/children"
    while not (found := Path(children).read_text().split()):
        time.sleep(0.05)
    note(tmp_path, int(found[0]))
    end_orphans(tmp_path)
    assert not ends_soon(snakemake)
    os.kill(int(found[0]), 9)


def test_a_note_of_another_machine_or_of_nobody_harms_none(tmp_path):
    for name in ("elsewhere.1", "odd", f"{notes.this_process()}x"):
        (tmp_path / notes.NOTES).mkdir(parents=True, exist_ok=True)
        (tmp_path / notes.NOTES / name).touch()
    end_orphans(tmp_path)
    end_orphans(tmp_path / "not there")


def test_a_note_that_is_no_file_is_not_read(tmp_path, started):
    process = started(SLEEP, cwd=tmp_path)
    path = note(tmp_path, process.pid)
    path.rename(tmp_path / "real")
    path.symlink_to(tmp_path / "real")
    end_orphans(tmp_path)
    assert not ends_soon(process)
    path.unlink()
    os.mkfifo(path)
    end_orphans(tmp_path)
    assert not ends_soon(process)


def test_a_parent_that_may_not_be_read_is_no_snakemake(tmp_path, started, monkeypatch):
    def denied(process):
        raise psutil.AccessDenied(process.pid)

    process = started(SLEEP, cwd=tmp_path)
    note(tmp_path, process.pid)
    monkeypatch.setattr(psutil.Process, "cmdline", denied)
    end_orphans(tmp_path)
    assert ends(process)


def test_a_job_whose_run_has_ended_does_not_begin(tmp_path, monkeypatch):
    ended = subprocess.Popen(["true"])
    ended.wait()
    name = notes.this_process().replace(str(os.getpid()), str(ended.pid))
    monkeypatch.setenv("AUDIO_DEBIAS_OWNER", name)
    with pytest.raises(InputError, match="has ended"), notes.noted(tmp_path):
        pass
    notes.own_jobs()
    with notes.noted(tmp_path):
        assert [path.name for path in (tmp_path / notes.NOTES).iterdir()] == [notes.this_process()]
    assert not list((tmp_path / notes.NOTES).iterdir())

"""Which processes work in a folder, and for whom: what tells a job from an orphan."""

import contextlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from audio_debias.errors import InputError

NOTES = Path(".snakemake", "audio_debias_jobs")
"""Where jobs note themselves, below the folder that they work in."""

_OWNER = "AUDIO_DEBIAS_OWNER"


def own_jobs() -> None:
    """Let the jobs that are started from here know this process as theirs."""
    os.environ[_OWNER] = this_process()


def this_process() -> str:
    """This machine's name and the process's number."""
    return f"{socket.gethostname()}.{os.getpid()}"


def pid_on_this_machine(name: str) -> int | None:
    """The number of a process of this machine that :func:`this_process` named."""
    host, _, pid = name.rpartition(".")
    return int(pid) if host == socket.gethostname() and pid.isdecimal() else None


def started(pid: int) -> str:
    """When a process of this machine began: the boot, and the clock ticks since then.

    Empty where there is no ``/proc``.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        # The second field, the program's name, may hold blanks and brackets.
        ticks = Path("/proc", str(pid), "stat").read_text(errors="replace").rpartition(")")[2]
        return f"{boot} {ticks.split()[19]}"
    except (OSError, IndexError):
        return ""


@contextmanager
def noted(folder: str | Path = ".") -> Iterator[None]:
    """Note this process for the time that it works in `folder`.

    Raises
    ------
    InputError
        If the process that started it has ended: nobody waits for what it would write.
    """
    owner = pid_on_this_machine(os.environ.get(_OWNER, ""))
    if owner is not None and not Path("/proc").is_dir():
        owner = None
    if owner is not None and not Path("/proc", str(owner)).exists():
        raise InputError("the run that started this job has ended; run again")
    note = Path(folder, NOTES, this_process())
    with contextlib.suppress(OSError):  # without a note it is only never ended
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(started(os.getpid()), encoding="utf-8")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            note.unlink()

"""Jobs whose Snakemake was killed: still at work, they would write into the next run.

A job notes its process id and when it began while it works; only processes so noted are ever ended.
"""

import contextlib
from pathlib import Path

import psutil

from audio_debias.jobs.notes import NOTES, pid_on_this_machine, started


def end_orphans(folder: str | Path) -> None:
    """End the jobs of this machine that a killed Snakemake left at work in `folder`."""
    for note in Path(folder, NOTES).glob("*"):
        pid = pid_on_this_machine(note.name)
        if pid is None or note.is_symlink() or not note.is_file():
            continue
        # One that ends meanwhile is no fault, nor one of another user.
        with contextlib.suppress(OSError, psutil.Error):
            process = _process(pid, note)
            if process is None:
                note.unlink()
            elif not any(_is_snakemake(parent) for parent in process.parents()):
                process.kill()
                note.unlink()


def _process(pid: int, note: Path) -> psutil.Process | None:
    """The process that wrote the note, not a later one of that number."""
    try:
        process = psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None
    if (began := started(pid)) and began != note.read_text(encoding="utf-8", errors="replace"):
        return None
    return process if process.create_time() <= note.stat().st_mtime + 1 else None


def _is_snakemake(process: psutil.Process) -> bool:
    # Snakemake is of the user whose jobs it runs: what cannot be read is none.
    with contextlib.suppress(psutil.AccessDenied):
        return any(
            argument.endswith(("snakemake", "snakemake/__main__.py"))
            for argument in process.cmdline()
        )
    return False

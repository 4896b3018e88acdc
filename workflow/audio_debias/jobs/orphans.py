"""Jobs whose Snakemake was killed: still at work, they would write into the next run."""

import contextlib
from pathlib import Path

import psutil


def end_orphans(folder: str | Path) -> None:
    """End the jobs that a killed Snakemake left at work in `folder`."""
    for process in psutil.process_iter(["cwd", "cmdline"]):
        if process.info["cwd"] == str(folder) and _is_job(process.info["cmdline"]):
            # One that ends meanwhile is no fault.
            with contextlib.suppress(psutil.NoSuchProcess):
                if not any(_is_snakemake(parent) for parent in process.parents()):
                    process.kill()


def _is_job(command: list[str] | None) -> bool:
    return any("/.snakemake/scripts/" in argument for argument in command or [])


def _is_snakemake(process: psutil.Process) -> bool:
    return any(
        argument.endswith(("snakemake", "snakemake/__main__.py")) for argument in process.cmdline()
    )

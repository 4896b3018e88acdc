# What holds for every rule, and what happens around the jobs: failures, a killed run.
import contextlib
import hashlib
import time

import psutil
import yaml


def pinned_versions(path):
    """A hash of what an environment file asks for."""
    return hashlib.sha256(repr(yaml.safe_load(path.read_bytes())).encode()).hexdigest()[:12]


# Snakemake compares scripts by their time stamp, which a fresh clone sets anew, does not look at
# what they import, and compares environments only if it made them itself. All three are params
# here, and the profiles leave out its own trigger. A checksum, not the code that fetched it, says
# whether a download is right: no edit fetches gigabytes again.
for each in workflow.rules:
    if each.script and each.name not in ("fetch", "fetch_weights"):
        folder = Path(workflow.basedir, "workflow/rules")
        each.set_params(
            code=script_fingerprint((folder / each.script).resolve()),
            environment=pinned_versions(folder / each.conda_env),
        )


def end_orphans():
    """End the jobs that a killed Snakemake left at work in this folder: they would write into
    the results of this run."""
    for process in psutil.process_iter(["cwd", "cmdline"]):
        if process.info["cwd"] == os.getcwd() and is_job(process.info["cmdline"]):
            # One that ends meanwhile is no fault.
            with contextlib.suppress(psutil.NoSuchProcess):
                if not any(is_snakemake(parent) for parent in process.parents()):
                    process.kill()


def is_job(command):
    return any("/.snakemake/scripts/" in argument for argument in command or [])


def is_snakemake(process):
    return any(
        argument.endswith(("snakemake", "snakemake/__main__.py")) for argument in process.cmdline()
    )


def is_done(job, start):
    """Whether a member of a failed group had come to its end: its log says so in the last line."""
    logs = [path for path in map(Path, job.log) if path.is_file() and path.stat().st_mtime > start]
    return any(" done in " in path.read_text(errors="replace")[-30:] for path in logs)


def describe_failure(job, start):
    """The rule of a failed job, its wildcards, its log and the last line of that."""
    wildcards = ", ".join(f"{name}={value}" for name, value in job.wildcards_dict.items())
    described = f"failed: {job.rule.name}" + (f" ({wildcards})" if wildcards else "")
    for path in map(Path, job.log):
        if not path.is_file() or path.stat().st_mtime < start:
            last = "nothing: the job ended before its first line; what it printed stands above"
        else:
            lines = path.read_text(errors="replace").split("\n")
            last = next((line for line in reversed(lines) if line.strip()), "empty")
            if "error:" not in last:
                last += "\n  no error: the job was killed, most often for want of memory or time"
        described += f"\n  log: {path}\n  last line: {last}"
    return described


STARTED = time.time()


onstart:
    end_orphans()


onerror:
    failed = workflow.scheduler.failed
    for job in [job for one in failed for job in getattr(one, "jobs", [one])]:
        if not is_done(job, STARTED):
            print(describe_failure(job, STARTED), file=sys.stderr)

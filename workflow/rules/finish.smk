# What happens after the last job.
import subprocess

import yaml


def write_report():
    """Make the report of a finished run, unless there is nothing new to report."""
    target = Path(f"{RUN}/report.html")
    shown = [Path(path) for path in [*FIGURES, *rules.table.output, *rules.exclusions.output]]
    if not all(path.exists() for path in shown):
        return
    newest = max(path.stat().st_mtime for path in shown)
    if target.exists() and target.stat().st_mtime >= newest:
        return
    settings = f"{RUN}/config.yaml"
    with open(settings, "w") as file:
        yaml.safe_dump(config, file, sort_keys=False)
    command = [sys.executable, "-m", "snakemake", "--snakefile", workflow.main_snakefile]
    command += ["--configfile", settings, "--report", target]
    subprocess.run(command, check=True)


onsuccess:
    write_report()

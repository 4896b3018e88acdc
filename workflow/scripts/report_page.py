import subprocess
import sys
from pathlib import Path

import yaml

from audio_debias.files import replacing
from audio_debias.jobs.log import job

inputs, output = list(snakemake.input), snakemake.output
snakefile = Path(snakemake.scriptdir).resolve().parent / "Snakefile"
with job(snakemake.log[0], shown=len(inputs)):
    with replacing(output.config) as path:
        Path(path).write_text(yaml.safe_dump(snakemake.params.config, sort_keys=False))
    with replacing(output.page) as path:
        command = [sys.executable, "-m", "snakemake", "--snakefile", snakefile]
        command += [
            "--configfile",
            output.config,
            "--replace-workflow-config",
            "--report",
            path,
            "--",
            *inputs,
        ]
        with open(snakemake.log[0], "a") as log:
            subprocess.run(command, check=True, stdout=log, stderr=log)

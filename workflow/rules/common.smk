# What all rules share: the checked experiment, the names of files, and look-ups for params.
import functools
import itertools
import os
import sys
from pathlib import Path

# The library is that of this checkout, here and in the scripts of any environment.
sys.path.insert(0, f"{workflow.basedir}/workflow")

from audio_debias import lend_to_subprocesses
from audio_debias.experiment.config import (
    GENRE_METHODS,
    KERNEL_METHODS,
    SHARED_RULES,
    clip_csv,
    load_experiment,
    read_yaml,
    weights_of,
)
from audio_debias.errors import InputError
from audio_debias.fetching.checksums import file_digest
from audio_debias.fetching.local import local_path
from audio_debias.jobs.code import fingerprint, script_fingerprint

lend_to_subprocesses()
try:
    EXPERIMENT = load_experiment(config, Path(workflow.basedir))
except InputError as error:
    raise WorkflowError(str(error))

PUBLISHED_FILES = read_yaml(Path(workflow.basedir, "resources/published/files.yaml"))
# The captions' texts: a report with others is another report.
CAPTIONS = [
    path.read_text(encoding="utf-8")
    for path in sorted(Path(workflow.basedir, "workflow/report").glob("*.rst"))
]
RUN = f"results/{config['run']}"
CLIPS = "results/corpora/{corpus}/clips.parquet"
EMBEDDINGS = "results/embeddings/{model}/{corpus}.parquet"
CELL = "{pair}/{model}/{cell}"
LOGS = "logs"
BENCHMARKS = "logs/benchmarks"


wildcard_constraints:
    corpus="[A-Za-z0-9_]+",
    model="[A-Za-z0-9_]+",
    pair="[A-Za-z0-9_]+--[A-Za-z0-9_]+",
    cell=r"[a-z]+-(any|global|classwise)(@\d+)?",
    pool="all_but_[A-Za-z0-9_]+",
    mode="global|classwise",
    repeat=r"\d+",
    shard=r"\d+",


# Every (pair, model, method-mode) of the experiment, and the "pair/model" they are sampled for.
CELLS = list(itertools.product(EXPERIMENT.pairs, EXPERIMENT.models, EXPERIMENT.cells))
KERNEL_CELLS = [cell for cell in CELLS if cell[2].split("-")[0] in KERNEL_METHODS]
SAMPLES = list(dict.fromkeys(f"{pair}/{model}" for pair, model, _ in CELLS))

# A single direction is compared with the classifier of the same space, uncorrected.
UNCORRECTED = {"lda": "none", "klda": "k"}
DIRECTIONS = [
    {
        "pair": pair,
        "model": model,
        "method": cell.split("-")[0],
        "mode": cell.split("-")[1],
        "space": "linear" if cell.startswith("lda") else "kernel",
    }
    for pair, model, cell in CELLS
    if UNCORRECTED.get(cell.split("-")[0]) in config["methods"]
]


def growing(amount):
    """A resource of a rule: `amount`, and as much again at each further attempt."""
    return lambda wildcards, attempt: attempt * amount

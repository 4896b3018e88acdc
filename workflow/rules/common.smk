# What all rules share: the checked experiment, the names of files, and look-ups for params.
import itertools
import os
import sys
from pathlib import Path

# Scripts, and the jobs of any executor, import the library from this checkout.
LIBRARY = f"{workflow.basedir}/workflow"
sys.path.insert(0, LIBRARY)
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [LIBRARY, os.environ.get("PYTHONPATH")]))

from audio_debias.config import GENRE_METHODS, KERNEL_METHODS, load_experiment
from audio_debias.errors import InputError
from audio_debias.fingerprint import fingerprint

try:
    EXPERIMENT = load_experiment(config, Path(workflow.basedir))
except InputError as error:
    raise WorkflowError(str(error))

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
    cell="[a-z]+-(any|global|classwise)",
    mode="global|classwise",
    shard=r"\d+",


def corpus_spec(wildcards):
    return EXPERIMENT.corpora[wildcards.corpus]


def model_spec(wildcards):
    return EXPERIMENT.models[wildcards.model]


def of_pair(template):
    """An input function: the file of each corpus of the pair, in order."""

    def files(wildcards):
        return [
            template.format(**{**wildcards, "corpus": corpus})
            for corpus in wildcards.pair.split("--")
        ]

    return files


# Every (pair, model, method-mode) of the experiment, and the "pair/model" they are sampled for.
CELLS = list(itertools.product(EXPERIMENT.pairs, EXPERIMENT.models, EXPERIMENT.cells))
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


def cell_files(template):
    """The file of every cell, in the order of `CELLS`."""
    return [template.format(pair=pair, model=model, cell=cell) for pair, model, cell in CELLS]


def kernel_options(wildcards):
    """The kernel's options, for the methods that have a kernel: others need not run again."""
    return {"kernel": config["kernel"]["map"]} if method(wildcards) in KERNEL_METHODS else None


def direction_options(wildcards):
    """How to treat lonely genres, for the methods with a direction a genre."""
    return config["directions"] if method(wildcards) in GENRE_METHODS else None


def method(wildcards):
    return wildcards.cell.split("-")[0]

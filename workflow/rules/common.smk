# What all rules share: the checked experiment, the names of files, and look-ups for params.
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
# Methods with one direction, and the method whose classifiers lie in the same space uncorrected.
DIRECTION_METHODS = {
    corrected: uncorrected
    for corrected, uncorrected in (("lda", "none"), ("klda", "k"))
    if {corrected, uncorrected} <= set(config["methods"])
}
LOGS = "logs"
BENCHMARKS = "logs/benchmarks"


wildcard_constraints:
    corpus="[A-Za-z0-9_]+",
    model="[A-Za-z0-9_]+",
    pair="[A-Za-z0-9_]+--[A-Za-z0-9_]+",
    cell="[a-z]+-(any|global|classwise)",
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


def every_cell(template, methods=config["methods"]):
    """The file of every pair, model, method and mode of the experiment."""
    return expand(
        template,
        pair=EXPERIMENT.pairs,
        model=EXPERIMENT.models,
        cell=[cell for cell in EXPERIMENT.cells if cell.split("-")[0] in methods],
    )


def kernel_options(wildcards):
    """The kernel's options, for the methods that have a kernel: others need not run again."""
    return {"kernel": config["kernel"]["map"]} if method(wildcards) in KERNEL_METHODS else None


def direction_options(wildcards):
    """How to treat lonely genres, for the methods with a direction a genre."""
    return config["directions"] if method(wildcards) in GENRE_METHODS else None


def method(wildcards):
    return wildcards.cell.split("-")[0]

# What all rules share: the checked experiment, the names of files, and look-ups for params.
import functools
import os
import re
import sys

from audio_debias import lend_to_subprocesses
from audio_debias.errors import InputError
from audio_debias.experiment.config import SHARED_RULES, load_experiment
from audio_debias.experiment.definitions import clip_csv, weights_of
from audio_debias.experiment.yaml_files import read_yaml
from audio_debias.fetching.local import local_path
from audio_debias.jobs.code import (
    class_fingerprint,
    plugin_fingerprint,
    remember_in,
    script_fingerprint,
)
from audio_debias.plugins import ERASERS, KINDS, READERS

lend_to_subprocesses()
remember_in(Path(".snakemake/audio_debias/sources.json").resolve())
try:
    for file in workflow.configfiles:
        read_yaml(Path(file))
    EXPERIMENT = load_experiment(config, PROJECT)
except InputError as error:
    raise WorkflowError(str(error))

PUBLISHED_FILES = read_yaml(PROJECT / "resources/published/files.yaml")
RUN = f"results/{config['run']}"
REPEAT = f"{RUN}/repeats/{{seed}}"
CLIPS = "results/corpora/{corpus}/clips.parquet"
EMBEDDINGS = "results/embeddings/{model}/{corpus}.parquet"
CELL = "{pair}/{model}/{method}-{mode}"
FIT = "{group}/{model}/{method}-{mode}"
# What models, methods, corpora, pairs and groups of corpora are called in what people read.
TITLES = {
    name: spec["title"]
    for definitions in (EXPERIMENT.models, EXPERIMENT.corpora)
    for name, spec in definitions.items()
}
TITLES |= {method.name: method.title for method in EXPERIMENT.methods.values()}
TITLES |= {f"all_but_{name}": f"All but {TITLES[name]}" for name in EXPERIMENT.corpora}
TITLES |= {
    name: " and ".join(TITLES[one] for one in pair.corpora)
    for name, pair in EXPERIMENT.pairs.items()
}
TITLES["all"] = "All corpora"


def one_of(names):
    """A wildcard constraint: one of these names."""
    return "|".join(map(re.escape, names)) or "(?!)"


wildcard_constraints:
    corpus=one_of(EXPERIMENT.corpora),
    pool=one_of(EXPERIMENT.pools),
    pair=one_of(EXPERIMENT.pairs),
    group=one_of(EXPERIMENT.groups),
    model=one_of(EXPERIMENT.models),
    network=one_of(EXPERIMENT.networks),
    method=one_of(EXPERIMENT.methods),
    mode=one_of(["any", *config["modes"]]),
    seed=r"\d+",
    shard=r"\d+",


def logs(rule, job=""):
    """The log of a rule's jobs, each called after its wildcards `job`."""
    return f"logs/{job_name(rule, job)}.log"


def benchmarks(rule, job=""):
    """The benchmark of a rule's jobs, each called after its wildcards `job`."""
    return f"logs/benchmarks/{job_name(rule, job)}.tsv"


def job_name(rule, job):
    run = None if rule in SHARED_RULES else config["run"]
    return "/".join(filter(None, [run, rule, job]))


def growing(amount):
    """A resource of a rule: `amount`, and as much again at each further attempt."""
    return lambda wildcards, attempt: attempt * amount


def files_of(template, cells):
    """The file of every cell, in order."""
    return [template.format(**cell.names, seed=cell.seed) for cell in cells]


def corpus_spec(wildcards):
    return sorted_keys(EXPERIMENT.corpora[wildcards.corpus])


def model_spec(wildcards):
    return sorted_keys(EXPERIMENT.models[wildcards.model])


def sorted_keys(value):
    """The same with the keys of all mappings sorted: their order in a file reruns nothing."""
    if isinstance(value, dict):
        return {key: sorted_keys(value[key]) for key in sorted(value)}
    return value


def local_copy(wildcards):
    """The file that `local:` gives: when it changes, it is verified again."""
    local = config["local"].get(wildcards.file)
    return str(local_path(local)) if local else []


def unpacked(file):
    """The folder that `local:` gives for an archive, if it does."""
    local = config["local"].get(file)
    folder = local and local_path(local)
    return str(folder) if folder and folder.is_dir() else None

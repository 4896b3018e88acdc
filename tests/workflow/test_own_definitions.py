"""Corpora, models, methods and plug-ins of one's own, in one's own folder beside the checkout."""

import shutil

import pandas as pd
import pytest
import yaml

from projects import ROOT, add_experiment

READER = """
from audio_debias.corpora.readers import table


def read(root, *, labels, genres, options):
    return table.read(root, labels=labels, genres=genres, options=options)
"""
KIND = """
from audio_debias.models.kinds import precomputed


def load(spec, *weights):
    return precomputed.load(spec, *weights)
"""
ERASER = """
import numpy as np

OPTIONS = {}


def directions(x, domain, *, y=None, genre=None, seed=0):
    return np.diff([x[domain == 0].mean(0), x[domain == 1].mean(0)], axis=0)
"""
METHOD = {"title": "Mine", "description": "mine", "citation": "made by the tests"}


@pytest.fixture
def project(tmp_path):
    """An experiment in a folder of its own; the workflow is that of the checkout."""
    path = tmp_path / "own"
    path.mkdir()
    shutil.copy(ROOT / "config.yaml", path)
    project = add_experiment(path)
    project.add = lambda kind, name, code: add(project, kind, name, code)
    run = project.snakemake
    snakefile = ("--snakefile", str(ROOT / "workflow/Snakefile"))
    project.snakemake = lambda *arguments, **options: run(*snakefile, *arguments, **options)
    return project


def add(project, kind, name, code):
    """Write a plug-in of one's own."""
    path = project.path / f"resources/{kind}/{name}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(code)


def redefine(project, kind, name, /, **changes):
    """Change keys of a definition."""
    path = project.path / f"resources/{kind}/{name}.yaml"
    project.define(kind, name, **{**yaml.safe_load(path.read_text()), **changes})


METRICS = ["--", "results/test/metrics.parquet"]
FITTED = {"fit_corrections": 2, "run_transfers": 2, "metrics": 1}
EXTRACTED = {"extract": 2, "merge_embeddings": 2, "match_samples": 1, **FITTED}
INDEXED = {"index_corpus": 1, **EXTRACTED, "extract": 1, "merge_embeddings": 1}


@pytest.mark.slow
def test_an_edit_of_an_own_plugin_runs_exactly_what_it_touches(project):
    project.add("readers", "mine", READER)
    project.add("kinds", "mine", KIND)
    project.add("erasers", "mean_2", ERASER)
    project.define("methods", "Mine_2", name="Mine_2", eraser="mean_2", space="linear", **METHOD)
    # The table of another reader is not counted: about how many clips it has is said.
    redefine(project, "corpora", "dry", reader="mine", clips=64)
    redefine(project, "models", "known", kind="mine")
    project.configure(methods=["none", "Mine_2"], extraction={"shard_clips": 100})
    project.snakemake(*METRICS)
    metrics = pd.read_parquet(project.results("metrics.parquet"))
    assert set(metrics["method"]) == {"none", "Mine_2"}
    assert metrics["roc_auc"].notna().all()
    assert project.planned(*METRICS) == {}
    names = {"readers": "mine", "kinds": "mine", "erasers": "mean_2"}
    for (kind, name), code in zip(names.items(), (READER, KIND, ERASER), strict=True):
        project.add(kind, name, code + "\n# Why.\n")
    assert project.planned(*METRICS) == {}
    project.add("erasers", "mean_2", ERASER + "\nSPARE = 1\n")
    one_cell = {"fit_corrections": 1, "run_transfers": 1, "metrics": 1}
    assert project.planned(*METRICS) == one_cell
    project.add("erasers", "mean_2", ERASER)
    project.add("kinds", "mine", KIND + "\nSPARE = 1\n")
    assert project.planned(*METRICS) == EXTRACTED
    project.add("kinds", "mine", KIND)
    project.add("readers", "mine", READER + "\nSPARE = 1\n")
    assert project.planned(*METRICS) == INDEXED


def test_an_own_definition_goes_before_the_checkouts_of_that_name(project):
    project.define("methods", "lda", name="lda", eraser="meann", space="linear", **METHOD)
    project.add("erasers", "mean", ERASER)
    done = project.snakemake("--dry-run", check=False)
    assert done.returncode != 0
    said = "resources/methods/lda.yaml: eraser: unknown name 'meann'; did you mean 'mean'?"
    assert said in done.stdout


@pytest.mark.parametrize("eraser", ["sklearn:", "sklearn.decomposition:a b", ":PCA", "a..b:C"])
def test_an_eraser_that_is_no_class_is_refused(project, eraser):
    project.define("methods", "mine", name="mine", eraser=eraser, space="linear", **METHOD)
    project.configure(methods=["none", "mine"])
    done = project.snakemake("--dry-run", check=False)
    assert f"resources/methods/mine.yaml: eraser: is {eraser!r}" in done.stdout

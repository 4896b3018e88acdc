"""Corrections fitted on all corpora, or on all but the tested one."""

import numpy as np
import pandas as pd
import pytest

from audio_debias.corrections.per_label import LABEL_FREE
from audio_debias.corrections.store import load_corrections
from projects import GENRES, LABELS, write_corpus, write_embeddings

pytestmark = pytest.mark.slow


@pytest.fixture
def three(project):
    (project.path / "third").mkdir()
    write_corpus(project.path / "third", "third_", 3)
    project.define(
        "corpora",
        "third",
        title="Third",
        reader="table",
        root="third",
        options={"csv": "clips.csv"},
        labels=list(LABELS),
        genres=list(GENRES),
        licence={"name": "CC0"},
        citation="made by the tests",
    )
    write_embeddings(project.path / "known.npz", ("dry_", "noisy_", "third_"))
    project.configure(corpora=["dry", "noisy", "third"], methods=["none", "mean"])
    return project


def test_one_correction_serves_all_corpora(three):
    three.configure(directions={"fit_on": "all"}, methods=["none", "mean", "zscore_unlabelled"])
    three.snakemake("results/test/metrics.parquet")
    path = three.results("corrections/all/known/mean-global.safetensors")
    corrections, _ = load_corrections(path)
    assert corrections[LABEL_FREE].domains_ == ("dry", "noisy", "third")
    assert corrections["flute"].erasers_[0].rank == 2
    unlabelled, _ = load_corrections(path.with_name("zscore_unlabelled-any.safetensors"))
    assert len({id(one) for one in unlabelled.values()}) == 1
    assert len(unlabelled["flute"].erasers_) == 3
    bias = pd.read_parquet(three.results("bias.parquet"))
    mean = bias[bias["method"] == "mean"]
    assert len(mean) == 3 * 2 * 2  # pairs, labels, train corpora
    assert (mean["distance_after"] < 0.2 * mean["distance_before"]).all()


def test_a_correction_may_be_fitted_without_the_tested_corpus(three):
    three.configure(directions={"fit_on": "others"}, methods=["none", "mean", "zscore"])
    refused = three.snakemake("results/test/metrics.parquet", check=False)
    assert "zscore moves each corpus on its own" in refused.stdout
    three.configure(methods=["none", "mean"])
    three.snakemake("results/test/metrics.parquet")
    folder = three.results("corrections")
    assert sorted(path.name for path in folder.iterdir()) == [
        "all_but_dry",
        "all_but_noisy",
        "all_but_third",
    ]
    metrics = pd.read_parquet(three.results("metrics.parquet"))
    assert np.isfinite(metrics["roc_auc"].astype(float)).all()

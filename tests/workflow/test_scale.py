"""The chain after extraction with 200,000 clips, and a plan of thousands of jobs."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from audio_debias.corpora.clips import validate_clips, write_clips, write_dropped
from audio_debias.models.embeddings import SKIPPED_COLUMNS, write_embeddings, write_skipped

pytestmark = pytest.mark.slow

CLIPS = 100_000
"""In each of the two corpora."""
DIM = 64


def write_results(project, corpus, shift):
    """What extraction would leave: labels in one half of the axes, the corpus in the other."""
    rng = np.random.default_rng(shift)
    ids = [f"{corpus}{index:06d}" for index in range(CLIPS)]
    truth = rng.random((CLIPS, 2)) < 0.5
    clips = pd.DataFrame({"clip_id": ids, "path": None, "seconds": 1.0, "track_id": None})
    clips["split"] = np.where(np.arange(CLIPS) % 4 == 3, "test", "train")
    clips["genre"] = np.where(rng.random(CLIPS) < 0.5, "pop_rock", "classical")
    for column, label in enumerate(("flute", "violin")):
        clips[label] = pd.array(truth[:, column], dtype="boolean")
    values = rng.normal(size=(CLIPS, DIM)).astype(np.float32)
    values[:, : DIM // 2] += 0.3 * truth[:, :1]
    values[:, DIM // 4 : DIM // 2] += 0.3 * truth[:, 1:]
    values[:, DIM // 2 :] += shift
    folder = project.path / "results"
    nobody = pd.DataFrame(columns=SKIPPED_COLUMNS)
    clips = validate_clips(
        clips, ["flute", "violin"], ["classical", "pop_rock"], source="synthetic"
    )
    write_clips(clips, folder / f"corpora/{corpus}/clips.parquet")
    write_dropped(nobody, folder / f"corpora/{corpus}/dropped.csv")
    write_embeddings(folder / f"embeddings/known/{corpus}.parquet", ids, values, {"model": "known"})
    write_skipped(folder / f"embeddings/known/{corpus}.skipped.csv", nobody)


def test_the_chain_after_extraction_takes_200_000_clips(project):
    for shift, corpus in enumerate(("dry", "noisy")):
        write_results(project, corpus, shift)
    project.configure(classifier={"C": [0.01, 1.0]})
    planned = project.planned("--", "results/test/metrics.parquet")
    assert planned == {"match_samples": 1, "fit_corrections": 2, "run_transfers": 2, "metrics": 1}
    project.snakemake("results/test/metrics.parquet")
    metrics = pd.read_parquet(project.results("metrics.parquet"))
    assert metrics["support"].gt(10_000).all()
    assert metrics["roc_auc"].gt(0.7).all()
    peak = pd.concat(
        pd.read_csv(path, sep="\t") for path in project.path.glob("logs/benchmarks/test/**/*.tsv")
    )["max_rss"].max()
    assert peak < 2000, "MiB, what the rules ask for"


def test_ten_thousand_jobs_are_planned_in_a_minute_or_two(tmp_path):
    source = Path(__file__).resolve().parents[2] / "benchmarks/planning.py"
    spec = importlib.util.spec_from_file_location("planning", source)
    planning = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(planning)
    planning.make_project(tmp_path, clips=1_000_000, shard_clips=2500)
    jobs, seconds, _ = planning.plan(tmp_path)
    assert jobs["extract"] == 8 * 50 * 10
    assert jobs["run_transfers"] == 28 * 10 * (2 + 4 * 2)
    assert seconds < 240

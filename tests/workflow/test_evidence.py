"""The evidence of a real run: tables that keep their contract, sentences, controls."""

import json
import re

import pandas as pd
import pytest

UNCERTAINTY = {"resamples": 200}


def test_a_run_gives_intervals_adversaries_and_findings(finished):
    intervals = pd.read_parquet(finished.results("intervals.parquet"))
    metrics = pd.read_parquet(finished.results("metrics.parquet"))
    keys = ["pair", "model", "method", "mode", "train_corpus", "test_corpus", "label"]
    both = metrics.merge(intervals, on=keys, validate="one_to_one")
    assert len(both) == len(metrics)
    assert both["auc"].astype(float).tolist() == both["roc_auc"].astype(float).tolist()
    adversaries = pd.read_parquet(finished.results("adversaries.parquet"))
    methods = ("none", "lda", "mlda", "k")
    assert adversaries["method"].value_counts().to_dict() == dict.fromkeys(methods, 3 * 2)
    linear = adversaries[adversaries["adversary"] == "linear"].set_index("method")
    # Two standard deviations along eight axes.
    assert linear.loc["none", "auc_before"].gt(0.95).all()
    page = finished.results("findings.md").read_text()
    found = json.loads(finished.results("findings.json").read_text())
    assert {"told_apart", "drops", "corrections", "verdicts"} <= {one["kind"] for one in found}
    assert all(one["text"] in page for one in found)


@pytest.mark.slow
def test_further_training_samples_and_controls_are_run_on_demand(project):
    project.configure(
        methods=["none", "k"], uncertainty=UNCERTAINTY | {"seeds": 2}, controls={"draws": 3}
    )
    project.snakemake("results/test/findings.md")
    intervals = pd.read_parquet(project.results("intervals.parquet"))
    assert intervals["sd_training"].notna().all()
    # All clips of either corpus are sampled; the kernel map alone is drawn anew.
    assert (intervals.loc[intervals["method"] == "none", "sd_training"] == 0).all()
    assert (intervals.loc[intervals["method"] == "k", "sd_training"] > 0).any()
    found = json.loads(project.results("findings.json").read_text())
    controls = [one for one in found if one["kind"] == "controls"]
    assert len(controls) == 4 + 3  # transfers, adversaries
    assert "training_share" in {one["kind"] for one in found}


@pytest.mark.slow
def test_a_method_at_a_strength_is_a_point_of_its_curve(project):
    project.configure(methods=["none", "mean", "mean@0.5", "lda"], uncertainty=UNCERTAINTY)
    project.snakemake("results/test/figures/strength/dry--noisy.svg", "results/test/index.html")
    table = pd.read_parquet(project.results("strength.parquet"))
    assert table["method"].tolist() == ["none", "mean@0.5", "mean"]
    assert table["linear"].is_monotonic_decreasing
    assert table["linear"].iloc[-1] < 0.75 < 0.95 < table["linear"].iloc[0]
    page = project.results("index.html").read_text(encoding="utf-8")
    block = json.loads(re.search(r'class="block"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    assert [row[3] for row in block["strengths"]] == [0, 5000, 10000]
    assert [row[4] for row in block["strengths"]] == pytest.approx(1e4 * table["linear"], abs=0.51)

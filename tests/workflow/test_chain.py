"""The whole chain by real Snakemake runs on tiny corpora of real sound files."""

import json
import shutil

import pandas as pd
import pytest

from projects import digest

PUBLISHED = {"tolerance": 0.02, "labels": False}


def test_the_chain_runs_and_a_second_run_does_nothing(finished, tmp_path):
    said = finished.said.splitlines()
    finding = json.loads(finished.results("findings.json").read_text())[0]["text"]
    assert said[-2:] == [finding, "The answer: results/test/index.html"]
    jobs = next(int(line.removesuffix(" jobs")) for line in said if line.endswith(" jobs"))
    assert jobs <= len(said) < jobs + 10
    metrics = pd.read_parquet(finished.results("metrics.parquet"))
    assert len(metrics) == 4 * 2 * 4 * 2  # methods x modes x transfers x labels
    assert metrics["roc_auc"].between(0, 1).all()
    for name in ("table.csv", "table.md", "table.html", "report.html"):
        assert finished.results(name).stat().st_size > 0
    assert "Nothing to be done" in finished.copy(tmp_path / "copy").snakemake().stdout


@pytest.mark.slow
def test_another_seed_moves_the_random_maps_and_lies_apart(project):
    project.configure(methods=["none", "lda", "k"], published={"seeds": [7], **PUBLISHED})
    paths = [project.results(name) for name in ("metrics.parquet", "repeats/7/metrics.parquet")]
    project.snakemake(*[str(path.relative_to(project.path)) for path in paths])
    first, again = map(pd.read_parquet, paths)
    assert set(first["method"]) == {"none", "lda", "k"}
    assert set(again["method"]) == {"k"}
    scores = "scores/dry--noisy/known/k-any.parquet"
    under_42, under_7 = (
        pd.read_parquet(project.results(name)) for name in (scores, f"repeats/7/{scores}")
    )
    assert (under_42["clip_id"] == under_7["clip_id"]).all()
    assert (under_42["score"] != under_7["score"]).mean() > 0.9


def test_measuring_alone_gives_a_report_without_changes(finished, tmp_path):
    project = finished.copy(tmp_path / "project")
    shutil.rmtree(project.results("figures"))
    project.results("report.html").unlink()
    project.configure(methods=["none"])
    project.snakemake()
    assert project.results("report.html").stat().st_size > 0
    assert not project.results("figures/tradeoff").exists()


def test_corpora_without_genres_are_compared_whole(project):
    project.configure(genres=[], methods=["none", "lda"])
    project.snakemake("results/test/metrics.parquet")
    metrics = pd.read_parquet(project.results("metrics.parquet"))
    assert metrics["roc_auc"].notna().all()


def test_the_chain_runs_from_sound_files(audio_project):
    audio_project.snakemake("results/test/metrics.parquet")
    metrics = pd.read_parquet(audio_project.results("metrics.parquet"))
    within = metrics[metrics["train_corpus"] == metrics["test_corpus"]]
    assert within["roc_auc"].mean() > 0.8  # tones of two and of eleven partials


@pytest.mark.slow
def test_results_are_bit_identical_whatever_the_number_of_cores(audio_project):
    project = audio_project
    project.configure(methods=["none"])
    target = ["--forceall", "results/test/metrics.parquet"]
    digests = []
    for cores in (1, 2):
        project.snakemake(*target, cores=cores)
        digests.append(digest(project.results("metrics.parquet")))
    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"models": ["mtt_vg"]}, "did you mean 'mtt_vgg'?"),
        ({"labels": ["flutes"]}, "did you mean 'flute'?"),
        ({"metods": ["none"]}, "did you mean 'methods'?"),
    ],
)
def test_a_config_error_ends_before_any_job(project, change, message):
    project.configure(**change)
    done = project.snakemake(check=False)
    assert done.returncode != 0
    assert message in done.stdout
    assert "Traceback" not in done.stdout
    assert not (project.path / "results").exists()


def test_a_run_in_which_nothing_can_be_compared_still_gives_its_report(project):
    project.configure(sampling={"min_clips": 1000}, methods=["none", "lda", "k"])
    project.snakemake()
    metrics = pd.read_parquet(project.results("metrics.parquet"))
    assert metrics["roc_auc"].isna().all()
    assert metrics["reason"].str.startswith("too few clips").all()
    assert project.results("report.html").stat().st_size > 0

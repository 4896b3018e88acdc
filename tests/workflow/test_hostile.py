"""What names nothing is refused before anything runs; what is damaged names its rule."""

import re

import pytest

from audio_debias.makers import maker_of

METRICS = ["--", "results/test/metrics.parquet"]
SAID = "resources/models/known.yaml: weights.folder: no such file or folder: "


@pytest.fixture
def project_with_results(finished, tmp_path):
    project = finished.copy(tmp_path / "with_results")
    project.configure(methods=["none"], modes=["global"])
    return project


def redefine(project, **changes):
    """The model's definition with changes."""
    known = {"name": "known", "title": "Known", "kind": "precomputed", "sample_rate": 16000}
    known |= {"licence": {"name": "CC0"}, "citation": "made by the tests", "dim": 16}
    project.define("models", "known", **{**known, "weights": {"folder": "known.npz"}, **changes})


def test_weights_that_are_not_there_are_refused_with_results_present(project_with_results):
    typo = {"weights": {"folder": "knwon.npz"}}
    for changes, run in ((typo, "test"), ({**typo, "dim": 32}, "test"), (typo, "another")):
        redefine(project_with_results, **changes)
        project_with_results.configure(run=run)
        done = project_with_results.snakemake("--dry-run", check=False)
        assert done.returncode != 0
        assert SAID + "knwon.npz" in done.stdout
        assert "Nothing to be done" not in done.stdout
    redefine(project_with_results)
    project_with_results.configure(run="test")
    (project_with_results.path / "known.npz").unlink()
    done = project_with_results.snakemake(*METRICS, check=False)
    assert done.returncode != 0
    assert SAID + "known.npz" in done.stdout


def test_a_damaged_file_between_stages_names_the_rule_that_makes_it(project_with_results):
    path = "results/embeddings/known/dry.parquet"
    data = bytearray((project_with_results.path / path).read_bytes())
    data[len(data) // 2] ^= 1
    (project_with_results.path / path).write_bytes(data)
    done = project_with_results.snakemake("--forcerun", "match_samples", *METRICS, check=False)
    assert done.returncode != 0
    assert re.search(rf"error: {path}: damaged .*the rule merge_embeddings makes it", done.stdout)
    (project_with_results.path / path).unlink()
    project_with_results.snakemake(*METRICS)


def test_every_file_between_stages_knows_its_rule(project):
    project.configure(methods=["none", "lda"], uncertainty={"seeds": 2})
    planned = project.snakemake("--dry-run", "--forceall").stdout
    jobs = re.findall(
        r"^(?:local)?rule (\w+):\n(?:    input: .*\n)?    output: (.*)$", planned, re.M
    )
    made = {
        (rule, path)
        for rule, paths in jobs
        for path in paths.split(", ")
        if path.endswith((".parquet", ".safetensors", "skipped.csv", "dropped.csv", ".json"))
    }
    assert len({rule for rule, _ in made}) > 10
    wrong = {(rule, path) for rule, path in made if (maker_of(path) or "").split()[0:1] != [rule]}
    assert not wrong

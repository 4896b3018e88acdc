"""Layers of a network as rows of the results, from one extraction."""

import numpy as np
import pandas as pd
import pytest
import soundfile
from layered import add_layered

from audio_debias.models.embeddings import read_embeddings
from projects import make_project

ROWS = ["bands@0", "bands@2", "bands@1"]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    project = make_project(tmp_path_factory.mktemp("layers") / "project")
    add_layered(project)
    project.configure(models=["bands"], methods=["none", "mean"])
    return project


@pytest.mark.slow
def test_one_extraction_gives_a_row_a_layer_and_the_figure_of_depth(project):
    planned = project.planned()
    assert planned["extract"] == 4  # two shards of two corpora
    assert planned["merge_embeddings"] == 6
    targets = [f"results/test/{name}" for name in ("table.csv", "figures/depth.svg")]
    project.snakemake(*targets)
    table = pd.read_csv(project.results("table.csv"))
    assert list(table["model"].unique()) == ROWS
    assert project.results("figures/depth.svg").stat().st_size
    assert project.planned("--", *targets) == {}
    wave, _ = soundfile.read(project.path / "dry/dry_003.wav", dtype="float32")
    power = np.abs(np.fft.rfft(wave)) ** 2
    bands = np.array([band.sum() for band in np.array_split(power, 8)])
    for layer, expected in ((0, bands), (1, np.log1p(bands))):
        merged = read_embeddings(project.path / f"results/embeddings/bands@{layer}/dry.parquet")
        np.testing.assert_allclose(merged.frame.loc["dry_003"], expected, rtol=1e-5)
        assert merged.metadata["layer"] == layer


def test_a_layer_that_is_not_there_is_said_before_anything_runs(project):
    project.configure(models=["bands@3"])
    done = project.snakemake("--dry-run", check=False)
    project.configure(models=["bands"])
    assert done.returncode != 0
    said = "config: models: bands@3: is no layer of resources/models/bands.yaml: bands@0, bands@2"
    assert said in done.stdout

"""The presets beside the paper's, each on the tests' sound in place of the demo's."""

import pandas as pd
import pytest
import yaml

from projects import GENRES, LABELS

SMALL = {"labels": list(LABELS), "genres": list(GENRES), "clips": 64}


def preset(name, *more):
    return ["--configfile", f"resources/presets/{name}.yaml", *more]


@pytest.fixture
def causes(audio_project):
    """The preset's first corpus is the small dry one, and the others are derived from it."""
    folder = audio_project.path / "resources/corpora"
    first = yaml.safe_load((folder / "dry.yaml").read_text())
    audio_project.define("corpora", "demo_irmas", **first)
    for file in folder.glob("demo_*_*.yaml"):
        audio_project.define("corpora", file.stem, **yaml.safe_load(file.read_text()) | SMALL)
    audio_project.configure(sources=True, uncertainty={"resamples": 200})
    return audio_project


def test_all_of_both_presets_is_planned(causes):
    planned = causes.planned(*preset("causes"))
    assert (planned["extract"], planned["sources"], planned["dose_figure"]) == (5, 10, 1)
    planned = causes.planned(*preset("strength"))
    assert planned["strength_figure"] == 1
    assert planned["run_transfers"] == 11


@pytest.mark.slow
def test_a_low_pass_made_on_purpose_is_named_and_drawn(causes):
    run = "results/causes"
    two = ["--config", "corpora=[demo_irmas,demo_lowpass_2000]"]
    targets = [f"{run}/sources.parquet", f"{run}/figures/dose.svg"]
    causes.snakemake(*targets, *preset("causes", *two))
    sources = pd.read_parquet(causes.path / run / "sources.parquet")
    linear = sources[(sources["score"] == "linear") & (sources["step"] == 1)]
    assert linear["group"].unique().tolist() == ["bandwidth"]
    assert (causes.path / run / "figures/dose.svg").stat().st_size > 0

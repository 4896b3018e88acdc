"""From real recordings to the table by Snakemake: tiny random encoders, one by its layers."""

import pandas as pd
import pytest
from tiny_encoders import LAYERS

from audio_debias.corpora.folders import clips_of_folders
from projects import define_recordings, make_project

DEFINED = {"licence": {"name": "CC0"}, "citation": "made by the tests"}
LABELS = ["guitar", "piano", "voice"]


def add_recordings(project, shared):
    """NSynth's and Medley-solos-DB's recordings of three instruments."""
    for name in ("nsynth", "medleysolos"):
        folder = project.path / name
        folder.mkdir()
        clips = clips_of_folders(shared / "audio" / name).table
        clips = clips[clips[LABELS].any(axis=1)]
        clips = clips.assign(path=str(shared / "audio" / name) + "/" + clips["path"])
        define_recordings(project, name, folder, clips, LABELS)
    project.configure(
        corpora=["nsynth", "medleysolos"], labels=LABELS, genres=[], sampling={"min_clips": 3}
    )


@pytest.mark.slow
def test_from_sound_to_the_table_with_layers_as_rows(made, spec, shared, tmp_path):
    project = make_project(tmp_path / "project")
    add_recordings(project, shared)
    for name, definition in (
        ("clap", spec("clap", options={"pooling": "cls"})),
        ("wavlm", spec("wavlm", options={"layer": "all", "depth": LAYERS})),
    ):
        folder = made(name)[2]
        project.define(
            "models",
            f"tiny_{name}",
            **{**definition, "name": f"tiny_{name}", "title": f"Tiny {name}"},
            **{"weights": {"folder": str(folder)}, **DEFINED},
        )
    project.configure(models=["tiny_clap", "tiny_wavlm"], methods=["none"])
    planned = project.planned()
    project.snakemake("results/test/table.csv", "results/test/figures/depth.svg")
    layers = [f"tiny_wavlm@{layer}" for layer in range(LAYERS + 1)]
    models = ["tiny_clap", *layers]
    assert planned["merge_embeddings"] == 2 * len(models)
    assert planned["extract"] == 2 * (3 + 1)  # two networks on the shards of 90 and of 39 clips
    table = pd.read_csv(project.results("table.csv"))
    assert list(table["model"].unique()) == models
    metrics = pd.read_parquet(project.results("metrics.parquet"))
    assert metrics.groupby("model")["roc_auc"].count().loc[models].gt(0).all()
    assert project.results("figures/depth.svg").stat().st_size

"""A project folder of its own for each test of the workflow."""

import pytest

from projects import make_project


@pytest.fixture
def project(tmp_path):
    """A project of two small `table` corpora and one model whose embeddings are there already."""
    return make_project(tmp_path / "project")


@pytest.fixture
def audio_project(project, wheel):
    """The same with a real network, loaded once a corpus to run on the sound files."""
    project.configure(
        models=["mtt_vgg"], local={wheel.name: str(wheel)}, extraction={"shard_clips": 1000}
    )
    return project

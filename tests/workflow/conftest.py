"""A project folder of its own for each test of the workflow."""

import pytest

from audio_debias.config import read_yaml
from audio_debias.models import weights
from projects import ROOT, make_project


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """The musicnn wheel, fetched once for all tests as the workflow fetches it."""
    spec = read_yaml(ROOT / "resources/models/msd_musicnn.yaml")["weights"]
    path = tmp_path_factory.mktemp("weights") / spec["file"]
    weights.fetch_weights(spec, path)
    return path


@pytest.fixture
def project(tmp_path):
    """A project of two small `table` corpora and one model whose embeddings are there already."""
    return make_project(tmp_path / "project")


@pytest.fixture
def audio_project(project, wheel):
    """The same with a real network, run on the sound files."""
    project.configure(models=["mtt_vgg"], local={wheel.name: str(wheel)})
    return project

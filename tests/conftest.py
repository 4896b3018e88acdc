"""What every test may ask for."""

import os
from pathlib import Path

import pytest

from audio_debias.experiment.schema import read_yaml
from audio_debias.models import weights
from projects import ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared data folder, named by AUDIO_DEBIAS_SHARED; without it the test is skipped."""
    folder = os.environ.get("AUDIO_DEBIAS_SHARED")
    if not folder:
        pytest.skip("AUDIO_DEBIAS_SHARED does not name the shared data folder")
    folder = Path(folder).resolve()
    if not folder.is_dir():
        pytest.skip(f"AUDIO_DEBIAS_SHARED names no folder: {folder}")
    return folder


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """The musicnn wheel, fetched once for all tests as the workflow fetches it."""
    spec = read_yaml(ROOT / "resources/models/msd_musicnn.yaml")["weights"]
    path = tmp_path_factory.mktemp("weights") / spec["file"]
    weights.fetch_weights(spec, path)
    return path

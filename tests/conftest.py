"""What every test may ask for."""

import fcntl
import os
from pathlib import Path

import pytest

from audio_debias.experiment.schema import read_yaml
from audio_debias.models import weights
from projects import ROOT, Finished, make_project


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


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Finished:
    """A whole run of four methods in both modes, made once for all workers; copy to change it."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, said = base / "finished", base / "finished.txt"
    with open(base / "finished.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            project = make_project(folder)
            project.configure(methods=["none", "lda", "mlda", "k"], modes=["global", "classwise"])
            with open(folder / "dry/clips.csv", "a") as table:  # stands among what is left out
                table.write("dry_missing.wav,classical,1,0,train\n")
            said.write_text(project.snakemake("--logger", "lines").stdout)
    return Finished(folder, said.read_text())

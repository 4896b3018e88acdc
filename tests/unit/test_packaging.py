"""The wheel holds all that the installed library needs, and there is one version."""

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile

import pytest
import yaml

import audio_debias
from projects import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this state."""
    tmp_path = tmp_path_factory.mktemp("wheel")
    source = tmp_path / "source"
    package = source / "workflow/audio_debias"
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "workflow/audio_debias", package, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--wheel-dir", tmp_path, source]
    subprocess.run(command, check=True)
    (made,) = tmp_path.glob("*.whl")
    return made


def test_a_wheel_holds_every_module_the_page_templates_and_the_mark_of_types(wheel):
    package = ROOT / "workflow/audio_debias"
    packed = set(zipfile.ZipFile(wheel).namelist())
    files = {
        path.relative_to(ROOT / "workflow")
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {path.as_posix() for path in files} <= packed
    assert "audio_debias/reports/templates/page.html" in packed
    assert "audio_debias/py.typed" in packed


def test_one_version_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert project["version"] == citation["version"] == audio_debias.__version__
    assert f"## {audio_debias.__version__} " in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.slow
def test_the_wheel_alone_measures_fits_and_applies(tmp_path, wheel):
    """In an empty environment, with the core dependencies and nothing of the checkout."""
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    python, command = venv / "bin/python", venv / "bin/audio-debias"
    installed = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", wheel], capture_output=True, text=True
    )
    if installed.returncode and "No matching distribution" in installed.stderr:
        pytest.skip("no package index can be reached")
    assert installed.returncode == 0, installed.stderr
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}

    def run(*arguments):
        done = subprocess.run(
            arguments, cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(python, "-c", TABLE)
    own = ["clips.parquet", "--domain", "device"]
    assert "carries the domain" in run(command, "measure", *own, "--label", "event", "--out", "r")
    run(command, "fit", *own, "--out", "eraser.safetensors")
    run(command, "apply", "eraser.safetensors", "clips.parquet", "--out", "corrected.parquet")
    assert "no probe" in run(command, "measure", "corrected.parquet", "--domain", "device").lower()
    assert (tmp_path / "r/report.html").stat().st_size > 5000
    absent = "import importlib.util as u; print([n for n in ('snakemake', 'tensorflow', 'librosa')"
    assert run(python, "-c", f"{absent} if u.find_spec(n)])") == "[]\n"
    seconds = "import time; t = time.perf_counter(); import audio_debias; print(time.perf_counter()"
    assert float(run(python, "-c", f"{seconds} - t)")) < 0.5


TABLE = """
import numpy as np, pyarrow as pa, pyarrow.parquet as pq
rng = np.random.default_rng(0)
device, event = np.arange(900) % 3, np.arange(900) // 3 % 2
x = rng.normal(size=(900, 16)) + 2 * rng.normal(size=(3, 16))[device]
x += rng.normal(size=(2, 16))[event]
columns = {"device": [f"device {one}" for one in device], "event": [f"e{one}" for one in event]}
pq.write_table(pa.table(columns | {"embedding": x.tolist()}), "clips.parquet")
"""

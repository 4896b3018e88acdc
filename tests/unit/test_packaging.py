"""The wheel holds all that the installed library needs, and there is one version."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from itertools import chain

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


BROUGHT_ALONG = {
    "huggingface_hub": "transformers",
    "markupsafe": "jinja2",
    "mido": "pretty_midi",
    "urllib3": "requests",
}
"""Modules of packages that another one is made of, and that one."""


def test_what_is_imported_is_declared_by_the_core_or_an_extra():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    declared = {_plain(re.split(r"[\[><=]", line)[0]) for line in lines}
    distributions = packages_distributions()
    undeclared = {
        module
        for module in _imported() - {*sys.stdlib_module_names, "audio_debias"}
        if {_plain(one) for one in distributions.get(module, [module])}.isdisjoint(declared)
        and _plain(BROUGHT_ALONG.get(module, "")) not in declared
    }
    assert undeclared == set()


def _imported():
    """The top level of every module that the library or a script imports, wherever it does so."""
    found = set()
    paths = [
        *(ROOT / "workflow/audio_debias").rglob("*.py"),
        *(ROOT / "workflow/scripts").glob("*"),
    ]
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {one.name.partition(".")[0] for one in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found


def _plain(distribution):
    return distribution.lower().replace("_", "-")


@pytest.fixture(scope="module")
def alone(tmp_path_factory, wheel):
    """A runner in an empty environment of the wheel and its core, with nothing of the checkout."""
    folder = tmp_path_factory.mktemp("alone")
    pip = [sys.executable, "-I", "-m", "pip"]
    probe = [*pip, "download", "--quiet", "--no-deps", "--dest", folder / "probe", "click"]
    if subprocess.run(probe, capture_output=True).returncode:
        pytest.skip("no package index can be reached")
    venv = folder / "venv"
    subprocess.run([sys.executable, "-I", "-m", "venv", venv], check=True)
    install = [venv / "bin/python", "-I", "-m", "pip", "install", "--quiet", wheel]
    subprocess.run(install, check=True)

    def run(program, *arguments, code=0):
        done = subprocess.run(
            [venv / "bin" / program, *arguments],
            cwd=folder,
            env={"PATH": os.defpath, "HOME": str(folder)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == code, done.stderr
        return done.stdout if code == 0 else done.stderr

    run("python", "-c", TABLE)
    run.folder = folder
    return run


@pytest.mark.slow
def test_the_wheel_alone_does_what_the_command_promises(alone):
    own = ["clips.parquet", "--domain", "device"]
    said = alone("audio-debias", "measure", *own, "--label", "event", "--out", "report")
    assert "carries the domain" in said
    assert (alone.folder / "report/report.html").stat().st_size > 5000
    alone("audio-debias", "fit", *own, "--out", "eraser.safetensors")
    alone("audio-debias", "apply", "eraser.safetensors", "clips.parquet", "--out", "new.parquet")
    assert "no probe" in alone("audio-debias", "measure", "new.parquet", *own[1:]).lower()
    assert "leace" in alone("audio-debias", "card", "eraser.safetensors")
    said = alone("audio-debias", "evaluate", "eraser.safetensors", *own, "--out", "evaluated")
    assert "The correction brings a linear probe from 100.0 %" in said
    assert "np.load" in alone("audio-debias", "export", "eraser.safetensors", "--out", "e.npz")


@pytest.mark.slow
def test_the_wheel_alone_brings_nothing_of_sound_or_the_workflow(alone):
    absent = ["snakemake", "tensorflow", "torch", "librosa", "soundfile", "matplotlib", "h5py"]
    find = "import sys, importlib.util as u; print([n for n in sys.argv[1:] if u.find_spec(n)])"
    assert alone("python", "-c", find, *absent) == "[]\n"
    assert alone("python", "-c", find, "audio_debias", "numpy") == "['audio_debias', 'numpy']\n"
    timed = (
        "import time; t = time.perf_counter(); import audio_debias; print(time.perf_counter() - t)"
    )
    assert float(alone("python", "-c", timed)) < 0.5


@pytest.mark.slow
def test_what_an_extra_is_needed_for_is_told_in_one_line(alone):
    (alone.folder / "clips.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    alone("audio-debias", "fit", "clips.parquet", "--domain", "device", "--out", "f.safetensors")
    for arguments, package in [
        (["measure", "clips.h5", "--domain", "device"], "h5py"),
        (["export", "f.safetensors", "--out", "e.onnx"], "onnx"),
        (["init", "here", "there"], "soundfile"),
    ]:
        for folder in arguments[1:] if package == "soundfile" else []:
            (alone.folder / folder).mkdir()
        said = alone("audio-debias", *arguments, code=1)
        assert said.startswith("error: "), said
        assert f"needs {package}: pip install {package}" in said
        assert said.count("\n") == 1


TABLE = """
import numpy as np, pyarrow as pa, pyarrow.parquet as pq
rng = np.random.default_rng(0)
device, event = np.arange(900) % 3, np.arange(900) // 3 % 2
x = rng.normal(size=(900, 16)) + 2 * rng.normal(size=(3, 16))[device]
x += rng.normal(size=(2, 16))[event]
columns = {"device": [f"device {one}" for one in device], "event": [f"e{one}" for one in event]}
pq.write_table(pa.table(columns | {"embedding": x.tolist()}), "clips.parquet")
"""

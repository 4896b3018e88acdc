"""The wheel holds all that the installed library needs, and there is one version."""

import shutil
import subprocess
import sys
import tomllib
import zipfile

import yaml

import audio_debias
from projects import ROOT


def test_a_wheel_holds_every_module_the_page_templates_and_the_mark_of_types(tmp_path):
    source = tmp_path / "source"
    package = source / "workflow/audio_debias"
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "workflow/audio_debias", package, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--wheel-dir", tmp_path, source]
    subprocess.run(command, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    files = {path.relative_to(source / "workflow") for path in package.rglob("*") if path.is_file()}
    assert {path.as_posix() for path in files} <= packed
    assert "audio_debias/reports/templates/page.html" in packed
    assert "audio_debias/py.typed" in packed


def test_one_version_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert project["version"] == citation["version"] == audio_debias.__version__
    assert f"## {audio_debias.__version__} " in (ROOT / "CHANGELOG.md").read_text()

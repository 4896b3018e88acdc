"""Every block of docs/command.md, in its order, in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq

from projects import ROOT


def test_the_page_of_the_command_runs_from_top_to_bottom(tmp_path, monkeypatch):
    page = (ROOT / "docs/command.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```(python|sh)\n(.*?)^```", page, re.M | re.S)
    assert len(blocks) == 8
    monkeypatch.chdir(tmp_path)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    names: dict = {}
    for language, text in blocks:
        if language == "python":
            exec(text, names)
        else:
            done = subprocess.run(
                ["bash", "-ec", text],
                env=os.environ | {"PATH": path},
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, text + done.stderr
    assert names["card"]["model"] == "mymodel"
    assert names["corrected"].shape == (480, 32)
    assert pq.read_table("corrected.parquet").num_rows == 480
    wanted = ["report/report.html", "evaluated/report.json", "eraser.onnx", "project/devices.yaml"]
    assert [name for name in wanted if not Path(name).is_file()] == []

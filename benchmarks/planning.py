"""Time and memory to plan a large run: a dry run of eight corpora, ten models, all methods.

    python benchmarks/planning.py [--clips 1000000] [--shards 250 2500]

Nothing is run and no clip exists; the plan knows of them by the corpora's declared sizes. The
output is Markdown.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
LABELS = ["flute", "violin"]
GENRES = ["classical", "pop_rock"]
CORPORA = [f"corpus{i}" for i in range(8)]
MODELS = [f"model{i}" for i in range(10)]
DESCRIPTION = {"licence": {"name": "CC0"}, "citation": "none"}


def make_project(path: Path, clips: int, shard_clips: int) -> None:
    """A copy of the workflow with corpora and models that exist on paper only."""
    for name in ("workflow", "resources", "envs"):
        shutil.copytree(ROOT / name, path / name)
    shutil.copy(ROOT / "Snakefile", path)
    (path / "profiles").symlink_to("workflow/profiles")
    (path / "clips.csv").write_text("path\n")
    for name in CORPORA:
        corpus = {"title": name, "reader": "table", "root": ".", "options": {"csv": "clips.csv"}}
        corpus |= {"clips": clips // len(CORPORA), "labels": LABELS, "genres": GENRES}
        write(path / f"resources/corpora/{name}.yaml", {**corpus, **DESCRIPTION})
    for name in MODELS:
        model = {"name": name, "title": name, "kind": "python", "sample_rate": 16000, "dim": 512}
        model |= {"options": {"function": "package.module:embed"}}
        write(path / f"resources/models/{name}.yaml", {**model, **DESCRIPTION})
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    config |= {"run": "plan", "corpora": CORPORA, "models": MODELS}
    config |= {"labels": LABELS, "genres": GENRES}
    config |= {"methods": ["none", "lda", "mlda", "k", "klda", "mklda"]}  # the paper's
    config["extraction"]["shard_clips"] = shard_clips
    write(path / "config.yaml", config)


def write(path: Path, content: dict) -> None:
    path.write_text(yaml.safe_dump(content, sort_keys=False))


def plan(path: Path) -> tuple[dict[str, int], float, float]:
    """Jobs by rule, seconds and MiB of a dry run."""
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--quiet", "rules", "--cores", "1"]
    with (path / "plan.txt").open("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=path, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        output.seek(0)
        text = output.read()
    if status:
        raise SystemExit(text[-2000:])
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", text, re.M))
    return {rule: int(count) for rule, count in jobs.items()}, seconds, usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=1_000_000)
    parser.add_argument("--shards", type=int, nargs="+", default=[250, 2500])
    arguments = parser.parse_args()
    print("| clips a shard | jobs | extract | seconds | MiB |\n|---|---|---|---|---|")
    for shard_clips in arguments.shards:
        with tempfile.TemporaryDirectory() as folder:
            make_project(Path(folder), arguments.clips, shard_clips)
            jobs, seconds, mib = plan(Path(folder))
        row = [shard_clips, jobs["total"], jobs["extract"], round(seconds), round(mib)]
        print("|", " | ".join(f"{value:,}" for value in row), "|", flush=True)
        print(jobs, file=sys.stderr)


if __name__ == "__main__":
    main()

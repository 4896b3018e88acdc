"""Small projects for the tests of the workflow: two corpora of sound files, known embeddings."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
import yaml

ROOT = Path(__file__).resolve().parents[1]

# References of the last digits were computed with AVX-512. Other processors round otherwise:
# liblinear's iterations may then stop one earlier or later.
CPU = Path("/proc/cpuinfo")
SAME_ROUNDING = CPU.exists() and "avx512f" in CPU.read_text()

GENRES = ("pop_rock", "classical")
LABELS = ("flute", "violin")


@dataclass
class Project:
    """A copy of the workflow in `path`, with its own config, resources and results."""

    path: Path

    def configure(self, **changes):
        """Merge `changes` into the project's config.yaml."""
        file = self.path / "config.yaml"
        config = yaml.safe_load(file.read_text())
        for key, value in changes.items():
            if isinstance(value, dict):
                config[key] = {**config.get(key, {}), **value}
            else:
                config[key] = value
        file.write_text(yaml.safe_dump(config, sort_keys=False))

    def define(self, kind, name, /, **definition):
        """Add resources/{kind}/{name}.yaml."""
        file = self.path / "resources" / kind / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(definition, sort_keys=False))

    def snakemake(self, *arguments, cores=2, check=True, prefix=()):
        """Run Snakemake in the project, behind the command `prefix`; `check` shows a failure."""
        done = subprocess.run(
            [*prefix, sys.executable, "-m", "snakemake", "--cores", str(cores), *arguments],
            cwd=self.path,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": ""},
            timeout=1200,
        )
        if check and done.returncode:
            pytest.fail(
                f"snakemake {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}"
            )
        return done

    def planned(self, *arguments):
        """The rules of a dry run, with the number of jobs of each."""
        output = self.snakemake("--dry-run", "--quiet", "rules", *arguments).stdout
        return job_counts(output)

    def results(self, name):
        return self.path / "results/test" / name


@dataclass
class Finished(Project):
    """A project with all its results, and what Snakemake said."""

    said: str

    def copy(self, path):
        """The project in another folder, as new to Snakemake as it is."""
        shutil.copytree(self.path, path, symlinks=True)
        return Project(path)

    def check_same(self, metrics):
        """Whether metrics of the small experiment as it stands are these, to the last bit."""
        ordinary = pd.read_parquet(self.results("metrics.parquet"))
        shared = ordinary["method"].isin(["none", "lda"]) & ordinary["mode"].eq("global")
        keys = list(ordinary.columns[:7])
        found = pd.read_parquet(metrics).sort_values(keys, ignore_index=True)
        expected = ordinary[shared].sort_values(keys, ignore_index=True)
        pd.testing.assert_frame_equal(found, expected, check_exact=True)


def job_counts(output):
    """The numbers of the table that a dry run prints under `Job stats:`."""
    counts = {}
    lines = iter(output.splitlines())
    for line in lines:
        if line.startswith("job ") and line.split()[1:] == ["count"]:
            next(lines)
            for row in lines:
                if not row.strip():
                    break
                rule, count = row.split()
                counts[rule] = int(count)
    return {
        rule: count for rule, count in counts.items() if rule not in ("total", "all", "everything")
    }


def write_corpus(folder, prefix, seed, clips=64, cutoff=1.0):
    """Short tones in noise: the label sets the number of partials, the seed the domain."""
    rng = np.random.default_rng(seed)
    rate = 16000
    time = np.arange(rate) / rate
    rows = []
    for index in range(clips):
        label, genre = LABELS[index % 2], GENRES[index // 2 % 2]
        partials = np.arange(1, 3 if label == "flute" else 12)
        pitch = rng.uniform(200, 500) * (1.5 if genre == "classical" else 1)
        tone = sum(np.sin(2 * np.pi * pitch * k * time) / k**cutoff for k in partials)
        wave = 0.1 * tone + 0.01 * seed * rng.standard_normal(rate)
        soundfile.write(folder / f"{prefix}{index:03d}.wav", wave, rate)
        row = {"path": f"{prefix}{index:03d}.wav", "genre": genre}
        row |= {name: int(name == label) for name in LABELS}
        rows.append(row | {"split": "test" if index // 4 % 4 == 3 else "train"})
    pd.DataFrame(rows).to_csv(folder / "clips.csv", index=False)


def digest(path):
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def define_recordings(project, name, folder, clips, labels):
    """A `table` corpus of the shared folder's recordings, its clips as a table in `folder`."""
    clips.to_csv(folder / "clips.csv", index=False)
    project.define(
        "corpora",
        name,
        title=name,
        reader="table",
        root=str(folder),
        options={"csv": "clips.csv", "split": "hash"},
        labels=labels,
        licence={"name": "CC BY 4.0"},
        citation="NSynth, Medley-solos-DB",
    )


def make_project(path):
    """A checkout of its own in `path`, with the small experiment in it."""
    copy_checkout(path)
    return add_experiment(path)


def copy_checkout(path):
    """The workflow as it is cloned."""
    path.mkdir(parents=True)
    for name in ("workflow", "resources", "envs"):
        shutil.copytree(ROOT / name, path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Snakefile", "config.yaml"):
        shutil.copy(ROOT / name, path / name)
    (path / "profiles").symlink_to("workflow/profiles")


def add_experiment(path):
    """Two small corpora, known embeddings, their definitions and the config in the folder `path`,
    which has a config.yaml."""
    project = Project(path)
    for seed, name in enumerate(("dry", "noisy"), 1):
        (path / name).mkdir()
        write_corpus(path / name, f"{name}_", seed, cutoff=seed)
        project.define(
            "corpora",
            name,
            title=name.title(),
            reader="table",
            root=name,
            options={"csv": "clips.csv"},
            labels=list(LABELS),
            genres=list(GENRES),
            licence={"name": "CC0"},
            citation="made by the tests",
        )
    write_embeddings(path / "known.npz", ("dry_", "noisy_"))
    project.define(
        "models",
        "known",
        name="known",
        title="Known",
        kind="precomputed",
        weights={"folder": "known.npz"},
        sample_rate=16000,
        dim=16,
        licence={"name": "CC0"},
        citation="made by the tests",
    )
    project.configure(
        run="test",
        corpora=["dry", "noisy"],
        models=["known"],
        methods=["none", "lda"],
        modes=["global"],
        labels=list(LABELS),
        genres=list(GENRES),
        sampling={"min_clips": 4},
        extraction={"shard_clips": 40},
        sources=False,
    )
    return project


def write_embeddings(path, prefixes, clips=64, dim=16):
    """Noise in which the label moves one half of the axes and the domain the other."""
    rng = np.random.default_rng(0)
    ids, rows = [], []
    for domain, prefix in enumerate(prefixes):
        for index in range(clips):
            row = rng.normal(size=dim)
            row[: dim // 2] += index % 2
            row[dim // 2 :] += 2 * domain
            ids.append(f"{prefix}{index:03d}")
            rows.append(row)
    np.savez(path, clip_id=np.array(ids), embedding=np.array(rows, dtype=np.float32))

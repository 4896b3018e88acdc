"""What runs again after an edit: exactly what it touches. The rows of docs/reruns.md, in order."""

import hashlib
import os
import shutil
import time
from collections import Counter

import pytest
import yaml
from layered import add_layered

from projects import Project, make_project, write_corpus, write_embeddings

pytestmark = pytest.mark.slow

CORPORA = ["dry", "noisy", "loud"]
MODELS = ["known", "tones"]
TONES = '''"""Loudness in bands, a model that needs nothing."""

import numpy as np


def embed(wave, sample_rate):
    power = np.abs(np.fft.rfft(wave)) ** 2
    return np.log1p([[band.sum() for band in np.array_split(power, 8)]])
'''


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A finished project: three corpora, so three pairs; two models, one of them in shards."""
    project = make_project(tmp_path_factory.mktemp("reruns") / "project")
    (project.path / "workflow/tones.py").write_text(TONES)
    for seed, name in ((3, "loud"), (4, "spare")):
        (project.path / name).mkdir()
        write_corpus(project.path / name, f"{name}_", seed)
        edit_yaml(
            project.path / "resources/corpora/dry.yaml",
            lambda spec, name=name: {**spec, "root": name, "title": name},
            project.path / f"resources/corpora/{name}.yaml",
        )
    write_embeddings(project.path / "known.npz", [f"{name}_" for name in [*CORPORA, "spare"]])
    model = project.path / "resources/models/known.yaml"
    edit_yaml(model, lambda spec: {**spec, "name": "other"}, model.with_name("other.yaml"))
    project.define(
        "models",
        "tones",
        name="tones",
        title="Tones",
        kind="python",
        sample_rate=16000,
        dim=8,
        options={"function": "tones:embed"},
        licence={"name": "CC0"},
        citation="made by the tests",
    )
    project.configure(
        corpora=CORPORA,
        models=MODELS,
        methods=["none", "lda", "k"],
        adversaries={"labels": 1, "permutations": 100},
        uncertainty={"resamples": 100},
    )
    project.snakemake()
    return project


@pytest.fixture
def project(finished, tmp_path):
    """A copy elsewhere, so that every row is one of a moved folder too."""
    return copy(finished, tmp_path / "moved")


def copy(project, path, names=None):
    """Copy a project with its time stamps, or the entries `names` of it."""
    for entry in project.path.iterdir():
        if names is not None and entry.name not in names:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, path / entry.name, symlinks=True)
        else:
            path.mkdir(exist_ok=True)
            shutil.copy2(entry, path / entry.name, follow_symlinks=False)
    return Project(path)


def edit_yaml(path, change, target=None):
    text = yaml.safe_dump(change(yaml.safe_load(path.read_text())), sort_keys=False)
    (target or path).write_text(text)


def edited(file, old, new):
    """An edit: `old` becomes `new` in a file."""

    def edit(project):
        path = project.path / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return edit


def appended(file, text):
    """An edit: `text` stands at the end of a file."""

    def edit(project):
        with (project.path / file).open("a") as stream:
            stream.write(text)

    return edit


def configured(**changes):
    """An edit of config.yaml."""
    return lambda project: project.configure(**changes)


def layered(project):
    """An edit: two layers of a network, each a model more."""
    add_layered(project)
    project.configure(models=[*MODELS, "bands@0", "bands@2"])


def reversed_keys(file):
    """An edit: the keys of a yaml file in reverse order, those of mappings in it too."""

    def backwards(value):
        if isinstance(value, dict):
            return {key: backwards(value[key]) for key in reversed(value)}
        return value

    return lambda project: edit_yaml(project.path / file, backwards)


def touch_everything(project):
    """Set every time stamp anew, in an order that has nothing to do with the workflow."""
    for path in sorted(project.path.rglob("*")):
        if path.is_file() and ".snakemake" not in path.parts:
            path.touch()


def touch_backwards(project):
    """Make the results older than what they were made from, down to the report."""
    now = time.time()
    for age, path in enumerate(sorted(project.path.glob("results/**/*"), key=os.path.getmtime)):
        os.utime(path, (now - age, now - age))


# What follows metrics, and what follows the embeddings of all models.
READ = {"table": 1, "sensitivity": 3, "tradeoff": 3, "per_label": 6, "resources": 1}
READ |= {"report_page": 1, "exclusions": 1, "findings": 1, "index_page": 1}
# What follows another list of cells.
JOINED = {"intervals": 1, "adversaries": 1, "map_clips": 6}
LISTED = {"identify_domains": 6, "metrics": 1, **JOINED}
COSINES = {"cosines": 1, "cosine_figure": 3}
FIGURES = {"per_label": 6, "sensitivity": 3, "tradeoff": 3, "cosine_figure": 3, "distributions": 3}


def fitted(cells, new=None):
    """What follows when the corrections of so many cells are fitted; `new`: of so many embeddings
    (of a pair and a model), whose uncorrected cells are among them. All methods of an embedding are
    judged together."""
    per_cell = dict.fromkeys(("fit_corrections", "run_transfers"), cells)
    near = {"near_copies": new} if new else {}
    return {**per_cell, "identify_domains": new or 6, "metrics": 1, **near, **JOINED}


FITTED = {**fitted(18, 6), **COSINES, **READ}
SAMPLED = {"match_samples": 6, "exclusions": 1, **FITTED}
INDEXED = {"index_corpus": 3, "shared_sounds": 1, "distributions": 3}
ALL = {**INDEXED, "extract": 9, "merge_embeddings": 6, **SAMPLED}
REPORTED = {"resources": 1, "report_page": 1}
# What follows other intervals.
JUDGED = {rule: count for rule, count in READ.items() if rule != "exclusions"} | {"map_clips": 6}
NOTHING = {}

LIBRARY = "workflow/audio_debias"

HARMLESS = {
    "the order of keys in the config": reversed_keys("config.yaml"),
    "a comment in the config": appended("config.yaml", "# Words.\n"),
    "0.1 as 0.10": edited("config.yaml", "- 0.1\n", "- 0.10\n"),
    "the order of keys of a corpus": reversed_keys("resources/corpora/dry.yaml"),
    "the order of keys of a model": reversed_keys("resources/models/tones.yaml"),
    "a citation": edited("resources/models/tones.yaml", "by the tests", "by us"),
    "a licence": edited("resources/corpora/dry.yaml", "CC0", "CC BY 4.0"),
    "what people read of a method": edited(
        "resources/methods/lda.yaml", 'description: "', 'description: "More. '
    ),
    "a comment in the library": appended(f"{LIBRARY}/transfers/transfer.py", "# Why.\n"),
    "a docstring": edited(f"{LIBRARY}/corrections/directions.py", '"""', '"""More. '),
    "code that wraps jobs": appended(f"{LIBRARY}/jobs/log.py", "\nSPARE = 1\n"),
    "a comment in a script": appended("workflow/scripts/run_transfers.py", "# Why.\n"),
    "a comment in an environment file": appended("envs/core.yaml", "# Why.\n"),
    "touch of everything": touch_everything,
}

ROWS = {
    "results older than their inputs": (touch_backwards, NOTHING),
    # The record of the config in the results, and what people read.
    "the share of clips that may fail": (
        configured(extraction={"max_skipped": 0.2}),
        {"report_page": 1},
    ),
    "an option of a method that is not run": (
        configured(directions={"one_corpus_genre": "paper"}),
        {"report_page": 1},
    ),
    "the order of the grid of C": (
        edited("config.yaml", "  - 1.0e-08\n  - 1.0e-07\n", "  - 1.0e-07\n  - 1.0e-08\n"),
        {"report_page": 1},
    ),
    "a caption": (appended("workflow/report/table.rst", "More.\n"), {"report_page": 1}),
    "the dpi of figures": (configured(figures={"dpi": 90}), {**FIGURES, **REPORTED}),
    "the clips to listen to": (configured(page={"clips": 3}), {"index_page": 1, **REPORTED}),
    "the points of the maps": (
        configured(page={"points": 20}),
        {"map_clips": 6, "index_page": 1, **REPORTED},
    ),
    "a colour": (
        appended(f"{LIBRARY}/reports/figures/style.py", "\nSPARE = '#005a8f'\n"),
        {**FIGURES, "index_page": 1, **REPORTED},
    ),
    "one kind of figure": (
        appended(f"{LIBRARY}/reports/figures/per_label.py", "\nSPARE = 1\n"),
        {"per_label": 6, **REPORTED},
    ),
    "the title of a model": (
        edited("resources/models/tones.yaml", "Tones", "Bands"),
        {**READ, "cosine_figure": 3, "exclusions": 1},
    ),
    "the title of a corpus": (
        edited("resources/corpora/dry.yaml", "title: Dry", "title: Dried"),
        {**READ, "cosine_figure": 3, "distributions": 2},
    ),
    # The methods.
    "the grid of C": (
        configured(classifier={"C": [0.1, 1.0]}),
        {
            "run_transfers": 18,
            "near_copies": 6,
            "metrics": 1,
            "intervals": 1,
            "map_clips": 6,
            **COSINES,
            **READ,
        },
    ),
    "the folds": (
        configured(classifier={"folds": 4}),
        {
            "run_transfers": 18,
            "near_copies": 6,
            "metrics": 1,
            "intervals": 1,
            "map_clips": 6,
            **COSINES,
            **READ,
        },
    ),
    "the margin of a verdict": (
        configured(uncertainty={"margin": 1.0}),
        {"intervals": 1, **JUDGED},
    ),
    "the resamples": (
        configured(uncertainty={"resamples": 500}),
        {"intervals": 1, "identify_domains": 6, "adversaries": 1, **JUDGED},
    ),
    "a kernel option": (
        configured(kernel={"map": "rff"}),
        {**fitted(6), **READ},
    ),
    "the seed": (configured(seed=43), SAMPLED),
    "the least number of clips": (configured(sampling={"min_clips": 5}), SAMPLED),
    "one method more": (
        configured(methods=["none", "lda", "k", "mlda"]),
        {**fitted(6), **READ},
    ),
    "one mode more": (
        configured(modes=["global", "classwise"]),
        {
            **{**fitted(6), **COSINES, **READ},
            "per_label": 12,
        },
    ),
    "one method less": (configured(methods=["none", "lda"]), {**LISTED, **READ}),
    "methods in another order": (
        configured(methods=["none", "k", "lda"]),
        {**LISTED, **READ},
    ),
    "code of an eraser": (
        appended(f"{LIBRARY}/corrections/erasers/lda.py", "\nSPARE = 1\n"),
        {**fitted(6), **COSINES, **READ},
    ),
    # The models.
    "one model more": (
        configured(models=[*MODELS, "other"]),
        {
            **{"extract": 3, "merge_embeddings": 3, "match_samples": 3, "exclusions": 1},
            **{**fitted(9, 3), **COSINES, **READ},
            **{"per_label": 9, "map_clips": 9},
        },
    ),
    "the layers of a network": (
        layered,
        {
            **{"extract": 6, "merge_embeddings": 6, "match_samples": 6, "exclusions": 1},
            **{**fitted(18, 6), **COSINES, **READ},
            **{"per_label": 12, "map_clips": 12, "depth_figure": 1},
        },
    ),
    "one model less": (
        configured(models=["known"]),
        {
            **{"exclusions": 1, "metrics": 1, **JOINED, **COSINES, **READ},
            **{"per_label": 3, "map_clips": 3},
        },
    ),
    "models in another order": (
        configured(models=MODELS[::-1]),
        {"exclusions": 1, "metrics": 1, **JOINED, **COSINES, **READ},
    ),
    "the size of a shard": (
        configured(extraction={"shard_clips": 20}),
        {
            **{"extract": 12, "merge_embeddings": 3, "match_samples": 3, "exclusions": 1},
            **{**fitted(9, 3), **COSINES, **READ},
        },
    ),
    "an option of a model": (
        edited("resources/models/tones.yaml", "sample_rate: 16000", "sample_rate: 22050"),
        {
            **{"extract": 6, "merge_embeddings": 3, "match_samples": 3, "exclusions": 1},
            **{**fitted(9, 3), **COSINES, **READ},
        },
    ),
    # The corpora and labels.
    "one corpus more": (
        configured(corpora=[*CORPORA, "spare"]),
        {
            **{"index_corpus": 1, "shared_sounds": 1, "extract": 3, "merge_embeddings": 2},
            **{"match_samples": 6},
            **{"exclusions": 1, "distributions": 3, **FITTED, "per_label": 12},
            **{"sensitivity": 6, "tradeoff": 6, "cosine_figure": 6, "map_clips": 12},
        },
    ),
    "one corpus less": (
        configured(corpora=CORPORA[:2]),
        {
            **{"shared_sounds": 1, "exclusions": 1, "metrics": 1, **JOINED, **COSINES, **READ},
            **{"per_label": 2, "sensitivity": 1, "tradeoff": 1, "cosine_figure": 1},
            "map_clips": 2,
        },
    ),
    "corpora in another order": (
        configured(corpora=["noisy", "dry", "loud"]),
        {
            **{"shared_sounds": 1, "match_samples": 2, "exclusions": 1, "distributions": 1},
            **{**fitted(6, 2), **COSINES, **READ},
        },
    ),
    "a clip more in a corpus": (
        appended("dry/clips.csv", "more.wav,pop_rock,1,0,train\n"),
        {
            **{"index_corpus": 1, "shared_sounds": 1, "extract": 3, "merge_embeddings": 2},
            **{"match_samples": 4},
            **{**fitted(12, 4), "exclusions": 1},
            **{"distributions": 2, **COSINES, **READ},
        },
    ),
    "against the rest": (
        configured(against_rest=True),
        {
            **{"pool_clips": 3, "pool_embeddings": 6, "distributions": 3, **SAMPLED},
            # A pool holds its corpora's own clips: no copies are looked for.
            **{
                "near_copies": 0,
                "map_clips": 12,
                "per_label": 12,
                "sensitivity": 6,
                "tradeoff": 6,
                "cosine_figure": 6,
            },
        },
    ),
    "genres": (configured(genres=["classical"]), SAMPLED),
    "one label less": (configured(labels=["flute"]), {**SAMPLED, "distributions": 3}),
    "labels in another order": (
        configured(labels=["violin", "flute"]),
        {**SAMPLED, "distributions": 3},
    ),
    "the name of the run": (
        configured(run="again"),
        {**SAMPLED, "shared_sounds": 1, "distributions": 3},
    ),
    # The code.
    "code of a reader": (appended(f"{LIBRARY}/corpora/readers/table.py", "\nSPARE = 1\n"), ALL),
    "code of a kind of model": (
        appended(f"{LIBRARY}/models/kinds/python.py", "\nSPARE = 1\n"),
        {
            **{"extract": 6, "merge_embeddings": 3, "match_samples": 3, "exclusions": 1},
            **{**fitted(9, 3), **COSINES, **READ},
        },
    ),
    "code of the clip table": (appended(f"{LIBRARY}/corpora/clips.py", "\nSPARE = 1\n"), ALL),
    "code of the samples": (appended(f"{LIBRARY}/samples/matching.py", "\nX = 1\n"), SAMPLED),
    "code of the transfers": (
        appended(f"{LIBRARY}/transfers/transfer.py", "\nSPARE = 1\n"),
        {
            "run_transfers": 18,
            "near_copies": 6,
            "metrics": 1,
            "intervals": 1,
            "map_clips": 6,
            **COSINES,
            **READ,
        },
    ),
    "code of the table": (
        appended(f"{LIBRARY}/reports/table.py", "\nSPARE = 1\n"),
        {"table": 1, **REPORTED},
    ),
    "the template of the table": (
        appended(f"{LIBRARY}/reports/templates/table.html", "<!-- more -->\n"),
        {"table": 1, **REPORTED},
    ),
    "the style of all pages": (
        appended(f"{LIBRARY}/reports/templates/page.css", "p { margin: 0; }\n"),
        {"index_page": 1, "table": 1, "exclusions": 1, **REPORTED},
    ),
    "a script": (
        appended("workflow/scripts/metrics.py", "\nSPARE = 1\n"),
        {"metrics": 1, **READ},
    ),
    "a pinned version": (edited("envs/core.yaml", "numpy==", "numpy==1"), ALL),
    "a pinned version of extraction": (
        edited("envs/tensorflow.yaml", "numpy==", "numpy==1"),
        {key: count for key, count in ALL.items() if key not in INDEXED},
    ),
}


def test_edits_that_can_change_no_result_run_nothing(finished, tmp_path):
    project = copy(finished, tmp_path / "together")
    for edit in HARMLESS.values():
        edit(project)
    if project.planned() != NOTHING:
        planned = {}
        for name, edit in HARMLESS.items():
            one = copy(finished, tmp_path / name)
            edit(one)
            planned[name] = one.planned()
        pytest.fail(f"planned: { {name: jobs for name, jobs in planned.items() if jobs} }")


@pytest.mark.parametrize("row", ROWS)
def test_an_edit_runs_what_it_touches_and_nothing_else(project, row):
    edit, expected = ROWS[row]
    edit(project)
    planned = project.planned()
    over, stale = Counter(planned) - Counter(expected), Counter(expected) - Counter(planned)
    assert (dict(over), dict(stale)) == ({}, {}), "(too much, stale)"


@pytest.mark.parametrize("kept", [["results", ".snakemake"], ["results"]])
def test_a_fresh_clone_over_existing_results_runs_nothing(finished, tmp_path, kept):
    data = [*CORPORA, "known.npz"]
    clone = copy(finished, tmp_path / "clone", [*data, *kept])
    for entry in finished.path.iterdir():
        if entry.name in ("workflow", "resources", "envs"):
            shutil.copytree(entry, clone.path / entry.name, copy_function=shutil.copyfile)
        elif entry.name in ("Snakefile", "config.yaml"):
            shutil.copyfile(entry, clone.path / entry.name)
    (clone.path / "profiles").symlink_to("workflow/profiles")
    assert clone.planned() == NOTHING


def test_a_table_put_in_its_place_with_an_older_time_stamp_is_read_again(project):
    table = project.path / "dry/clips.csv"
    table.write_text(table.read_text() + "more.wav,pop_rock,1,0,train\n")
    os.utime(table, (1, 1))
    assert project.planned()["index_corpus"] == 1


def test_a_change_inside_a_folder_of_weights_extracts_that_model_again(project):
    folder = project.path / "weights"
    folder.mkdir()
    (folder / "net.bin").write_bytes(b"1")
    edit_yaml(
        project.path / "resources/models/tones.yaml",
        lambda spec: {**spec, "weights": {"folder": "weights"}},
    )
    inside = project.snakemake("--dry-run", "--", "results/embeddings/tones/dry/0.parquet").stdout
    assert "weights/net.bin" in inside


def test_a_local_file_that_changed_is_verified_again(project):
    """A model's declared checksum holds for every later content of the file under `local:`."""
    content = b"weights"
    copy_on_disk = project.path / "copy.bin"
    copy_on_disk.write_bytes(content)
    edit_yaml(
        project.path / "resources/models/tones.yaml",
        lambda spec: {
            **spec,
            "weights": {
                "file": "net.bin",
                "source": "https://example.org/net.bin",
                "sha256": hashlib.sha256(content).hexdigest(),
            },
        },
    )
    project.configure(local={"net.bin": "copy.bin"})
    project.snakemake("results/weights/net.bin")
    copy_on_disk.write_bytes(b"another")
    done = project.snakemake("results/weights/net.bin", check=False)
    assert done.returncode != 0
    assert "sha256 is" in done.stdout

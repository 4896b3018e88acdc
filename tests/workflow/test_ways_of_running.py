"""In the checkout, from another folder, and imported by another workflow."""

import shutil

import pytest
import yaml

from projects import ROOT, Project, add_experiment, copy_checkout, make_project

METRICS = "results/test/metrics.parquet"


def listing(folder):
    """Every file of a folder with its time stamp; what Python compiles does not count."""
    return {
        path.relative_to(folder): path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if "__pycache__" not in path.parts and path.is_file()
    }


@pytest.fixture
def checkout(tmp_path):
    """A read-only checkout in a folder with blanks and accents."""
    path = tmp_path / "Ma copie à moi" / "audio debias"
    copy_checkout(path)
    folders = [path, *(one for one in path.rglob("*") if one.is_dir() and not one.is_symlink())]
    for folder in folders:
        folder.chmod(0o555)
    yield path
    for folder in folders:
        folder.chmod(0o755)


@pytest.fixture
def elsewhere(tmp_path):
    """A folder with an experiment and nothing of the checkout."""
    path = tmp_path / "elsewhere"
    path.mkdir()
    shutil.copy(ROOT / "config.yaml", path)
    return add_experiment(path)


def test_from_another_folder_a_read_only_checkout_gives_the_same_and_is_left_alone(
    checkout, elsewhere, finished
):
    """Own corpora and models lie in the other folder, methods in the checkout."""
    before = listing(checkout)
    snakefile = ["--snakefile", str(checkout / "workflow/Snakefile")]
    there = ["--directory", str(elsewhere.path)]
    targets = [METRICS, "results/test/table.html"]
    Project(checkout).snakemake(*snakefile, *there, "--", *targets)
    finished.check_same(elsewhere.results("metrics.parquet"))
    assert elsewhere.results("table.html").stat().st_size > 0
    assert elsewhere.planned(*snakefile, "--", *targets) == {}
    assert listing(checkout) == before


def test_without_a_config_of_its_own_a_folder_runs_the_checkouts(checkout, tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    jobs = Project(folder).planned("--snakefile", str(checkout / "workflow/Snakefile"))
    assert jobs["render_demo"] > 0


def test_the_root_and_the_real_entry_are_the_same(tmp_path, finished):
    """A checkout with blanks and accents in its path, run where it is."""
    project = make_project(tmp_path / "Ma copie à moi")
    project.snakemake(METRICS)
    finished.check_same(project.path / METRICS)
    assert project.planned("--snakefile", "workflow/Snakefile", "--", METRICS) == {}


IMPORTING = """
rule before:
    output:
        "before.txt",
    script:
        "own.py"


module debias:
    snakefile:
        {snakefile!r}
    config:
        config["debias"]


use rule * from debias as debias_*


rule after:
    output:
        "after.txt",
    params:
        word="own",
    script:
        "own.py"


rule everything:
    default_target: True
    input:
        rules.debias_all.input,
        rules.before.output,
        rules.after.output,
"""


@pytest.fixture
def importing(checkout, elsewhere):
    """Another workflow that imports this one and has rules of its own."""
    folder = elsewhere.path
    config = yaml.safe_load((folder / "config.yaml").read_text())
    (folder / "config.yaml").write_text(yaml.safe_dump({"debias": config, "other": 1}))
    snakefile = IMPORTING.format(snakefile=str(checkout / "workflow/Snakefile"))
    (folder / "Snakefile").write_text('configfile: "config.yaml"\n' + snakefile)
    (folder / "own.py").write_text(
        "with open(snakemake.output[0], 'w') as file:\n"
        "    file.write(' '.join(snakemake.params.keys()))\n"
    )
    profile = folder / "profiles/default/config.yaml"
    profile.parent.mkdir(parents=True)
    profile.write_text("rerun-triggers: [mtime, params, input, software-env]\n")
    return elsewhere


def test_imported_it_gives_the_same_and_leaves_the_rules_of_others_alone(importing, finished):
    importing.snakemake()
    finished.check_same(importing.results("metrics.parquet"))
    assert importing.results("report.html").stat().st_size > 0
    assert (importing.path / "before.txt").read_text() == ""
    assert (importing.path / "after.txt").read_text() == "word"
    assert "Nothing to be done" in importing.snakemake().stdout

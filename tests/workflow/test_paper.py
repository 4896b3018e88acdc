"""The presets of the paper: from the authors' own files to the published table beside ours."""

import shutil
import subprocess

import pandas as pd
import pytest
import yaml
from miniature import point_to, serve, write_irmas, write_openmic
from paper_inputs import irmas_lists, twin_openmic

from projects import ROOT, SAME_ROUNDING

LINEAR = ["none", "lda", "mlda"]
NAMES = {"irmas_listed": "irmas", "openmic_listed": "openmic"}


def preset(name):
    return str(ROOT / "resources/presets" / f"{name}.yaml")


@pytest.mark.parametrize("name", ["paper", "paper-embeddings", "quick"])
def test_a_preset_plans_every_model_and_method(project, name):
    accept = {"accept_licences": ["CC BY-NC-SA 3.0"]}
    (project.path / "accept.yaml").write_text(yaml.safe_dump(accept))
    jobs = project.planned("--configfile", preset(name), "accept.yaml")
    config = yaml.safe_load((ROOT / "resources/presets" / f"{name}.yaml").read_text())
    models, repeats = len(config["models"]), len(config.get("published", {}).get("seeds", []))
    directed = set(config["methods"]) - {"none", "k"}
    cells = len(config["methods"]) - len(directed) + len(directed) * len(config["modes"])
    random = 1 + 2 * len(config["modes"])
    assert jobs["run_transfers"] == models * cells
    assert jobs.get("repeat_transfers", 0) == models * repeats * random
    assert jobs["merge_embeddings"] == 2 * models


def test_irmas_is_not_fetched_before_its_licence_is_accepted(project):
    done = project.snakemake("--dry-run", "--configfile", preset("paper"), check=False)
    assert done.returncode != 0
    assert "accept_licences" in done.stdout
    assert "creativecommons.org/licenses/by-nc-sa" in done.stdout


@pytest.mark.slow
def test_the_published_implementation_is_reproduced_from_its_own_files(project, shared, tmp_path):
    local = irmas_lists(shared, tmp_path)
    local["openmic-2018-v1.0.0.tgz"] = str(twin_openmic(shared, tmp_path))
    local["embeddings.h5"] = str(shared / "twin/embeddings.h5")
    twin = {
        "run": "test",
        "models": ["vggish_published"],
        "methods": LINEAR,
        "local": local,
        "published": {"tolerance": 0.02, "seeds": [], "labels": False},
    }
    (project.path / "twin.yaml").write_text(yaml.safe_dump(twin))
    targets = [f"results/test/{name}" for name in ("metrics.parquet", "published.csv")]
    project.snakemake("--configfile", preset("paper-embeddings"), "twin.yaml", "--", *targets)

    clips = {
        corpus: pd.read_parquet(project.path / f"results/corpora/{corpus}/clips.parquet")
        for corpus in NAMES
    }
    counts = {corpus: table["split"].value_counts().to_dict() for corpus, table in clips.items()}
    assert counts == {
        "irmas_listed": {"train": 4997, "test": 1666},
        "openmic_listed": {"train": 6838, "test": 2491},
    }

    ours = pd.read_parquet(project.results("metrics.parquet")).replace(
        {"train_corpus": NAMES, "test_corpus": NAMES}
    )
    reference = pd.read_csv(shared / "twin/reference_results.csv").rename(
        columns={
            "train_domain": "train_corpus",
            "test_domain": "test_corpus",
            "instrument": "label",
        }
    )
    keys = ["mode", "method", "train_corpus", "test_corpus", "label"]
    both = ours.merge(reference, on=keys, suffixes=("", "_reference"), validate="one_to_one")
    assert len(both) == 240
    difference = (both["roc_auc"] - both["roc_auc_reference"]).abs().astype(float)
    assert difference.max() <= 2e-4
    assert (difference <= 1e-6).mean() >= (0.95 if SAME_ROUNDING else 0.85)
    verdicts = pd.read_csv(project.results("published.csv"))["verdict"]
    assert set(verdicts) <= {"agrees", "differs", "not judged"}


def miniature(project, folder, wheel, address=None):
    """Make both archives in miniature; the paper's preset on them, with a model that is at hand."""
    files = {**write_irmas(folder), **write_openmic(folder)}
    point_to(project, files, address or "http://127.0.0.1:9")
    small = {
        "run": "test",
        "models": ["mtt_vgg"],
        "methods": ["none", "mlda"],
        "modes": ["global"],
        "labels": ["flute", "violin"],
        "genres": ["pop_rock", "classical"],
        "accept_licences": ["CC BY-NC-SA 3.0"],
        "published": {"tolerance": 0.3, "seeds": [], "labels": False},
        "extraction": {"shard_clips": 20_000},  # the corpora's numbers of clips are the real ones
        "local": {wheel.name: str(wheel)},
    }
    return files, small


def run_paper(project, small, *targets, prefix=()):
    (project.path / "small.yaml").write_text(yaml.safe_dump(small))
    files = ["--configfile", preset("paper"), "small.yaml"]
    return project.snakemake(*files, "--", *targets, prefix=prefix)


@pytest.mark.slow
def test_the_paper_preset_runs_from_download_to_table(project, wheel, tmp_path):
    server, address = serve(tmp_path)
    try:
        _, small = miniature(project, tmp_path, wheel, address)
        run_paper(project, small, "results/test/metrics.parquet", "results/test/published.html")
    finally:
        server.shutdown()
    metrics = pd.read_parquet(project.results("metrics.parquet"))
    assert len(metrics) == 2 * 1 * 4 * 2  # methods x modes x transfers x labels
    assert metrics["roc_auc"].notna().all()
    dropped = pd.read_csv(project.path / "results/corpora/irmas/dropped.csv")
    assert dropped["reason"].tolist() == ["other_genre", "other_genre"]  # latin soul
    assert project.results("published.html").exists()


@pytest.mark.slow
def test_with_local_files_the_paper_preset_needs_no_network(project, wheel, tmp_path):
    unshare = ["unshare", "--net", "--map-root-user"]
    if subprocess.run([*unshare, "true"], capture_output=True).returncode:
        pytest.skip("this user may not make a network namespace (unshare)")
    files, small = miniature(project, tmp_path, wheel)
    files["IRMAS-TrainingData.zip"] = unpacked(files["IRMAS-TrainingData.zip"], tmp_path)
    small["local"] |= {name: str(path) for name, path in files.items()}
    targets = [f"results/embeddings/mtt_vgg/{corpus}.parquet" for corpus in ("irmas", "openmic")]
    run_paper(project, small, *targets, prefix=unshare)  # what follows reads nothing but these
    assert all((project.path / target).exists() for target in targets)


def unpacked(archive, folder):
    """The archive as a user has it who unpacked it long ago."""
    shutil.unpack_archive(archive, folder / "unpacked")
    return folder / "unpacked"


def test_a_missing_clip_is_an_error_that_says_which(project, wheel, tmp_path):
    files, small = miniature(project, tmp_path, wheel)
    small["local"] |= {name: str(path) for name, path in files.items()}
    path = project.path / "resources/corpora/irmas.yaml"
    definition = yaml.safe_load(path.read_text())
    definition["expected"]["train"] += 2
    path.write_text(yaml.safe_dump(definition))
    (project.path / "small.yaml").write_text(yaml.safe_dump(small))
    target = "results/corpora/irmas/clips.parquet"
    done = project.snakemake(target, "--configfile", preset("paper"), "small.yaml", check=False)
    assert done.returncode != 0
    assert "'train': 24} clips, expected {" in done.stdout
    assert "2 other_genre (" in done.stdout
    assert "[lat_sou]" in done.stdout
    assert not (project.path / target).exists()

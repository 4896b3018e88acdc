"""The presets of the paper: from the authors' own files to the published table beside ours."""

import pandas as pd
import pytest
import yaml
from paper_inputs import irmas_lists, twin_openmic

from conftest import ROOT

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
    directed = [method for method in config["methods"] if method.endswith("lda")]
    cells = len(config["methods"]) - len(directed) + len(directed) * len(config["modes"])
    random = 1 + 2 * len(config["modes"])
    assert jobs["run_transfers"] == models * (cells + repeats * random)
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
        "local": local,
        "published": {"tolerance": 0.02, "seeds": [], "labels": False},
    }
    (project.path / "twin.yaml").write_text(yaml.safe_dump(twin))
    project.snakemake("--configfile", preset("paper-embeddings"), "twin.yaml")

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
    assert len(both) == 480
    linear = both[both["method"].isin(LINEAR)]
    difference = (linear["roc_auc"] - linear["roc_auc_reference"]).abs().astype(float)
    assert difference.max() <= 2e-4
    assert (difference <= 1e-6).mean() >= 0.95
    verdicts = pd.read_csv(project.results("published.csv"))["verdict"]
    assert set(verdicts) <= {"agrees", "differs", "not judged"}

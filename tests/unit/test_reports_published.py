"""Ours beside the published numbers: which difference agrees, differs, or is not judged."""

import hashlib
from functools import partial

import numpy as np
import pandas as pd
import pytest
import yaml
from reports_data import POSTER, make_metrics, read_published_metrics

from audio_debias.errors import InputError
from audio_debias.reports import published as module
from audio_debias.reports.published import html_comparison
from audio_debias.reports.published_files import (
    read_published_cosines,
    read_published_labels,
    read_published_table,
    under_own_names,
)
from projects import ROOT

KERNEL = ["k", "klda", "mklda"]
LABELS = [f"label{i}" for i in range(10)]
compare = partial(module.compare, seeded=KERNEL)


@pytest.fixture
def table():
    return read_published_table(POSTER)


@pytest.fixture
def metrics():
    return make_metrics(corpora=["irmas", "openmic"], models=["vggish"], labels=LABELS)


def verdicts(comparison, level):
    return comparison[comparison["level"] == level]["verdict"].value_counts().to_dict()


def as_published(metrics):
    """A published table with our own means, to two decimals."""
    keys = ["model", "method", "mode", "train_corpus", "test_corpus"]
    means = 100 * metrics.groupby(keys, sort=False)["roc_auc"].mean()
    return means.astype(float).round(2).rename("auc").reset_index()


def test_the_posters_table_has_144_cells_and_those_of_the_shared_data(table, shared):
    keys = ["model", "method", "mode", "train_corpus", "test_corpus"]
    exact = pd.read_csv(shared / "published" / "table.csv")
    both = table.merge(exact, on=keys, validate="one_to_one")
    assert len(both) == len(table) == 144
    # The exact means are themselves rounded, to four decimals.
    assert (both["auc"] - both["mean_roc_auc_x100"]).abs().max() <= 0.005 + 0.00005 + 1e-9


def test_the_published_results_agree_with_the_published_table(table, shared):
    published = read_published_metrics(shared)
    comparison = compare([published], table, published)
    assert verdicts(comparison, "cell") == {"agrees": 72, "not judged": 72}
    assert verdicts(comparison, "label") == {"agrees": 720, "not judged": 720}
    assert comparison["difference"].abs().max() <= 0.005
    seeds = compare([published] * 3, table, published)
    assert verdicts(seeds, "cell") == {"agrees": 144}


def test_a_label_that_moves_by_more_than_the_tolerance_differs(metrics):
    moved = metrics.copy()
    moved.loc[0, "roc_auc"] += 0.0005  # 0.05 points; 0.005 in the mean of ten
    comparison = compare([moved], as_published(metrics), metrics, tolerance=0.02)
    assert verdicts(comparison, "label") == {"agrees": 239, "not judged": 240, "differs": 1}
    assert verdicts(comparison, "cell")["agrees"] == 24
    differing = comparison[comparison["verdict"] == "differs"].iloc[0]
    assert differing["label"] == "label0"
    assert differing["difference"] == pytest.approx(0.05)


def test_seeded_methods_are_judged_against_the_spread_over_seeds(metrics):
    kernel = metrics["method"].isin(KERNEL)
    seeds = [
        metrics.assign(roc_auc=metrics["roc_auc"] + shift * kernel) for shift in (-0.01, 0, 0.01)
    ]
    table = as_published(metrics)
    table.loc[table["method"].isin(KERNEL), "auc"] += 2.9  # within three sd of 1 point
    comparison = compare(seeds, table, seeded=KERNEL)
    assert set(comparison["verdict"]) == {"agrees"}
    random = comparison["method"].isin(KERNEL)
    assert comparison.loc[random, "seeds"].unique() == [3]
    np.testing.assert_allclose(comparison.loc[random, "tolerance"], 3 + 0.025)
    table.loc[table["method"].isin(KERNEL), "auc"] += 0.2
    assert set(compare(seeds, table, seeded=KERNEL).loc[random, "verdict"]) == {"differs"}
    assert set(compare(seeds[:2], table, seeded=KERNEL).loc[random, "verdict"]) == {"not judged"}


def test_a_mean_that_lacks_a_label_is_incomplete_not_different(metrics):
    lacking = metrics.copy()
    lacking.loc[0, "roc_auc"] = None
    comparison = compare([lacking], as_published(metrics), metrics)
    assert verdicts(comparison, "cell")["incomplete"] == 1
    assert verdicts(comparison, "label")["incomplete"] == 1
    assert "differs" not in set(comparison["verdict"])
    assert "nan" not in html_comparison(comparison).lower()


def test_what_was_not_published_is_not_listed(table):
    ours = make_metrics(corpora=["irmas", "openmic", "mine"], models=["vggish", "mine"])
    comparison = compare([ours], table)
    assert set(comparison["model"]) == {"vggish"}
    assert len(comparison) == 48
    nothing = compare([make_metrics()], table)
    assert nothing.empty
    assert "Nothing in this run was published" in html_comparison(nothing)


def test_the_authors_own_file_is_read(tmp_path):
    header = "instrument,train_set,test_set,precision,recall,f1-score,support,accuracy,roc_auc,ap,"
    rows = [
        "cello,irmas,openmic,1,1,1,9,1,0.8,0.7,vggish",
        "cello,irmas,irmas,1,1,1,9,1,0.9,0.8,vggish-mklda",
    ]
    path = tmp_path / "result_all.csv"
    path.write_text("\n".join([header + "embedding", *rows]) + "\n")
    labels = read_published_labels({"global": path, "classwise": path})
    assert labels["mode"].tolist() == ["global", "global", "classwise", "classwise"]
    assert labels["model"].unique().tolist() == ["vggish"]
    assert labels["method"].tolist() == ["none", "mklda"] * 2
    assert labels.loc[0, ["label", "train_corpus", "test_corpus", "roc_auc"]].tolist() == [
        "cello",
        "irmas",
        "openmic",
        0.8,
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"instrument,roc_auc\ncello,0.5\n", r"result_all\.csv: no column ap, embedding"),
        (b"", r"result_all\.csv: not readable as CSV"),
        (b"\xff\xfe\x00 not text", r"result_all\.csv: not readable as CSV"),
    ],
)
def test_another_file_in_its_place_is_refused_in_one_line(tmp_path, content, message):
    path = tmp_path / "result_all.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_published_labels({"global": path})
    assert "\n" not in str(caught.value)


def test_names_that_mean_harm_stay_text(metrics):
    hostile = metrics.assign(label=metrics["label"] + "<script>")
    page = html_comparison(compare([hostile], as_published(metrics), hostile), {"vggish": "<b>"})
    assert "<script" not in page
    assert "<b>" not in page


COSINES = {
    ("global", "linear"): "cello,vggish,irmas,0.5\n",
    ("classwise", "kernel"): "cello,vggish-k,openmic,-0.25\ncello,yamnet-k,openmic,0.1\n",
}


def test_published_cosines_are_read_under_our_names(tmp_path):
    paths = {}
    for key, rows in COSINES.items():
        paths[key] = tmp_path / f"{'_'.join(key)}.csv"
        paths[key].write_text("instrument,embedding,train set,cosine similarity\n" + rows)
    found = read_published_cosines(paths)
    assert found.to_numpy().tolist() == [
        ["global", "linear", "cello", "vggish", "irmas", 0.5],
        ["classwise", "kernel", "cello", "vggish", "openmic", -0.25],
        ["classwise", "kernel", "cello", "yamnet", "openmic", 0.1],
    ]
    same_as = {"mine": "vggish", "irmas_listed": "irmas", "openmic": "openmic"}
    own = under_own_names(found, same_as)
    assert own[["model", "train_corpus"]].to_numpy().tolist() == [
        ["mine", "irmas_listed"],
        ["mine", "openmic"],
    ]
    paths["global", "linear"].write_text("instrument,embedding\n")
    with pytest.raises(InputError, match="no column cosine similarity, train set"):
        read_published_cosines(paths)


def test_the_cosines_of_the_authors_files_have_the_checksums_that_we_ask_for(shared, tmp_path):
    """The shared table holds the rows of the four files, in their order."""
    files = yaml.safe_load((ROOT / "resources/published/files.yaml").read_text())
    rows = pd.read_csv(shared / "published" / "cosine_similarity.csv", dtype=str)
    for (mode, space), part in rows.groupby(["mode", "space"]):
        part = part.assign(model=part["model"] + ("" if space == "linear" else "-k"))
        text = "instrument,embedding,train set,cosine similarity\n"
        text += part[["label", "model", "train_corpus", "cosine"]].to_csv(index=False, header=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        assert files[f"published_cosines_{mode}_{space}.csv"]["checksum"] == f"sha256:{digest}"

"""Damage of the files between stages: one line that names the file, and never other numbers."""

import json
import pickle
import random
import struct
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from safetensors.numpy import save_file

from audio_debias import estimators
from audio_debias.corpora.clips import read_clips, validate_clips, write_clips
from audio_debias.corpora.npz_arrays import read_member, read_numbers, read_strings
from audio_debias.corpora.properties import properties_frame, read_properties, write_properties
from audio_debias.corrections.correction import BiasCorrection
from audio_debias.corrections.store import load_corrections, save_corrections
from audio_debias.errors import InputError
from audio_debias.evidence.findings import as_json, read_findings
from audio_debias.evidence.sentences import Finding
from audio_debias.files import read_parquet, write_parquet
from audio_debias.models.embeddings import merge_embeddings, read_embeddings, write_embeddings
from audio_debias.samples.matching import read_excluded
from audio_debias.transfers.classifier import LogisticGrid
from audio_debias.transfers.store import load_classifiers, save_classifiers

RNG = np.random.default_rng(0)
N = 60
IDS = sorted(f"c{index}" for index in range(N))
X = RNG.normal(size=(N, 4))
Y, DOMAIN = RNG.random(N) < 0.5, np.repeat([0, 1], N // 2)
SHARED, RUN = "results/embeddings/m", "results/run"


def write_scores(path):
    scores = {"label": RNG.choice(["flute", "organ"], N), "clip_id": IDS, "logit": X[:, 0]}
    write_parquet(path, pd.DataFrame({**scores, "truth": Y}))


def write_metrics(path):
    table = pd.DataFrame({"roc_auc": [0.5, None, 0.7], "reason": [None, "none", None]})
    table.attrs["redrawn"] = {"a--b": 3}
    write_parquet(path, table.astype({"roc_auc": "Float64", "reason": "string"}))


def write_table_of_clips(path):
    clips = {"clip_id": IDS, "path": None, "split": ["train", "test"] * (N // 2), "genre": None}
    clips |= {"track_id": None, "seconds": np.abs(X[:, 0]), "flute": pd.array(Y, dtype="boolean")}
    write_clips(validate_clips(pd.DataFrame(clips), ["flute"], [], source="test"), path)


def write_measured(path):
    rows = [{"clip_id": name, "loudness": value} for name, value in zip(IDS, X[:, 0], strict=True)]
    write_properties(properties_frame(rows), path)


def write_npz(path):
    np.savez(path, Y_true=np.abs(X), sample_key=np.array(IDS, dtype=object))


def read_npz(path):
    return read_numbers(path, "Y_true"), read_strings(read_member(path, "sample_key"), str(path))


FILES = {
    f"{RUN}/scores/a--b/m/lda-global.parquet": (write_scores, read_parquet),
    f"{RUN}/metrics.parquet": (write_metrics, read_parquet),
    "results/corpora/a/clips.parquet": (write_table_of_clips, read_clips),
    "results/corpora/a/properties.parquet": (write_measured, read_properties),
    f"{SHARED}/a.parquet": (
        lambda path: write_embeddings(path, IDS, X, {"model": {"name": "m"}}),
        read_embeddings,
    ),
    f"{RUN}/corrections/a--b/m/lda-global.safetensors": (
        lambda path: save_corrections(path, {"*": BiasCorrection().fit(X, domain=DOMAIN)}),
        load_corrections,
    ),
    f"{RUN}/classifiers/a--b/m/lda-global.safetensors": (
        lambda path: save_classifiers(path, {("flute", "a"): LogisticGrid().fit(X, Y)}),
        load_classifiers,
    ),
    "openmic.npz": (write_npz, read_npz),
}


def content(thing):
    """What a reader gave, as bytes that are equal if and only if the content is."""
    if isinstance(thing, pd.DataFrame):
        return pickle.dumps([thing.dtypes.astype(str).to_dict(), thing.attrs, thing.to_csv()])
    if isinstance(thing, np.ndarray):
        return pickle.dumps([str(thing.dtype), thing.shape, thing.tobytes()])
    if isinstance(thing, dict):
        return pickle.dumps({str(key): content(value) for key, value in thing.items()})
    if isinstance(thing, tuple | list):
        return pickle.dumps([content(one) for one in thing])
    return content(vars(thing)) if hasattr(thing, "__dict__") else pickle.dumps(thing)


def mutations(whole, number, seed):
    """Flipped bits, other bytes, cuts, repeats and zeros in a file, drawn from a seed."""
    draw = random.Random(seed)
    for index in range(number):
        data, position = bytearray(whole), draw.randrange(len(whole))
        length = draw.randrange(1, 64)
        kind = index % 6
        if kind in (0, 1):
            data[position] ^= 1 << draw.randrange(8)
        elif kind == 2:
            data[position : position + length] = draw.randbytes(length)
        elif kind == 3:
            del data[position:]
        elif kind == 4:
            data[position:position] = data[max(0, position - length) : position]
        else:
            data[position : position + length] = bytes(length)
        yield bytes(data)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FILES)
def test_a_mutated_file_gives_the_same_content_or_one_line(tmp_path, name):
    write, read = FILES[name]
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path)
    whole, true = path.read_bytes(), content(read(path))
    refused = []
    for number, damaged in enumerate(mutations(whole, 600, seed=name)):
        path.write_bytes(damaged)
        try:
            assert content(read(path)) == true, f"mutation {number} gives something else"
        except InputError as error:
            refused.append(str(error))
    assert len(refused) > 200
    for message in refused:
        assert message.startswith(f"{path}: ")
        assert "\n" not in message
        assert len(message) < len(str(path)) + 500


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("results")])
@pytest.mark.parametrize("damaged", [b"", b"no", None], ids=["empty", "text", "missing"])
def test_what_is_no_such_file_names_the_rule_that_makes_it(tmp_path, name, damaged):
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    if damaged is not None:
        path.write_bytes(damaged)
    with pytest.raises(InputError, match=r"; delete it and run again: the rule \w+ ") as caught:
        FILES[name][1](path)
    rules = ("run_transfers", "metrics", "index_corpus", "merge_", "fit_corrections")
    assert any(f"the rule {rule}" in str(caught.value) for rule in rules)


def test_a_footer_that_was_changed_is_refused(tmp_path):
    # No page of it is damaged: other names and metadata, the pages as they were.
    path = tmp_path / "scores.parquet"
    write_parquet(path, pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}))
    table = pq.read_table(path)
    metadata = pq.read_metadata(path).metadata
    kept = {key: value for key, value in metadata.items() if key != b"ARROW:schema"}
    pq.write_table(table.rename_columns(["b", "a"]).replace_schema_metadata(kept), path)
    with pytest.raises(InputError, match="something else than was written"):
        read_parquet(path)


def test_the_digest_does_not_depend_on_how_a_table_is_cut(tmp_path):
    whole, parts = tmp_path / "whole.parquet", [tmp_path / f"{part}.parquet" for part in range(3)]
    write_embeddings(whole, IDS, X, {"v": 1})
    for number, path in enumerate(parts):
        rows = slice(number * 20, number * 20 + 20)
        write_embeddings(path, IDS[rows], X[rows], {"v": 1})
    merge_embeddings(parts, tmp_path / "merged.parquet")
    key = b"audio_debias_digest"
    digests = {
        pq.read_metadata(path).metadata[key] for path in (whole, tmp_path / "merged.parquet")
    }
    assert len(digests) == 1
    assert len(digests.pop()) == 64


DEEP = "[" * 100_000 + "]" * 100_000
CONTENTS = [DEEP, "[]", "5", "null", '"x"', "{", '{"format": []}', '{"format": 3, "digest": 1}']


@pytest.mark.parametrize("metadata", CONTENTS, ids=lambda text: text[:20])
def test_odd_metadata_of_fitted_arrays_is_refused(tmp_path, metadata):
    path = tmp_path / "c.safetensors"
    save_file({"a": np.zeros(3)}, path, metadata={"audio_debias": metadata})
    for load in (load_corrections, load_classifiers):
        with pytest.raises(InputError, match=r"c\.safetensors: ") as caught:
            load(path)
        assert len(str(caught.value)) < len(str(path)) + 500


@pytest.mark.parametrize("states", [DEEP, [], {"*": []}, {"*": {"parameters": 5}}, {"*": None}])
def test_whole_files_of_other_content_are_refused(tmp_path, states):
    path = tmp_path / "c.safetensors"
    content = {"corrections": states, "classifiers": states, "metadata": {}}
    estimators.save_arrays(path, {"a": np.full(3, np.nan)}, content)
    with pytest.raises(InputError, match=r"c\.safetensors: damaged"):
        load_corrections(path)
    if states not in ([], {}):
        with pytest.raises(InputError, match=r"c\.safetensors: damaged"):
            load_classifiers(path)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_fitted_arrays_that_are_not_finite_are_refused(tmp_path, value):
    correction = BiasCorrection().fit(X, domain=DOMAIN)
    correction.erasers_[0].left[0, 0] = value
    save_corrections(tmp_path / "c.safetensors", {"*": correction})
    with pytest.raises(InputError, match=r"c\.safetensors: damaged \(.*NaN or infinity"):
        load_corrections(tmp_path / "c.safetensors")


@pytest.mark.parametrize("metadata", [DEEP, "{", "5", "null"], ids=lambda text: text[:9])
def test_odd_metadata_of_embeddings_is_refused(tmp_path, metadata):
    lists = pa.FixedSizeListArray.from_arrays(pa.array(X.ravel(), pa.float32()), 4)
    table = pa.table({"clip_id": IDS, "embedding": lists})
    pq.write_table(
        table.replace_schema_metadata({"audio_debias": metadata}), tmp_path / "e.parquet"
    )
    with pytest.raises(InputError, match=r"e\.parquet: damaged"):
        read_embeddings(tmp_path / "e.parquet")


FINDING = {"kind": "drops", "text": "a", "about": {}, "numbers": {"drop": 1.5}}


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[5]", DEEP, json.dumps([{**FINDING, "text": 5}]), json.dumps([{"kind": "drops"}])],
    ids=lambda text: text[:20],
)
def test_findings_that_are_none_are_refused(tmp_path, text):
    path = tmp_path / "results/run/findings.json"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    with pytest.raises(InputError, match="the rule findings makes it") as caught:
        read_findings(path)
    assert "\n" not in str(caught.value)


def test_one_digit_changed_in_a_finding_is_seen(tmp_path):
    path = tmp_path / "results/run/findings.json"
    path.parent.mkdir(parents=True)
    path.write_text(as_json([Finding(**FINDING)]))
    assert read_findings(path) == [FINDING]
    path.write_text(path.read_text().replace("1.5", "1.7"))
    with pytest.raises(InputError, match="digest does not fit: 'a'"):
        read_findings(path)


def test_an_empty_list_of_excluded_labels_is_no_traceback(tmp_path):
    (tmp_path / "x.excluded.csv").write_text("")
    with pytest.raises(InputError, match=r"x\.excluded\.csv: damaged"):
        read_excluded(tmp_path / "x.excluded.csv")


def test_a_member_of_an_npz_that_claims_terabytes_is_refused(tmp_path):
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    array = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
        archive.writestr("Y_true.npy", array)
    with pytest.raises(InputError, match=r"x\.npz: Y_true"):
        read_numbers(tmp_path / "x.npz", "Y_true")

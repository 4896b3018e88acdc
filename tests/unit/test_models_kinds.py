"""Kinds that a user adds with one yaml: keras, onnx, python, precomputed."""

import h5py
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import soundfile

from audio_debias.errors import InputError
from audio_debias.models.extraction import extract_shard
from audio_debias.models.registry import load_model
from audio_debias.models.tensorflow_setup import tensorflow
from audio_debias.plugins import KINDS
from projects import ROOT

RATE = 8000
SPEC = {"name": "mine", "sample_rate": RATE, "window": 0.5, "hop": 0.25, "dim": 2, "batch": 4}


@pytest.fixture
def clips(tmp_path):
    """Three clips of 0.2, 1 and 2.1 s, their table, and per clip its windows of 0.5 s."""
    rng = np.random.default_rng(0)
    windows = []
    for name, n_samples in (("a", 1600), ("b", 8000), ("c", 16800)):
        samples = rng.normal(0, 0.1, n_samples).astype(np.float32)
        soundfile.write(tmp_path / f"{name}.wav", samples, RATE, subtype="FLOAT")
        padded = np.pad(samples, (0, max(0, 4000 - n_samples)))
        starts = range(0, len(padded) - 3999, 2000)
        windows.append(np.stack([padded[start : start + 4000] for start in starts]))
    table = pd.DataFrame({"clip_id": list("abc"), "path": ["a.wav", "b.wav", "c.wav"]})
    return tmp_path, table, windows


def extract(clips, spec, weights=None):
    root, table, _ = clips
    return extract_shard(table, root, spec, weights, progress=False)


def test_keras_files_embed_windows_of_waveform(clips):
    root, _, windows = clips
    keras = tensorflow().keras
    weights = np.random.default_rng(1).normal(size=(4000, 2)).astype(np.float32)
    model = keras.Sequential([keras.Input((4000,)), keras.layers.Dense(2, use_bias=False)])
    model.set_weights([weights])
    model.save(root / "model.keras")
    out = extract(clips, SPEC | {"kind": "keras"}, root / "model.keras")
    expected = [(part @ weights).mean(axis=0) for part in windows]
    np.testing.assert_allclose(out.embeddings, expected, rtol=1e-4, atol=1e-5)


def test_keras_files_with_python_code_in_them_are_refused(tmp_path):
    keras = tensorflow().keras
    inputs = keras.Input((4000,))
    model = keras.Model(inputs, keras.layers.Lambda(lambda x: x[:, :2])(inputs))
    model.save(tmp_path / "model.keras")
    for name in ("model.keras", "missing.keras"):
        with pytest.raises(InputError, match="Keras cannot load it") as caught:
            load_model(SPEC | {"kind": "keras"}, tmp_path / name)
        assert "\n" not in str(caught.value)


def onnx_model(onnx):
    """A matrix product, and its matrix."""
    weights = np.random.default_rng(1).normal(size=(4000, 2)).astype(np.float32)
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [
            onnx.helper.make_node("MatMul", ["waveform", "w"], ["embedding"]),
            onnx.helper.make_node("Neg", ["embedding"], ["other"]),
        ],
        "mine",
        [value("waveform", onnx.TensorProto.FLOAT, ["batch", 4000])],
        [value(name, onnx.TensorProto.FLOAT, ["batch", 2]) for name in ("other", "embedding")],
        [onnx.numpy_helper.from_array(weights, "w")],
    )
    opset = [onnx.helper.make_opsetid("", 17)]
    model = onnx.helper.make_model(graph, opset_imports=opset, ir_version=9)
    return weights, model


def test_onnx_files_embed_windows_of_waveform(clips):
    pytest.importorskip("onnxruntime")
    onnx = pytest.importorskip("onnx")
    root, _, windows = clips
    weights, model = onnx_model(onnx)
    onnx.save(model, root / "model.onnx")
    spec = SPEC | {"kind": "onnx", "options": {"output": "embedding"}}
    out = extract(clips, spec, root / "model.onnx")
    expected = [(part @ weights).mean(axis=0) for part in windows]
    np.testing.assert_allclose(out.embeddings, expected, rtol=1e-4, atol=1e-5)
    with pytest.raises(InputError, match="embeding"):
        load_model(spec | {"options": {"output": "embeding"}}, root / "model.onnx")
    (root / "text.onnx").write_text("no model")
    with pytest.raises(InputError, match=r"text\.onnx"):
        load_model(spec, root / "text.onnx")


def test_an_onnx_file_of_another_batch_is_one_line_with_the_mend(clips):
    pytest.importorskip("onnxruntime")
    onnx = pytest.importorskip("onnx")
    root, _, _ = clips
    _, model = onnx_model(onnx)
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_value = 1
    onnx.save(model, root / "one.onnx")
    with pytest.raises(InputError, match=r"one\.onnx: does not take windows of .*batch:") as caught:
        extract(clips, SPEC | {"kind": "onnx"}, root / "one.onnx")
    assert "\n" not in str(caught.value)


def test_external_data_of_an_onnx_file_belong_to_its_folder(clips, tmp_path):
    pytest.importorskip("onnxruntime")
    onnx = pytest.importorskip("onnx")
    spec = SPEC | {"kind": "onnx", "options": {"output": "embedding"}}
    weights, model = onnx_model(onnx)
    folder = tmp_path / "weights"
    folder.mkdir()
    external = {"save_as_external_data": True, "location": "w.bin", "size_threshold": 0}
    onnx.save(model, folder / "model.onnx", **external)
    out = extract(clips, spec, folder)
    expected = [(part @ weights).mean(axis=0) for part in clips[2]]
    np.testing.assert_allclose(out.embeddings, expected, rtol=1e-4, atol=1e-5)
    with pytest.raises(InputError, match=r"its tensors lie in 'w\.bin': put both into a folder"):
        load_model(spec, folder / "model.onnx")
    model = (folder / "model.onnx").read_bytes()
    for name in (b"../w.bi", b"/etc/pw"):
        assert model.count(b"\x12\x05w.bin") == 1
        odd = model.replace(b"\x12\x05w.bin", b"\x12\x07" + name)
        (folder / "model.onnx").write_bytes(odd)
        with pytest.raises(InputError):
            load_model(spec, folder)
    (folder / "second.onnx").write_bytes(model)
    with pytest.raises(InputError, match="holds 2 files"):
        load_model(spec, folder)


def test_python_functions_embed_whole_clips(clips, monkeypatch):
    root, _, _ = clips
    (root / "my_features.py").write_text(
        "import numpy as np\n"
        "def embed(waveform, sample_rate):\n"
        "    return np.array([[len(waveform), sample_rate], [0, 0]])\n"
    )
    monkeypatch.syspath_prepend(root)
    spec = SPEC | {"kind": "python", "options": {"function": "my_features:embed"}}
    out = extract(clips, spec)
    assert out.embeddings.tolist() == [[800, 4000], [4000, 4000], [8400, 4000]]  # means of 2 frames
    for name in ("my_features:embd", "no_such_module:embed", "my_features", ""):
        with pytest.raises(InputError, match=r"options\.function"):
            load_model(spec | {"options": {"function": name}}, None)


def test_a_python_function_that_ends_its_process_costs_one_clip(clips, monkeypatch):
    root, _, _ = clips
    (root / "crashing.py").write_text(
        "import os, sys\n"
        "def embed(waveform, sample_rate):\n"
        "    print('noise on stdout')\n"
        "    if len(waveform) == 8000: os._exit(3)\n"
        "    if len(waveform) == 1600: return [[1j, 2]]\n"
        "    return [[len(waveform), 0]]\n"
    )
    monkeypatch.syspath_prepend(root)
    out = extract(clips, SPEC | {"kind": "python", "options": {"function": "crashing:embed"}})
    reasons = dict(zip(out.skipped["clip_id"], out.skipped["detail"], strict=True))
    assert reasons == {
        "a": "the function gave complex128, no real numbers",
        "b": "the function ended its process (exit code 3)",
    }
    assert out.clip_ids.tolist() == ["c"]
    assert out.embeddings.tolist() == [[16800, 0]]


VALUES = np.array([[1, 2], [3, 4], [np.nan, 6]], dtype=np.float32)


def write(path, clip_ids):
    if path.suffix == ".npz":
        np.savez(path, clip_id=np.array(clip_ids), embedding=VALUES)
    elif path.suffix == ".parquet":
        pq.write_table(pa.table({"clip_id": clip_ids, "embedding": VALUES.tolist()}), path)
    else:
        with h5py.File(path, "w") as file:
            file["mine/model/keys"] = np.array(clip_ids, dtype="S")
            file["mine/model/features"] = VALUES


@pytest.mark.parametrize("suffix", ["npz", "parquet"])
def test_precomputed_embeddings_are_looked_up_and_what_lacks_is_listed(clips, suffix):
    root, _, _ = clips
    write(root / f"mine.{suffix}", ["c", "x", "a"])
    out = extract(clips, SPEC | {"kind": "precomputed"}, root / f"mine.{suffix}")
    assert out.clip_ids.tolist() == ["c"]
    assert out.embeddings.tolist() == [[1, 2]]
    assert out.skipped[["clip_id", "reason"]].to_numpy().tolist() == [
        ["a", "embedding_not_finite"],
        ["b", "not_precomputed"],
    ]


def test_precomputed_frames_of_an_h5_file_are_averaged(clips):
    root, _, _ = clips
    with h5py.File(root / "mine.h5", "w") as file:
        file["mine/model/keys"] = np.array(["b", "a", "b"], dtype="S")
        file["mine/model/features"] = np.array([[1.0, 2.0], [5.0, 6.0], [3.0, 4.0]])
    spec = SPEC | {"kind": "precomputed", "options": {"groups": ["mine/model"]}}
    out = extract(clips, spec, root / "mine.h5")
    assert out.embeddings.tolist() == [[5, 6], [2, 3]]
    with pytest.raises(InputError, match=r"options\.groups"):
        load_model(SPEC | {"kind": "precomputed"}, root / "mine.h5")


def test_precomputed_files_of_another_shape_are_refused(tmp_path):
    spec = SPEC | {"kind": "precomputed"}
    write(tmp_path / "twice.npz", ["a", "a", "b"])
    write(tmp_path / "wide.npz", ["a", "b", "c"])
    np.savez(tmp_path / "other.npz", x=VALUES)
    np.savez(tmp_path / "pickle.npz", clip_id=np.array(["a"], dtype=object), embedding=VALUES[:1])
    (tmp_path / "text.parquet").write_text("no table")
    (tmp_path / "mine.csv").write_text("clip_id\n")
    with pytest.raises(InputError, match="dim"):
        load_model(spec | {"dim": 3}, tmp_path / "wide.npz")
    names = ("twice.npz", "other.npz", "pickle.npz", "text.parquet", "mine.csv", "none.npz")
    for name in names:
        with pytest.raises(InputError, match=name) as caught:
            load_model(spec, tmp_path / name)
        assert "\n" not in str(caught.value)


def test_a_wrong_number_of_weight_files_is_refused(tmp_path):
    for weights in (None, [tmp_path / "a.keras", tmp_path / "b.keras"]):
        with pytest.raises(InputError, match="weights"):
            load_model(SPEC | {"kind": "keras"}, weights)


def test_a_clip_on_which_a_python_function_fails_is_skipped(clips, monkeypatch):
    root, _, _ = clips
    code = "def embed(wave, rate):\n    return [[1, 2]] if len(wave) > 5000 else [][0]\n"
    (root / "picky.py").write_text(code)
    monkeypatch.syspath_prepend(root)
    spec = SPEC | {"kind": "python", "options": {"function": "picky:embed"}}
    out = extract(clips, spec)
    assert out.clip_ids.tolist() == ["b", "c"]
    assert out.skipped.to_numpy().tolist() == [
        ["a", "model_failed", "IndexError: list index out of range"]
    ]


@pytest.mark.parametrize(
    ("kind", "message"),
    [("python", "options.function: missing"), ("musicnn", "options: missing")],
)
def test_a_definition_without_what_its_kind_needs_is_refused(tmp_path, kind, message):
    (tmp_path / "weights").touch()
    spec = {"name": "mine", "kind": kind, "sample_rate": 16000, "dim": 4}
    with pytest.raises(InputError, match=message):
        load_model(spec, [] if kind == "python" else tmp_path / "weights")


def test_an_unknown_option_of_a_model_is_refused_with_the_nearest_known_one(tmp_path):
    spec = SPEC | {"kind": "onnx", "options": {"outptu": "embedding"}}
    with pytest.raises(InputError, match=r"unknown key 'outptu'; did you mean 'output'\?"):
        load_model(spec, tmp_path / "model.onnx")


@pytest.mark.parametrize(
    "code", ["raise RuntimeError('no')", "import sys; sys.exit(0)", "def embed(:", "x = 1"]
)
def test_a_python_module_that_fails_is_named(tmp_path, monkeypatch, code, request):
    name = f"failing{abs(hash(code))}"
    (tmp_path / f"{name}.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    spec = SPEC | {"kind": "python", "options": {"function": f"{name}:embed"}}
    with pytest.raises(InputError, match=r"options\.function: cannot import") as caught:
        load_model(spec, None)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("length", [0, 100, 400])
def test_a_damaged_file_of_embeddings_is_named(tmp_path, length):
    whole = tmp_path / "whole.npz"
    np.savez(whole, clip_id=np.array(["a", "b"]), embedding=np.ones((2, 2)))
    (tmp_path / "damaged.npz").write_bytes(whole.read_bytes()[:length])
    spec = SPEC | {"kind": "precomputed"}
    with pytest.raises(InputError, match=r"damaged\.npz: cannot be read"):
        load_model(spec, tmp_path / "damaged.npz")


def test_embeddings_that_are_no_real_numbers_are_refused(tmp_path):
    np.savez(tmp_path / "c.npz", clip_id=np.array(["a"]), embedding=np.ones((1, 2), complex))
    with pytest.raises(InputError, match="needs numbers"):
        load_model(SPEC | {"kind": "precomputed"}, tmp_path / "c.npz")


CLIPS = ["a", "b", "c", "d"]
GOOD = np.arange(12.0).reshape(4, 3)


def stored(folder, suffix, x):
    """The rows `x` as embeddings of the first of `CLIPS`, in a file of that kind."""
    path, ids = folder / f"mine{suffix}", CLIPS[: len(x)]
    if suffix == ".npz":
        np.savez(path, clip_id=np.array(ids), embedding=x)
    elif suffix == ".npy":
        np.save(path, x)
    elif suffix == ".csv":
        pd.DataFrame(x, index=pd.Index(ids, name="clip_id")).add_prefix("e").to_csv(path)
    elif suffix == ".h5":
        with h5py.File(path, "w") as file:
            file["mine/model/features"] = x
            file["mine/model/keys"] = np.array(ids, dtype="S")
    else:
        pd.DataFrame({"clip_id": ids, "embedding": x.tolist()}).to_parquet(path)
    return path


def looked_up(path):
    spec = SPEC | {"kind": "precomputed", "dim": 3, "options": {"groups": ["mine/model"]}}
    clips = pd.DataFrame({"clip_id": CLIPS, "path": None})
    return extract_shard(clips, path.parent, spec, path, progress=False)


@pytest.mark.parametrize("value", [1e300, np.nan, -np.inf, 3.5e38])
@pytest.mark.parametrize("suffix", [".npz", ".parquet", ".csv", ".h5"])
def test_a_number_that_float32_cannot_hold_is_told_with_file_and_clip(tmp_path, suffix, value):
    x = GOOD.copy()
    x[1, 2] = value
    path = stored(tmp_path, suffix, x)
    if suffix == ".h5":
        with pytest.raises(InputError, match=r"mine.h5: mine/model.* first 'b' .*float32"):
            looked_up(path)
        return
    out = looked_up(path)
    assert out.clip_ids.tolist() == ["a", "c", "d"]
    assert np.isfinite(out.embeddings).all()
    said = f"{path}: row 2: NaN, infinity or more than float32 can hold"
    assert out.skipped.to_numpy().tolist() == [["b", "embedding_not_finite", said]]


@pytest.mark.parametrize("suffix", [".npz", ".npy", ".h5"])
@pytest.mark.parametrize(
    "x", [GOOD + 1j, GOOD > 3, GOOD[:, :, None], GOOD[:0], GOOD[:, :2], GOOD.astype("V8")]
)
def test_an_array_that_holds_no_embeddings_is_one_line_that_names_the_file(tmp_path, suffix, x):
    with pytest.raises(InputError, match=f"mine{suffix}") as caught:
        looked_up(stored(tmp_path, suffix, x))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", [".npz", ".npy"])
def test_python_objects_are_not_unpickled(tmp_path, suffix):
    with pytest.raises(InputError, match="allow_pickle=False"):
        looked_up(stored(tmp_path, suffix, GOOD.astype(object)))


def test_a_clip_without_an_embedding_is_told_with_the_nearest_id(tmp_path):
    path = tmp_path / "mine.npz"
    ids = np.array(["A.wav", "b", "so\u0301", "d "])
    np.savez(path, clip_id=ids, embedding=GOOD)
    spec = SPEC | {"kind": "precomputed", "dim": 3}
    clips = pd.DataFrame({"clip_id": ["a.wav", "d", "s\u00f3"], "path": None})
    out = extract_shard(clips, tmp_path, spec, path, progress=False)
    assert out.clip_ids.tolist() == ["d", "s\u00f3"]
    assert out.skipped["detail"].tolist() == [f"{path}: lacks this clip; did you mean 'A.wav'?"]


@pytest.mark.parametrize("kind", KINDS.names())
def test_every_kind_runs_in_an_environment_that_has_a_file(kind):
    environment = KINDS.environment(kind, "kind", default="tensorflow")
    assert (ROOT / f"envs/{environment}.yaml").is_file()
    needs_torch = kind in ("aisfx", "torch", "transformers")
    assert (environment == "torch") == needs_torch

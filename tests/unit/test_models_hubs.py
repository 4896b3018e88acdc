"""Handles of hubs: resolved by their own libraries, pinned on first use, checked after."""

import hashlib
import io
import shutil
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from audio_debias.errors import InputError
from audio_debias.models.hubs import resolve
from audio_debias.models.pins import pinned_folder, read_pin, write_pin
from audio_debias.models.registry import load_model, provenance
from audio_debias.models.tensorflow_setup import tensorflow
from audio_debias.models.weights import fetch_weights

SPEC = {"name": "mine", "kind": "savedmodel", "sample_rate": 16000, "dim": 2}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A SavedModel that gives, per 0.5 s, mean and maximum."""
    tf = tensorflow()

    class Moments(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
        def __call__(self, waveform):
            frames = tf.signal.frame(waveform, 8000, 8000)
            return tf.stack([tf.reduce_mean(frames, 1), tf.reduce_max(frames, 1)], 1)

    path = tmp_path_factory.mktemp("savedmodel")
    tf.saved_model.save(Moments(), str(path))
    return path


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """TensorFlow Hub with an empty cache."""
    tensorflow()
    pytest.importorskip("tensorflow_hub")
    monkeypatch.setenv("TFHUB_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def server(folder):
    """A hub on this machine; `requests` are the paths that were asked for."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        tar.add(folder, arcname=".")
    requests = []

    class Hub(BaseHTTPRequestHandler):
        def do_GET(self):
            requests.append(self.path)
            found = self.path.startswith("/acme/moments/1?")
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(archive.getvalue() if found else b"")

        def log_message(self, *_):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}", requests
    http.shutdown()


def test_an_address_is_fetched_once_pinned_and_loaded_by_the_library(hub, server, tmp_path):
    address, requests = server
    weights = {"source": f"hub:{address}/acme/moments/1"}
    for name in ("first.json", "second.json"):
        fetch_weights(weights, tmp_path / name)
    assert len(requests) == 1  # the second time, from the cache
    pin = read_pin(tmp_path / "first.json")
    handle = f"{address}/acme/moments/1"
    assert pin["folder"] == str(hub / hashlib.sha1(handle.encode()).hexdigest())
    model = load_model(SPEC, tmp_path / "first.json")
    waveform = np.linspace(0, 1, 16000, dtype=np.float32)
    expected = [[half.mean(), half.max()] for half in waveform.reshape(2, 8000)]
    np.testing.assert_allclose(model.embed(model.windows(waveform)), expected, rtol=1e-5)


def test_a_short_handle_is_one_of_tfhub_dev(hub, folder):
    name = hashlib.sha1(b"https://tfhub.dev/google/yamnet/1").hexdigest()
    shutil.copytree(folder, hub / name)
    assert resolve("hub:google/yamnet/1") == hub / name


def test_a_handle_that_is_not_there_is_refused_in_one_line(hub, server):
    with pytest.raises(InputError, match="TensorFlow Hub cannot resolve it") as caught:
        resolve(f"hub:{server[0]}/acme/other/1")
    assert "\n" not in str(caught.value)


def test_a_pinned_folder_that_changed_is_refused(folder, tmp_path):
    copy = tmp_path / "model"
    shutil.copytree(folder, copy)
    pin = write_pin(tmp_path / "pin.json", "hub:acme/moments/1", copy)
    assert pinned_folder(pin) == copy
    (copy / "saved_model.pb").write_bytes(b"other")
    with pytest.raises(InputError, match="was pinned as") as caught:
        load_model(SPEC, pin)
    assert str(copy) in str(caught.value)
    shutil.rmtree(copy)
    with pytest.raises(InputError, match="is gone; delete the pin"):
        pinned_folder(pin)


def test_the_metadata_name_the_handle_and_its_hash_but_no_place(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "elsewhere")
    records = [
        provenance(SPEC, write_pin(tmp_path / f"{number}.json", "hub:acme/moments/1", place))
        for number, place in enumerate((folder, tmp_path / "elsewhere"))
    ]
    assert records[0] == records[1]
    assert records[0]["weights_source"] == ["hub:acme/moments/1"]


def test_a_local_folder_stands_for_a_handle_and_is_verified(folder, tmp_path):
    weights = {"source": "hub:acme/moments/1", "sha256": "0" * 64}
    with pytest.raises(InputError, match="sha256 is"):
        fetch_weights(weights, tmp_path / "pin.json", local=str(folder))
    del weights["sha256"]
    fetch_weights(weights, tmp_path / "pin.json", local=str(folder))
    assert pinned_folder(tmp_path / "pin.json") == folder


def test_a_repository_of_hugging_face_needs_a_whole_commit():
    for source in ("huggingface:a/b", "huggingface:a/b@main", "huggingface:a@" + "0" * 40):
        with pytest.raises(InputError, match="the 40 digits"):
            resolve(source)

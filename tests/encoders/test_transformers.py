"""Kind `transformers`: every architecture against transformers' own calls; hostile folders."""

import json
import os
import shutil

import numpy as np
import pandas as pd
import pytest
import soundfile
import torch
from safetensors.torch import load_file, save_file
from tiny_encoders import ENCODERS, LAYERS, RATE, WIDTH, noise

from audio_debias.errors import InputError
from audio_debias.models.extraction import extract_shard
from audio_debias.models.registry import load_model
from audio_debias.models.time_pooling import pool_frames

TOLERANCE = 1e-5  # of the largest activation
WIDTHS = {"clap": 16}  # of CLAP's last feature map; its projection is WIDTH wide
NAMES = sorted(ENCODERS)


@pytest.fixture
def clips(tmp_path):
    """Clips of 0.6, 1, 1 and 2.6 s at a rate, and their table."""

    def make(rate):
        for number, seconds in enumerate((0.6, 1.0, 1.0, 2.6)):
            samples = noise(seconds, rate, seed=number)
            soundfile.write(tmp_path / f"{number}.wav", samples, rate, subtype="FLOAT")
        names = [str(number) for number in range(4)]
        return tmp_path, pd.DataFrame({"clip_id": names, "path": [f"{n}.wav" for n in names]})

    return make


def extract(clips, spec, folder, **arguments):
    root, table = clips
    return extract_shard(table, root, spec, folder, progress=False, **arguments).embeddings


def assert_close(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE * np.abs(theirs).max())


def own_call(name, network, extractor, samples):
    """Mean of the frames that transformers gives for one window, and the network's own vector."""
    inputs = extractor(samples, sampling_rate=extractor.sampling_rate, return_tensors="pt")
    with torch.inference_mode():
        if name == "encodec":
            return network.encoder(inputs["input_values"])[0].T.mean(dim=0), None
        if name == "whisper":
            frames = network.encoder(inputs["input_features"]).last_hidden_state[0]
            return frames[: -(-len(samples) // 320)].mean(dim=0), None
        if name == "clap":
            maps = network.audio_model(**inputs).last_hidden_state[0]
            summary = network.get_audio_features(**inputs)
            summary = getattr(summary, "pooler_output", summary)
            return maps.flatten(1).mean(dim=1), summary[0]
        outputs = network(**inputs)
        if name == "ast":
            # 12 bands x 101 times; of 1 s, 98 rows of the spectrogram, the first ten times hear.
            heard = 1 + ((len(samples) - 400) // 160) // 10
            patches = outputs.last_hidden_state[0, 2:].reshape(12, 101, -1)[:, :heard]
            return patches.mean(dim=(0, 1)), outputs.pooler_output[0]
        return outputs.last_hidden_state[0].mean(dim=0), None


@pytest.mark.parametrize("name", NAMES)
def test_embeddings_equal_a_plain_loop_over_transformers(name, made, spec, clips):
    network, extractor, folder = made(name)
    rate = RATE.get(name, 16000)
    ours = extract(clips(rate), spec(name, WIDTHS.get(name, WIDTH)), folder)
    for number, seconds in enumerate((0.6, 1.0, 1.0, 2.6)):
        samples = noise(seconds, rate, seed=number)
        windows = [samples] if len(samples) < rate else [samples[:rate]]
        if seconds > 2:
            windows.append(samples[rate : 2 * rate])
        theirs = [own_call(name, network, extractor, window)[0].numpy() for window in windows]
        assert_close(ours[number], np.mean(theirs, axis=0))


@pytest.mark.parametrize("name", ["ast", "clap"])
def test_pooling_cls_is_the_networks_own_vector(name, made, spec, clips):
    network, extractor, folder = made(name)
    rate = RATE.get(name, 16000)
    ours = extract(clips(rate), spec(name, options={"pooling": "cls"}), folder)
    theirs = own_call(name, network, extractor, noise(1.0, rate, seed=1))[1].numpy()
    assert_close(ours[1], theirs)


@pytest.mark.parametrize("name", NAMES)
def test_the_batch_and_the_threads_change_nothing(name, made, spec, clips):
    _, _, folder = made(name)
    files = clips(RATE.get(name, 16000))
    definition = spec(name, WIDTHS.get(name, WIDTH))
    alone = extract(files, definition | {"batch": 1}, folder)
    many = extract(files, definition | {"batch": 5}, folder)
    assert_close(many, alone)
    np.testing.assert_array_equal(
        many, extract(files, definition | {"batch": 5}, folder, threads=2)
    )


@pytest.mark.parametrize("name", NAMES)
def test_padding_changes_nothing(name, made, spec, clips):
    _, _, folder = made(name)
    files = clips(RATE.get(name, 16000))
    definition = spec(name, WIDTHS.get(name, WIDTH))
    short, longer = (extract(files, definition | {"window": w}, folder)[0] for w in (1.0, 5.0))
    assert_close(longer, short)


def test_frames_of_padding_do_not_count_in_any_pooling():
    frames = torch.randn(2, 6, 3)
    spoiled = frames.clone()
    spoiled[0, 4:] = 1e6
    for pooling in ("mean", "mean+std", "max"):
        expected = pool_frames(frames[:1, :4], np.array([4]), pooling)
        found = pool_frames(spoiled, np.array([4, 6]), pooling)
        torch.testing.assert_close(found[:1], expected)
    deviation = pool_frames(frames, np.array([6, 6]), "mean+std")[:, 3:]
    torch.testing.assert_close(deviation, frames.std(dim=1, correction=0))


@pytest.mark.parametrize("name", ["wav2vec2", "wavlm", "hubert", "whisper", "ast"])
def test_layers_are_the_hidden_states_of_transformers(name, made, spec, clips):
    network, extractor, folder = made(name)
    definition = spec(name, options={"layer": "all"})
    values = extract(clips(16000), definition, folder)
    assert values.shape == (4, (LAYERS + 1) * WIDTH)
    inputs = extractor(noise(1.0, 16000, 1), sampling_rate=16000, return_tensors="pt")
    encoder = getattr(network, "encoder", network) if name == "whisper" else network
    with torch.inference_mode():
        states = encoder(**inputs, output_hidden_states=True).hidden_states
    for layer in range(LAYERS + 1):
        frames = states[layer][0]
        if name == "whisper":
            frames = frames[:50]
        if name == "ast":
            frames = frames[2:].reshape(12, 101, -1)[:, :10].flatten(0, 1)
        found = values[1, layer * WIDTH : (layer + 1) * WIDTH]
        assert_close(found, frames.mean(dim=0).numpy())
    single = extract(clips(16000), spec(name, options={"layer": 1}), folder)
    np.testing.assert_array_equal(single, values[:, WIDTH : 2 * WIDTH])


def test_bf16_is_near_float32(made, spec, clips):
    # Of the tiny random networks AST is well conditioned; those of speech move by a third.
    _, _, folder = made("ast")
    files = clips(16000)
    exact = extract(files, spec("ast"), folder)
    near = extract(files, spec("ast", precision="bf16"), folder)
    assert 0 < np.abs(near - exact).max() < 0.05 * np.abs(exact).max()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"options": {"layer": 3}}, "options.layer: 3 is no layer; 0 to 2"),
        ({"options": {"layer": [0, -1]}}, "options.layer: -1 is no layer"),
        ({"options": {"layer": 1, "depth": 3}}, "options.depth: is 3, but the network has 2"),
        ({"options": {"layer": "last"}}, "options.layer: 'l' is no layer"),
        ({"options": {"pooling": "median"}}, "options.pooling: 'median' is none of"),
        ({"options": {"pooling": "cls"}}, "options.pooling: Wav2Vec2Model has no class token"),
        ({"options": {"layers": 3}}, "unknown key 'layers'; did you mean 'layer'"),
        ({"sample_rate": 22050}, "sample_rate: is 22050, but the network was trained at 16000 Hz"),
        ({"dim": 64}, "dim: is 64, but the network gives (32,)"),
        ({"window": 2000}, "window"),
    ],
)
def test_a_wrong_definition_is_refused_in_one_line(changes, message, made, spec, clips):
    _, _, folder = made("wav2vec2")
    with pytest.raises(InputError) as caught:
        extract(clips(16000), spec("wav2vec2") | changes, folder)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_window_longer_than_the_network_takes_is_refused(made, spec):
    for name, longest in (("ast", "10.255"), ("clap", "10"), ("whisper", "30")):
        with pytest.raises(InputError, match=f"window: is 31 s, but the network takes {longest}"):
            load_model(spec(name, window=31), made(name)[2])


def _edit(folder, file="config.json", **changes):
    content = json.loads((folder / file).read_text())
    (folder / file).write_text(json.dumps(content | changes))


def _pickle(folder):
    torch.save({"weight": torch.zeros(1)}, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


def _code(folder):
    (folder / "evil.py").write_text("raise SystemExit('this code ran')\n")
    _edit(folder, auto_map={"AutoModel": "evil.Model"})


def _link_out(folder):
    outside = folder.parent / "outside.safetensors"
    shutil.move(folder / "model.safetensors", outside)
    os.symlink(outside, folder / "model.safetensors")


def _index(shard):
    """The weights as an index of one shard, beside a harmless file of weights."""

    def harm(folder):
        weights = folder / "model.safetensors"
        torch.save(load_file(weights), folder / "shard.bin")
        shutil.copy(weights, folder.parent / "outside.safetensors")
        names = dict.fromkeys(load_file(weights), shard)
        shutil.move(weights, folder / "harmless.safetensors")
        index = {"metadata": {}, "weight_map": names}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index))

    return harm


def _adapter(folder):
    content = {"peft_type": "LORA", "base_model_name_or_path": "/elsewhere"}
    (folder / "adapter_config.json").write_text(json.dumps(content))


def _truncate(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def _long_header(folder):
    (folder / "model.safetensors").write_bytes(b"\xff" * 100)


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (_pickle, "pytorch_model.bin is a pickle, which can run code"),
        (_code, "auto_map: code of the repository is not run"),
        (_link_out, "a link out of the repository"),
        (_index("shard.bin"), "weight_map: 'shard.bin' is no safetensors file beside it"),
        (
            _index("../outside.safetensors"),
            "weight_map: '../outside.safetensors' is no safetensors",
        ),
        (_adapter, "adapter_config.json: an adapter of another repository"),
        # 1e5 wide: 4 * 1e10 numbers a layer, more than 100 GB.
        (
            lambda f: _edit(f, hidden_size=100_000, intermediate_size=400_000),
            "GB), but the weights",
        ),
        (lambda f: _edit(f, num_hidden_layers=10**9), "1000000000 layers, but the weights hold"),
        (lambda f: _edit(f, hidden_size=10**12), "hidden_size: 1000000000000 is no size"),
        (lambda f: _edit(f, num_hidden_layers=3), "the weights lack encoder.layers.2."),
        (lambda f: _edit(f, hidden_size="wide"), "transformers cannot load it"),
        (lambda f: _edit(f, model_type="bert"), "model_type: 'bert' is no audio encoder"),
        (lambda f: (f / "config.json").write_text("{"), "config.json: no JSON"),
        (lambda f: (f / "config.json").write_text("[" * 10**5), "config.json: no JSON"),
        (lambda f: (f / "preprocessor_config.json").unlink(), "preprocessor_config.json: missing"),
        (_truncate, "model.safetensors"),
        (_long_header, "no safetensors file (a header longer than the file)"),
    ],
)
def test_a_hostile_or_broken_repository_is_refused_in_one_line(harm, message, made, spec, tmp_path):
    folder = tmp_path / "repository"
    shutil.copytree(made("wav2vec2")[2], folder)
    harm(folder)
    with pytest.raises(InputError) as caught:
        load_model(spec("wav2vec2"), folder)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_repository_in_shards_is_whole(made, spec, clips, tmp_path):
    folder = tmp_path / "repository"
    shutil.copytree(made("wav2vec2")[2], folder)
    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    parts = {"a.safetensors": list(tensors)[::2], "b.safetensors": list(tensors)[1::2]}
    for name, keys in parts.items():
        save_file({key: tensors[key] for key in keys}, folder / name, metadata={"format": "pt"})
    index = {"weight_map": {key: name for name, keys in parts.items() for key in keys}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index | {"metadata": {}}))
    files = clips(16000)
    ours = extract(files, spec("wav2vec2"), folder)
    np.testing.assert_array_equal(ours, extract(files, spec("wav2vec2"), made("wav2vec2")[2]))


def test_an_architecture_by_name_needs_no_code_of_the_repository(made, spec, clips, tmp_path):
    folder = tmp_path / "repository"
    shutil.copytree(made("mert")[2], folder)
    _code(folder)
    _edit(folder, model_type="mert_model")
    files = clips(24000)
    ours = extract(files, spec("mert", options={"architecture": "hubert"}), folder)
    np.testing.assert_array_equal(ours, extract(files, spec("mert"), made("mert")[2]))


def test_the_cache_of_hugging_face_is_a_repository(made, spec, tmp_path):
    snapshot, blobs = tmp_path / "models--a--b/snapshots/0", tmp_path / "models--a--b/blobs"
    snapshot.mkdir(parents=True)
    blobs.mkdir()
    for number, file in enumerate(sorted(made("hubert")[2].iterdir())):
        shutil.copy(file, blobs / str(number))
        os.symlink(f"../../blobs/{number}", snapshot / file.name)
    assert load_model(spec("hubert"), snapshot).layers is None


def test_real_recordings_through_a_tiny_clap(made, spec, shared):
    _, _, folder = made("clap")
    manifest = pd.read_csv(shared / "audio/manifest.csv").head(6)
    paths = sorted((shared / "audio").rglob("*.*"))
    paths = [p for p in paths if p.suffix in {".wav", ".ogg", ".flac"}][: len(manifest)]
    table = pd.DataFrame({"clip_id": [p.stem for p in paths], "path": [str(p) for p in paths]})
    definition = spec("clap", window=10.0, options={"pooling": "cls"})
    out = extract_shard(table, "/", definition, folder, progress=False)
    assert out.embeddings.shape == (len(paths), WIDTH)
    assert out.skipped.empty
    # A mean of vectors on the unit sphere, where CLAP's projections lie.
    assert np.linalg.norm(out.embeddings, axis=1).max() <= 1 + 1e-5

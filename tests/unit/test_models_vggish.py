"""VGGish: the front end and post-processing by their definitions, the network on random weights."""

from pathlib import Path

import numpy as np
import pytest

from audio_debias.errors import InputError
from audio_debias.models.kinds.vggish import Postprocessor, Vggish
from audio_debias.models.registry import load_model
from audio_debias.models.tensorflow_setup import tensorflow

SPEC = {"name": "vggish", "kind": "vggish", "hop": 0.96, "options": {"postprocess": False}}
LAYERS = {
    "conv1": (3, 3, 1, 64),
    "conv2": (3, 3, 64, 128),
    "conv3/conv3_1": (3, 3, 128, 256),
    "conv3/conv3_2": (3, 3, 256, 256),
    "conv4/conv4_1": (3, 3, 256, 512),
    "conv4/conv4_2": (3, 3, 512, 512),
    "fc1/fc1_1": (12288, 4096),
    "fc1/fc1_2": (4096, 4096),
    "fc2": (4096, 128),
}


def patches_by_definition(waveform: np.ndarray) -> np.ndarray:
    """AudioSet's log-mel patches written out in float64: 25 ms frames, HTK mel, log(x + 0.01)."""
    n_frames = 1 + (len(waveform) - 400) // 160
    frames = np.stack([waveform[160 * i : 160 * i + 400] for i in range(n_frames)])
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    magnitude = np.abs(np.fft.rfft(frames.astype(np.float64) * window, 512))

    def to_mel(hertz):
        return 1127.0 * np.log(1.0 + hertz / 700.0)

    edges = np.linspace(to_mel(125.0), to_mel(7500.0), 66)
    bands = np.zeros((257, 64))
    for k in range(1, 257):
        position = to_mel(k * 16000 / 512)
        for band in range(64):
            low, centre, high = edges[band : band + 3]
            up, down = (position - low) / (centre - low), (high - position) / (high - centre)
            bands[k, band] = max(0.0, min(up, down))
    log_mel = np.log(magnitude @ bands + 0.01)
    return log_mel[: len(log_mel) // 96 * 96].reshape(-1, 96, 64)


@pytest.mark.parametrize("seconds", [1, 3, 10])
def test_patches_are_those_of_the_released_front_end(seconds):
    waveform = np.random.default_rng(0).normal(0, 0.3, seconds * 16000).astype(np.float32)
    ours = Vggish(network=None).windows(waveform)
    np.testing.assert_allclose(ours, patches_by_definition(waveform), rtol=0, atol=1e-5)


@pytest.mark.parametrize("n_samples", [1, 4800, 15599])
def test_a_clip_shorter_than_a_patch_is_padded_with_silence_to_one(n_samples):
    waveform = np.full(n_samples, 0.5, np.float32)
    padded = np.append(waveform, np.zeros(15600 - n_samples, np.float32))
    ours = Vggish(network=None).windows(waveform)
    np.testing.assert_allclose(ours, patches_by_definition(padded), rtol=0, atol=1e-5)


def test_post_processing_whitens_clips_and_quantises():
    # With the identity for a PCA: -2 -> 0, 2 -> 255, beyond is clipped, the rest truncated.
    means = np.full(128, 0.5)
    process = Postprocessor(np.eye(128), means)
    values = np.zeros((1, 128))
    values[0, :6] = [-9, -1.5, 0.5, 0.5 + 1 / 63.75, 2.5, 9]
    assert process(values)[0, :6].tolist() == [0, 0, 127, 128, 255, 255]
    components = np.roll(np.eye(128), 1, axis=1)  # row k picks column k + 1
    rolled = Postprocessor(components, np.zeros(128))(values)
    assert rolled[0, 4] == 255
    assert rolled[0, 127] == 0


def test_post_processing_without_its_file_is_refused(tmp_path):
    spec = SPEC | {"options": {"postprocess": True}}
    with pytest.raises(InputError, match="postprocess"):
        load_model(spec, tmp_path / "vggish_model.ckpt")
    np.savez(tmp_path / "pca.npz", other=np.zeros(1))
    with pytest.raises(InputError, match="PCA"):
        load_model(spec, [tmp_path / "vggish_model.ckpt", tmp_path / "pca.npz"])


def test_weights_of_another_network_are_refused(tmp_path):
    tf = tensorflow()
    module = tf.Module()
    module.weights = tf.Variable(tf.zeros((3, 3)), name="w")
    module.__call__ = tf.function(
        lambda waveform: waveform[:, None] + module.weights[0, :1],
        input_signature=[tf.TensorSpec([None], tf.float32)],
    )
    tf.saved_model.save(module, str(tmp_path / "model"))
    with pytest.raises(InputError, match="VGGish"):
        load_model(SPEC, tmp_path / "model")
    (tmp_path / "vggish_model.ckpt").write_text("no checkpoint")
    with pytest.raises(InputError, match="checkpoint"):
        load_model(SPEC, tmp_path / "vggish_model.ckpt")


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory) -> tuple[Path, Path]:
    """VGGish with random weights: a SavedModel with the hub's signature, and a TF 1 checkpoint."""
    tf = tensorflow()
    rng = np.random.default_rng(11)
    folder = tmp_path_factory.mktemp("vggish")
    tensors = {}
    for name, shape in LAYERS.items():
        kernel = rng.standard_normal(shape, dtype=np.float32) * np.sqrt(2 / np.prod(shape[:-1]))
        tensors[f"vggish/{name}/weights"] = kernel.astype(np.float32)
        tensors[f"vggish/{name}/biases"] = rng.normal(0, 0.1, shape[-1]).astype(np.float32)

    class Hub(tf.Module):
        def __init__(self):
            self.tensors = [tf.Variable(value, name=name) for name, value in tensors.items()]

        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
        def __call__(self, waveform):
            magnitude = tf.abs(tf.signal.stft(waveform, 400, 160, 512))
            bands = tf.signal.linear_to_mel_weight_matrix(64, 257, 16000, 125.0, 7500.0)
            log_mel = tf.math.log(magnitude @ bands + 0.01)
            x = tf.signal.frame(log_mel, 96, 96, axis=0)[..., None]
            for index, (kernel, bias) in enumerate(
                zip(self.tensors[::2], self.tensors[1::2], strict=True)
            ):
                if index == 6:
                    x = tf.reshape(x, (-1, 12288))
                y = tf.nn.conv2d(x, kernel, 1, "SAME") if index < 6 else x @ kernel
                x = tf.nn.relu(y + bias)
                if index in (0, 1, 3, 5):
                    x = tf.nn.max_pool2d(x, 2, 2, "SAME")
            return x

    tf.saved_model.save(Hub(), str(folder / "hub"))
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        variables = [
            tf.compat.v1.get_variable(name, initializer=value) for name, value in tensors.items()
        ]
        session.run(tf.compat.v1.global_variables_initializer())
        version = tf.compat.v1.train.SaverDef.V1  # as the released file: one file, old format
        saver = tf.compat.v1.train.Saver(variables, write_version=version)
        saver.save(session, str(folder / "vggish_model.ckpt"), write_meta_graph=False)
    return folder / "hub", folder / "vggish_model.ckpt"


@pytest.mark.slow
def test_embeddings_equal_a_call_of_the_hub_model_file_by_file(stand_in):
    hub, checkpoint = stand_in
    call = tensorflow().saved_model.load(str(hub))
    model = load_model(SPEC, hub)
    from_checkpoint = load_model(SPEC, checkpoint)
    for seconds in (1, 3, 10, 61):
        waveform = np.random.default_rng(seconds).normal(0, 0.2, seconds * 16000)
        waveform = waveform.astype(np.float32)
        theirs = call(waveform).numpy()
        windows = model.windows(waveform)
        ours = np.concatenate(
            [model.embed(part) for part in np.array_split(windows, 3) if len(part)]
        )
        tolerance = 1e-5 * np.abs(theirs).max()
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance)
        np.testing.assert_allclose(
            from_checkpoint.embed(windows[:32]), theirs[:32], rtol=0, atol=tolerance
        )


@pytest.mark.slow
def test_bf16_stays_close(stand_in):
    hub, _ = stand_in
    waveform = np.random.default_rng(1).normal(0, 0.2, 5 * 16000).astype(np.float32)
    exact, short = load_model(SPEC, hub), load_model(SPEC | {"precision": "bf16"}, hub)
    windows = exact.windows(waveform)
    a, b = exact.embed(windows).ravel(), short.embed(windows).ravel()
    assert a @ b / (np.linalg.norm(a) * np.linalg.norm(b)) > 0.9999

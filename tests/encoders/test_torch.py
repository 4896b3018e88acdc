"""Kind `torch`: exported programs, and what is refused in them."""

import io
import json
import zipfile

import numpy as np
import pandas as pd
import pytest
import soundfile
import torch
from tiny_encoders import noise

from audio_debias.errors import InputError
from audio_debias.models.extraction import extract_shard
from audio_debias.models.registry import load_model

SPEC = {"name": "mine", "kind": "torch", "sample_rate": 8000, "window": 0.5, "dim": 4, "batch": 3}


class Frames(torch.nn.Module):
    """Frames of a convolution, shape (batch, 23, 4)."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Conv1d(1, 4, 400, 160)

    def forward(self, waveforms):
        return self.layer(waveforms[:, None]).transpose(1, 2)


@pytest.fixture
def program(tmp_path):
    torch.manual_seed(0)
    network = Frames().eval()
    batch = torch.export.Dim("batch", min=1, max=1024)
    inputs = (torch.zeros(2, 4000),)
    path = tmp_path / "program.pt2"
    torch.export.save(torch.export.export(network, inputs, dynamic_shapes=({0: batch},)), path)
    return network, path


def rewritten(path, change):
    """The archive, each member passed through `change(name, content)`; and one more from it."""
    target = path.with_name("changed.pt2")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target


def test_frames_are_averaged_over_a_clip(program, tmp_path):
    network, path = program
    samples = noise(1.7, 8000)
    soundfile.write(tmp_path / "a.wav", samples, 8000, subtype="FLOAT")
    clips = pd.DataFrame({"clip_id": ["a"], "path": ["a.wav"]})
    ours = extract_shard(clips, tmp_path, SPEC, path, progress=False).embeddings
    with torch.inference_mode():
        theirs = network(torch.from_numpy(samples[:12000].reshape(3, 4000))).mean(dim=(0, 1))
    np.testing.assert_allclose(ours[0], theirs, rtol=0, atol=1e-6)


def test_pickles_inside_a_program_are_never_opened(program):
    class Trap:
        def __reduce__(self):
            return (exec, ("raise SystemExit('this code ran')",))

    buffer = io.BytesIO()
    torch.save((Trap(),), buffer)

    def sample_inputs(name, content):
        return buffer.getvalue() if name.endswith("sample_inputs/model.pt") else content

    def pickled_weight(name, content):
        if not name.endswith("weights_config.json"):
            return buffer.getvalue() if name.endswith("weight_0") else content
        config = json.loads(content)
        for tensor in config["config"].values():
            tensor["use_pickle"] = True
        return json.dumps(config)

    for change in (sample_inputs, pickled_weight):
        with pytest.raises(InputError) as caught:
            load_model(SPEC, rewritten(program[1], change))
        assert "\n" not in str(caught.value)
    with zipfile.ZipFile(program[1], "a") as archive:
        archive.writestr("program/data/constants/opaque_obj_0", buffer.getvalue())
    with pytest.raises(InputError, match="opaque_obj_0 may run code"):
        load_model(SPEC, program[1])


def test_what_is_no_program_or_takes_no_windows_is_refused(program, tmp_path):
    (tmp_path / "text.pt2").write_text("no program")
    for spec, path in (
        (SPEC, tmp_path / "text.pt2"),
        (SPEC, tmp_path / "missing.pt2"),
        ({key: value for key, value in SPEC.items() if key != "window"}, program[1]),
    ):
        with pytest.raises(InputError) as caught:
            load_model(spec, path)
        assert "\n" not in str(caught.value)
    model = load_model(SPEC | {"window": 1.0}, program[1])
    with pytest.raises(InputError, match="does not take windows of"):
        model.embed(np.zeros((2, 8000), np.float32))

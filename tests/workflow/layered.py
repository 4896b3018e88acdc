"""A kind of model with layers that needs nothing but NumPy, for the tests of the workflow."""

KIND = '''"""Band powers of the whole clip: layer 0, their logarithm 1, the logarithm's steps 2."""

import numpy as np

OPTIONS = {"layer": list}


def load(spec):
    return Bands(spec["sample_rate"], tuple(spec["options"]["layer"]))


class Bands:
    window_shape = None

    def __init__(self, sample_rate, layers):
        self.sample_rate, self.layers = sample_rate, layers

    def windows(self, waveform):
        return waveform[np.newaxis]

    def embed(self, windows):
        power = np.abs(np.fft.rfft(windows[0])) ** 2
        bands = np.array([band.sum() for band in np.array_split(power, 8)])
        hidden = [bands, np.log1p(bands), np.diff(np.log1p(bands), prepend=0)]
        return np.concatenate([hidden[layer] for layer in self.layers])[np.newaxis]
'''


def add_layered(project, **options):
    """Add the kind and the network `bands` to a project."""
    kinds = project.path / "resources/kinds"
    kinds.mkdir(exist_ok=True)
    (kinds / "layered.py").write_text(KIND)
    project.define(
        "models",
        "bands",
        name="bands",
        title="Bands",
        kind="layered",
        sample_rate=16000,
        dim=8,
        options={"layer": [0, 2, 1], **options},
        licence={"name": "CC0"},
        citation="made by the tests",
    )

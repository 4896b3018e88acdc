"""These tests need PyTorch and transformers, an environment of their own: `make test-torch`."""

from importlib.util import find_spec

import pytest

collect_ignore_glob = [] if find_spec("transformers") else ["test_*.py"]


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Each encoder: (network, feature extractor, folder), made once."""
    import torch
    from tiny_encoders import ENCODERS

    cache = {}

    def make(name):
        if name not in cache:
            torch.manual_seed(0)
            network, extractor = (build() for build in ENCODERS[name])
            folder = tmp_path_factory.mktemp(name)
            network.eval().save_pretrained(folder)
            extractor.save_pretrained(folder)
            cache[name] = network, extractor, folder
        return cache[name]

    return make


@pytest.fixture
def spec():
    """The definition of a tiny encoder, with changes."""

    from tiny_encoders import RATE, WIDTH

    def make(name, dim=WIDTH, **changes):
        definition = {
            "name": name,
            "kind": "transformers",
            "sample_rate": RATE.get(name, 16000),
            "window": 1.0,
            "dim": dim,
            "batch": 4,
        }
        return definition | changes

    return make

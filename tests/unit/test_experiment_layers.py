"""A network whose definition lists layers is a model for each; what is no layer is refused."""

import copy

import pytest
import yaml

from audio_debias.errors import InputError
from audio_debias.experiment.config import load_experiment
from audio_debias.experiment.schema import read_yaml
from projects import ROOT


@pytest.fixture
def load(tmp_path, monkeypatch):
    """The experiment of the models named, with an own network of the options given."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "resources/models").mkdir(parents=True)
    definition = read_yaml(ROOT / "resources/models/wavlm.yaml")
    config = read_yaml(ROOT / "config.yaml")

    def load(models, **options):
        own = {**definition, "name": "own", "title": "Own", "options": options}
        (tmp_path / "resources/models/own.yaml").write_text(yaml.safe_dump(own))
        return load_experiment(copy.deepcopy(config) | {"models": models}, ROOT)

    return load


def test_a_network_stands_for_its_layers_in_their_order(load):
    experiment = load(["msd_musicnn", "own"], layer=[6, 3])
    assert list(experiment.models) == ["msd_musicnn", "own@6", "own@3"]
    assert experiment.models["own@3"]["title"] == "Own, layer 3"
    assert list(experiment.networks) == ["msd_musicnn", "own"]
    assert experiment.networks["own"]["options"]["layer"] == [6, 3]
    assert {name: layer.number for name, layer in experiment.layers.items()} == {
        "own@6": 6,
        "own@3": 3,
    }
    assert {cell.model for cell in experiment.cells} == set(experiment.models)


def test_one_layer_named_is_one_model_of_the_whole_network(load):
    experiment = load(["own@3"], layer="all", depth=4)
    assert list(experiment.models) == ["own@3"]
    assert experiment.networks["own"]["options"]["layer"] == [0, 1, 2, 3, 4]


def test_a_single_layer_is_a_model_like_any_other(load):
    experiment = load(["own"], layer=6)
    assert list(experiment.models) == ["own"]
    assert not experiment.layers


def test_the_shipped_network_has_thirteen_layers(load):
    models = load(["wavlm_layers"]).models
    assert list(models) == [f"wavlm_layers@{number}" for number in range(13)]


@pytest.mark.parametrize(
    ("models", "options", "said"),
    [
        (["own@4"], {"layer": [3, 6]}, "own@4: is no layer of resources/models/own.yaml: own@3"),
        (["own@6"], {}, "own@6: resources/models/own.yaml lists no layers"),
        (["own@6"], {"layer": 6}, "lists no layers"),
        (["own"], {"layer": "all"}, "own.yaml: options.depth: missing"),
        (["own"], {"layer": "all", "depth": "12"}, "own.yaml: options.depth: is '12'"),
        (["own"], {"layer": [3, 13], "depth": 12}, "own.yaml: options.layer: 13 is no layer"),
        (["own"], {"layer": [3, -1]}, "options.layer: -1 is no layer"),
        (["own"], {"layer": [True]}, "options.layer: True is no layer"),
        (["own"], {"layer": [3, 3]}, "options.layer: 3 stands there twice"),
        (["own"], {"layer": []}, "options.layer: names none"),
        (["own@06"], {"layer": [6]}, "config: models.0: 'own@06' does not match"),
    ],
)
def test_what_is_no_layer_is_refused_in_one_line(load, models, options, said):
    with pytest.raises(InputError) as caught:
        load(models, **options)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)

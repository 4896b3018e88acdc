"""What is computed: every pair, model, method and mode once, and the repeats under other seeds."""

import pytest

from audio_debias.experiment.method import Method
from audio_debias.experiment.plan import Experiment, Pair

TEXT = {"title": "T", "description": "d", "citation": "c"}
METHODS = [
    Method("nothing", space="linear", **TEXT),
    Method("mean_lda", space="linear", eraser="mean", **TEXT),
    Method("k2", space="kernel", seeded=True, **TEXT),
    Method("mapped", space="kernel", eraser="mean", seeded=True, **TEXT),
]


@pytest.fixture
def experiment():
    config = {"modes": ["global", "classwise"], "seed": 42, "against_rest": True}
    methods = {method.name: method for method in METHODS}
    return Experiment(config, {"a": {}, "b_1": {}, "c": {}}, {"net": {}}, methods)


def test_every_pair_and_every_corpus_against_the_rest_is_named_once(experiment):
    names = ["a--b_1", "a--c", "b_1--c", "a--all_but_a", "b_1--all_but_b_1", "c--all_but_c"]
    assert list(experiment.pairs) == names
    assert experiment.pairs["b_1--c"] == Pair("b_1", "c")
    assert experiment.pools["all_but_b_1"].corpora == ("a", "c")


def test_a_method_without_an_eraser_is_computed_once_for_all_modes(experiment):
    cells = [cell for cell in experiment.cells if cell.pair.name == "a--c"]
    assert [(cell.method.name, cell.mode) for cell in cells] == [
        ("nothing", "any"),
        ("mean_lda", "global"),
        ("mean_lda", "classwise"),
        ("k2", "any"),
        ("mapped", "global"),
        ("mapped", "classwise"),
    ]
    assert {cell.seed for cell in cells} == {42}


def test_only_what_depends_on_the_seed_is_repeated(experiment):
    repeated = experiment.repeats(7)
    assert {cell.method.name for cell in repeated} == {"k2", "mapped"}
    assert {cell.seed for cell in repeated} == {7}
    assert len(repeated) == 6 * 3


def test_a_correction_is_compared_with_the_uncorrected_classifier_of_its_space(experiment):
    nothing, mean_lda, k2, mapped = METHODS
    assert experiment.uncorrected(mean_lda) == nothing
    assert experiment.uncorrected(mapped) == k2

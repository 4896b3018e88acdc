"""Erasers against independent implementations; fixtures/erasers_reference.py made the numbers."""

import numpy as np
import pytest

from audio_debias.corrections.erasers import combat, coral, leace
from projects import ROOT

REFERENCE = np.load(ROOT / "tests/fixtures/erasers_reference.npz")


def relative(found, expected):
    return np.abs(found - expected).max() / np.abs(expected).max()


@pytest.mark.parametrize("k", [2, 5])
def test_leace_without_shrinkage_equals_concept_erasure(k):
    x, domain = REFERENCE[f"x{k}"], REFERENCE[f"domain{k}"]
    erased = leace.fit(x, domain, shrinkage=0).apply(x)
    assert relative(erased, REFERENCE[f"leace{k}"]) <= 1e-6


@pytest.mark.parametrize(
    ("expected", "rows", "shrinkage"), [("coral", "2", 0), ("coral_wide", "_wide", 0.3)]
)
def test_coral_onto_one_corpus_equals_skada(expected, rows, shrinkage):
    x, domain = REFERENCE[f"x{rows}"], REFERENCE[f"domain{rows}"]
    erasers = coral.fit(x, domain, shrinkage=shrinkage, target=1)
    centre = x[domain == 1].mean(axis=0)  # the package leaves both corpora centred
    for code in (0, 1):
        moved = erasers[code].apply(x[domain == code]) - centre
        assert relative(moved, REFERENCE[expected][domain == code]) <= 1e-9


@pytest.mark.parametrize("k", [2, 5])
@pytest.mark.parametrize("covariates", ["plain", "label"])
def test_combat_equals_neuroharmonize(k, covariates):
    """Its posterior is iterated to a relative change of 1e-4, ours to the fixed point."""
    x, domain = REFERENCE[f"x{k}"], REFERENCE[f"domain{k}"]
    y = REFERENCE[f"y{k}"] if covariates == "label" else None
    erasers = combat.fit(x, domain, y=y)
    gamma, delta, sigma = (
        REFERENCE[f"combat{k}_{covariates}_{name}"] for name in ("gamma", "delta", "sigma")
    )
    for code, eraser in erasers.items():
        np.testing.assert_allclose(eraser.scale, 1 / np.sqrt(delta[code]), rtol=1e-5)
        shift = eraser.centre - eraser.target
        np.testing.assert_allclose(shift, sigma * gamma[code], atol=1e-5 * np.abs(shift).max())
        if covariates == "plain":
            moved, rows = eraser.apply(x[domain == code]), domain == code
            assert relative(moved, REFERENCE[f"combat{k}_plain_adjusted"][rows]) <= 1e-5

import numpy as np
import pandas as pd
import pytest
from test_evidence_adversaries import two_corpora

from audio_debias.corrections.per_label import fit_corrections
from audio_debias.evidence.adversaries import identify_domains
from audio_debias.evidence.controls import (
    corpora_permuted,
    labels_permuted,
    permute_labels,
    random_band,
)
from audio_debias.transfers.transfer import run_transfers


def test_permuted_labels_are_as_many_in_the_same_places():
    samples = two_corpora(labels=2)[0]
    permuted = permute_labels(samples, 0)
    groups = ["label", "corpus"]
    pd.testing.assert_series_equal(
        permuted.groupby(groups)["positive"].sum(), samples.groupby(groups)["positive"].sum()
    )
    others = ["label", "corpus", "clip_id", "genre"]
    pd.testing.assert_frame_equal(permuted[others], samples[others])
    # Agreement of 40 % positives with themselves permuted: 0.4 ** 2 + 0.6 ** 2.
    assert abs((permuted["positive"] == samples["positive"]).mean() - 0.52) < 0.08
    assert not permute_labels(samples, 1).equals(permuted)


def labelled_corpora():
    """Two corpora whose labels can be learnt from a feature of their own."""
    samples, clips, embeddings = two_corpora(labels=2, train=120, test=150, features=10)
    for corpus, table in clips.items():
        for i, label in enumerate(("label_0", "label_1")):
            embeddings[corpus][i + 1] += 2 * table[label].to_numpy(np.float32)
    return samples, clips, embeddings


def test_real_labels_are_learnt_and_permuted_ones_fall_to_chance():
    samples, clips, embeddings = labelled_corpora()
    corrections = fit_corrections(samples, embeddings, eraser=None)

    def score(drawn):
        return run_transfers(
            drawn, clips, embeddings, dict.fromkeys("ab", corrections), Cs=[0.01, 1.0]
        ).scores

    permuted = labels_permuted(score, samples, draws=6, seed=0)
    assert len(permuted) == 4
    assert permuted["at_chance"].all()
    assert permuted["auc"].between(0.4, 0.6).all()
    # The same machinery sees labels that were not permuted.
    learnt = labels_permuted(lambda _: score(samples), samples, draws=2)
    assert (learnt["auc"] > 0.8).all()
    assert not learnt["at_chance"].any()


def test_adversaries_fall_to_chance_with_permuted_corpora():
    samples, clips, embeddings = two_corpora(shift=3.0, spread=1.4)
    corrections = fit_corrections(samples, embeddings, eraser=None)
    draws = [
        identify_domains(
            samples, clips, embeddings, corrections,
            permutations=100, resamples=100, seed=seed, permute=True,
        )
        for seed in range(6)
    ]  # fmt: skip
    table = corpora_permuted(draws)
    assert len(table) == 3
    assert table["at_chance"].all()
    assert (table["draws"] == 6).all()


def metrics(method, aucs):
    return pd.DataFrame(
        {
            "pair": "a--b",
            "model": "m",
            "method": method,
            "mode": "global",
            "train_corpus": "a",
            "test_corpus": "b",
            "label": [f"label_{i}" for i in range(len(aucs))],
            "roc_auc": aucs,
        }
    )


def test_the_band_of_random_directions_holds_one_more_draw_in_95_of_100():
    changes = np.random.default_rng(0).normal(0, 0.01, (11, 2000))
    draws = [metrics("random", 0.7 + change) for change in changes]
    band = random_band(metrics("none", np.full(2000, 0.7)), draws[:10]).set_index("label")
    band = band.loc[[f"label_{i}" for i in range(2000)]]
    inside = (band["low"] <= changes[10]) & (changes[10] <= band["high"])
    # Two thousand labels: a standard error of half a percent.
    assert 0.935 < inside.mean() < 0.965


def test_the_band_has_a_row_per_label_and_their_mean():
    draws = [metrics("random", np.array([0.7, 0.8]) + change) for change in (0.0, 0.02)]
    band = random_band(metrics("none", np.array([0.7, 0.8])), draws).set_index("label")
    assert set(band.index) == {"label_0", "label_1", "mean"}
    centre = (band["low"] + band["high"]) / 2
    assert centre.tolist() == pytest.approx([0.01] * 3)

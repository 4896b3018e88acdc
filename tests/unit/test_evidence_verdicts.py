import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from audio_debias.evidence.verdicts import clips_needed, holm, judge, two_sided_p


def judged(changes, sds, margin=0.005, clips=250, pair="a--b", label="mean", training=None):
    changes, sds = np.array(changes), np.array(sds)
    table = pd.DataFrame(
        {
            "pair": pair,
            "label": label,
            "method": [f"method {number}" for number in range(len(changes))],
            "change": changes,
            "change_low": changes - 1.96 * sds,
            "change_high": changes + 1.96 * sds,
            "change_sd_test": sds,
            "change_sd_training": np.nan if training is None else training,
            "clips": pd.array([clips] * len(changes), dtype="Int64"),
        }
    )
    return judge(table, sds, np.full(len(sds), 1e6), level=0.95, margin=margin)


def test_holm_equals_statsmodels():
    # statsmodels 0.15.0: multipletests(p, method="holm")[1].
    p = [0.0001, 0.04, 0.03, 0.2, 0.011, 0.04, 0.0099, 0.9, 0.5, 0.0061]
    expected = [0.001, 0.2, 0.18, 0.6, 0.0792, 0.2, 0.0792, 1.0, 1.0, 0.0549]
    np.testing.assert_allclose(holm(np.array(p)), expected, rtol=1e-12)


def test_a_change_without_p_counts_in_no_family():
    found = holm(np.array([0.01, np.nan, 0.04]))
    np.testing.assert_allclose(found, [0.02, np.nan, 0.04])


def test_two_sided_p_is_that_of_the_normal_for_many_tracks():
    p = two_sided_p(np.array([0.02, -0.02, 0.0]), np.array([0.01, 0.01, 0.01]), 1e9)
    np.testing.assert_allclose(p, [0.0455003, 0.0455003, 1.0], atol=1e-6)


def test_scores_equal_in_every_resample_are_no_difference():
    assert judged([0.0], [0.0])["verdict"].tolist() == ["no difference"]


@pytest.mark.parametrize(
    ("change", "sd", "verdict"),
    [
        (0.03, 0.005, "better"),
        (-0.03, 0.005, "worse"),
        (0.001, 0.001, "no difference"),
        # Surely not zero, and surely too small to matter.
        (0.002, 0.0005, "no difference"),
        (0.01, 0.01, "cannot tell"),
    ],
)
def test_verdicts(change, sd, verdict):
    assert judged([change], [sd])["verdict"].tolist() == [verdict]


def test_what_one_change_alone_would_prove_a_table_of_many_does_not():
    alone = judged([0.025], [0.01])
    among = judged([0.025] + [0.0] * 50, [0.01] * 51)
    assert alone["verdict"].tolist() == ["better"]
    assert among["verdict"].tolist()[0] == "cannot tell"


def test_pairs_and_means_and_labels_are_families_of_their_own():
    tables = [
        judged([0.025], [0.01], pair=pair, label=label)
        for pair in ("a--b", "a--c")
        for label in ("mean", "flute")
    ]
    both = pd.concat(tables, ignore_index=True).drop(columns=["p", "p_holm", "verdict"])
    again = judge(both, np.full(4, 0.01), np.full(4, 1e6), level=0.95, margin=0.005)
    assert again["p_holm"].tolist() == again["p"].tolist()


def test_what_no_mode_changes_is_one_test():
    table = judged([0.02, 0.01], [0.008, 0.008]).drop(
        columns=["p", "p_holm", "verdict", "clips_needed"]
    )
    both = pd.concat([table.assign(mode=mode) for mode in ("global", "classwise")])
    both = both.reset_index(drop=True)
    found = judge(both, np.full(4, 0.008), np.full(4, 1e6), level=0.95, margin=0.005)
    assert found["p_holm"].tolist() == pytest.approx(2 * [2 * found["p"][0], found["p"][1]])
    assert found["verdict"].tolist() == 2 * ["better", "cannot tell"]


def test_null_where_nothing_is_known():
    table = judged([np.nan, 0.01], [np.nan, np.nan])
    assert table["verdict"].isna().all()
    assert table["p_holm"].isna().all()
    assert table["clips_needed"].isna().all()


def test_the_clips_asked_for_find_a_change_of_the_margin_in_four_of_five_trials():
    needed = clips_needed(np.array([250.0]), np.array([0.01]), np.array([0.0]), 0.005)[0]
    sd = 0.01 * np.sqrt(250 / needed)
    power = norm.sf(norm.ppf(0.975) - 0.005 / sd)
    assert abs(power - 0.8) < 0.001


def test_no_number_of_test_clips_mends_training_samples_that_differ_more():
    needed = clips_needed(np.array([250.0]), np.array([0.01]), np.array([0.005]), 0.005)
    assert np.isnan(needed[0])

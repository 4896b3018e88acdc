import pandas as pd
import pytest
from reports_data import POSTER
from scipy.stats import norm

from audio_debias.evidence.poster import published_against_noise
from audio_debias.reports.published_files import read_published_table


def our_intervals(published, sd):
    """Intervals of every published cell, each change with the same standard deviation."""
    cells = published.drop(columns="auc").assign(
        pair="irmas--openmic", label="mean", change_sd_test=sd
    )
    return cells


def test_the_poster_prints_sixty_changes_across_domains():
    published = read_published_table(POSTER)
    table = published_against_noise(our_intervals(published, 0.005), published)
    assert len(table) == 60
    row = table.set_index(["model", "method", "mode", "train_corpus", "test_corpus"]).loc[
        ("vggish", "lda", "global", "openmic", "irmas")
    ]
    # 82.99 against 82.82, half a point of noise.
    assert row["published"] == pytest.approx(0.17)
    assert row["p"] == pytest.approx(2 * norm.sf(0.17 / 0.5))
    assert not row["exceeds"]


def test_a_change_exceeds_the_noise_where_it_is_twice_as_large():
    published = read_published_table(POSTER)
    table = published_against_noise(our_intervals(published, 0.0025), published)
    assert (table["exceeds"] == (table["published"].abs() > 0.25 * norm.ppf(0.975))).all()
    assert (~table["exceeds_holm"] | table["exceeds"]).all()
    assert table["exceeds_holm"].sum() <= table["exceeds"].sum()


def test_a_cell_that_is_not_in_our_run_is_not_judged():
    published = read_published_table(POSTER)
    ours = our_intervals(published, 0.005)
    table = published_against_noise(ours[ours["model"] != "openl3"], published)
    unknown = table["model"] == "openl3"
    assert table.loc[unknown, "exceeds"].isna().all()
    assert table.loc[~unknown, "exceeds"].notna().all()
    assert pd.api.types.is_bool_dtype(table["exceeds"])

"""What each eraser promises, on any data."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.covariance import ledoit_wolf, shrunk_covariance

from audio_debias.corrections.directions import span
from audio_debias.corrections.eraser import projection
from audio_debias.corrections.erasers import (
    center,
    combat,
    coral,
    inlp,
    leace,
    mean,
    random,
    splince,
    zscore,
)

LABEL_FREE = [inlp, leace, mean, random, splince]
KNOWN_CORPUS = [center, combat, coral, zscore]


@st.composite
def corpora(draw, ks=(2, 5)):
    """x, domain, y of unequal corpora; constant and duplicate columns; any unit."""
    k, wide = draw(st.sampled_from(ks)), draw(st.booleans())
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    domain = rng.permutation(np.repeat(np.arange(k), rng.integers(12, 25, size=k)))
    n_features = 3 * len(domain) if wide else 14
    x = rng.normal(size=(len(domain), n_features))
    x += rng.normal(size=(len(domain), 3)) @ rng.normal(size=(3, n_features))
    x += rng.normal(size=(k, n_features))[domain]
    y = rng.random(len(domain)) < np.linspace(0.3, 0.7, k)[domain]
    y[:2] = True, False
    x[y] += rng.normal(size=n_features)
    x += 5 * rng.normal(size=n_features)
    if draw(st.booleans()):
        x[:, 3] = 7.1
        x[:, 5] = x[:, 6] = x[:, 8]
    return x * 10.0 ** draw(st.integers(-9, 9)), domain, y


def fit(module, x, domain, y):
    """The eraser, or one for each domain."""
    if hasattr(module, "fit"):
        return module.fit(x, domain, y=y)
    return projection(span(module.directions(x, domain, y=y)))


def gaps(x, domain):
    """The largest difference of two domains' means."""
    means = np.stack([x[domain == code].mean(axis=0) for code in np.unique(domain)])
    return np.ptp(means, axis=0).max()


@pytest.mark.parametrize("module", [mean, leace, splince])
@given(data=corpora())
@settings(max_examples=30, deadline=None)
def test_training_means_are_equal(module, data):
    x, domain, y = data
    assert gaps(fit(module, x, domain, y).apply(x), domain) <= 1e-10 * np.abs(x).max()


@pytest.mark.parametrize("module", [mean, leace, splince])
@given(data=corpora())
@settings(max_examples=30, deadline=None)
def test_a_linear_probe_gains_nothing(module, data):
    """Normal equations: the gradient of the squared error is zero at the zero coefficient."""
    x, domain, y = data
    erased = fit(module, x, domain, y).apply(x)
    z = np.eye(domain.max() + 1)[domain]
    covariance = (erased - erased.mean(axis=0)).T @ (z - z.mean(axis=0)) / len(x)
    assert np.abs(covariance).max() <= 1e-10 * np.abs(x).max()


@given(data=corpora())
@settings(max_examples=60, deadline=None)
def test_splince_keeps_the_covariance_with_the_label(data):
    x, domain, y = data
    erased = splince.fit(x, domain, y=y).apply(x)
    before, after = (
        (values - values.mean(axis=0)).T @ (y - y.mean()) / len(y) for values in (x, erased)
    )
    assert np.abs(after - before).max() <= 1e-10 * np.abs(x).max()


@given(data=corpora())
@settings(max_examples=30, deadline=None)
def test_splince_keeps_the_covariance_with_every_label(data):
    x, domain, y = data
    labels = np.stack([y, np.arange(len(y)) % 3 == 0], axis=1)
    erased = splince.fit(x, domain, y=labels).apply(x)
    centred = labels - labels.mean(axis=0)
    change = centred.T @ (erased - x) / len(y)
    assert np.abs(change).max() <= 1e-10 * np.abs(x).max()


@given(data=corpora())
@settings(max_examples=30, deadline=None)
def test_splince_of_a_label_all_share_is_leace(data):
    x, domain, y = data
    kept = splince.fit(x, domain, y=np.ones_like(y)).apply(x)
    np.testing.assert_allclose(
        kept, leace.fit(x, domain).apply(x), rtol=0, atol=1e-12 * np.abs(x).max()
    )


@pytest.mark.parametrize("module", LABEL_FREE)
@given(data=corpora())
@settings(max_examples=15, deadline=None)
def test_idempotent_at_full_strength(module, data):
    x, domain, y = data
    eraser = fit(module, x, domain, y)
    once = eraser.apply(x)
    assert np.abs(eraser.apply(once) - once).max() <= 1e-10 * np.abs(x).max()


@pytest.mark.parametrize("module", [*LABEL_FREE, *KNOWN_CORPUS])
@given(data=corpora(), strength=st.floats(0, 1))
@settings(max_examples=15, deadline=None)
def test_strength_leads_from_the_identity_to_the_eraser(module, data, strength):
    x, domain, y = data
    fitted = fit(module, x, domain, y)
    for eraser in fitted.values() if isinstance(fitted, dict) else [fitted]:
        full, unit = eraser.apply(x), np.abs(x).max()
        assert np.abs(eraser.weakened(0).apply(x) - x).max() <= 1e-14 * unit
        between = (1 - strength) * x + strength * full
        part = eraser.weakened(strength).apply(x)
        assert np.abs(part - between).max() <= 1e-12 * max(unit, np.abs(full).max())


@pytest.mark.parametrize("module", [*LABEL_FREE, *KNOWN_CORPUS])
@given(data=corpora())
@settings(max_examples=10, deadline=None)
def test_the_unit_of_the_embedding_has_no_effect(module, data):
    x, domain, y = data
    x = x / np.abs(x).max()
    for fitted, other in zip(
        *(
            found.values() if isinstance(found, dict) else [found]
            for found in (fit(module, x, domain, y), fit(module, x * 2.0**30, domain, y))
        ),
        strict=True,
    ):
        moved = other.apply(x * 2.0**30) / 2.0**30
        np.testing.assert_allclose(moved, fitted.apply(x), rtol=0, atol=1e-9)


@given(data=corpora(), scales=st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_leace_does_not_depend_on_the_scales_of_columns(data, scales):
    x, domain, _ = data
    scale = 10.0 ** np.random.default_rng(scales).integers(-4, 5, size=x.shape[1])
    scaled = leace.fit(x * scale, domain).apply(x * scale) / scale
    np.testing.assert_allclose(
        scaled, leace.fit(x, domain).apply(x), rtol=0, atol=1e-9 * np.abs(x).max()
    )


@pytest.mark.parametrize("shrinkage", [0, 0.5, 1, "auto"])
@given(data=corpora())
@settings(max_examples=10, deadline=None)
def test_leace_equalises_means_at_any_shrinkage(shrinkage, data):
    x, domain, _ = data
    erased = leace.fit(x, domain, shrinkage=shrinkage).apply(x)
    assert gaps(erased, domain) <= 1e-10 * np.abs(x).max()


@given(data=corpora())
@settings(max_examples=20, deadline=None)
def test_leace_changes_less_than_the_orthogonal_projection(data):
    """It is the least of all, by the covariance it was fitted with: here the sample's own."""
    x, domain, _ = data
    # With fewer rows than columns the sample's covariance is singular, and no norm to be least in.
    assume(len(x) > x.shape[1])
    change = [
        np.square(eraser.apply(x) - eraser.apply(x).mean(axis=0) - x + x.mean(axis=0)).sum()
        for eraser in (leace.fit(x, domain, shrinkage=0), fit(mean, x, domain, None))
    ]
    assert change[0] <= change[1] * (1 + 1e-9)


@pytest.mark.parametrize("module", [center, zscore, coral])
@given(data=corpora())
@settings(max_examples=20, deadline=None)
def test_corpora_get_one_mean(module, data):
    x, domain, y = data
    moved = np.empty_like(x)
    for code, eraser in fit(module, x, domain, y).items():
        moved[domain == code] = eraser.apply(x[domain == code])
    assert gaps(moved, domain) <= 1e-10 * np.abs(x).max()


@given(data=corpora())
@settings(max_examples=20, deadline=None)
def test_zscore_gives_corpora_one_deviation(data):
    x, domain, _ = data
    deviations = np.stack(
        [e.apply(x[domain == d]).std(axis=0) for d, e in zscore.fit(x, domain).items()]
    )
    assert np.ptp(deviations, axis=0).max() <= 1e-10 * np.abs(x).max()


def test_coral_gives_corpora_one_covariance():
    rng = np.random.default_rng(0)
    domain = np.repeat(np.arange(3), 40)
    x = rng.normal(size=(120, 8)) @ rng.normal(size=(8, 8)) * np.array([1, 2, 3])[domain, None]
    erasers = coral.fit(x, domain, shrinkage=0)
    moved = [np.cov(eraser.apply(x[domain == code]).T) for code, eraser in erasers.items()]
    pooled = np.mean([np.cov(x[domain == code].T) for code in range(3)], axis=0)
    for covariance in moved:
        np.testing.assert_allclose(covariance, pooled, atol=1e-9 * np.abs(pooled).max())


@pytest.mark.parametrize("shrinkage", [0.4, "auto"])
@pytest.mark.parametrize("n_features", [12, 60])
def test_coral_equals_its_definition(shrinkage, n_features):
    """Matrix roots of scikit-learn's shrunk D x D covariances, without coordinates."""
    rng = np.random.default_rng(0)
    domain = np.repeat([0, 1], [20, 15])
    x = rng.normal(size=(35, n_features)) * (1 + domain[:, None])
    x += rng.normal(size=(2, n_features))[domain]
    means = np.stack([x[domain == code].mean(axis=0) for code in (0, 1)])
    covariances = [
        ledoit_wolf(x[domain == code])[0]
        if shrinkage == "auto"
        else shrunk_covariance(np.cov(x[domain == code].T, ddof=0), shrinkage)
        for code in (0, 1)
    ]
    whitening = np.linalg.inv(scipy.linalg.sqrtm(covariances[0]))
    colouring = scipy.linalg.sqrtm(np.mean(covariances, axis=0))
    expected = (x[domain == 0] - means[0]) @ whitening @ colouring + means.mean(axis=0)
    found = coral.fit(x, domain, shrinkage=shrinkage)[0].apply(x[domain == 0])
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_combat_does_not_move_a_corpus_for_its_share_of_a_label():
    rng = np.random.default_rng(0)
    domain = np.repeat([0, 1], 2000)
    y = rng.random(4000) < np.array([0.2, 0.8])[domain]
    x = rng.normal(size=(4000, 6)) + 4.0 * y[:, None]
    blind, protected = combat.fit(x, domain), combat.fit(x, domain, y=y)
    assert np.abs(blind[0].centre - blind[1].centre).min() > 2
    assert np.abs(protected[0].centre - protected[1].centre).max() < 0.3


def test_inlp_reaches_chance_where_one_direction_does_not():
    """A shift with correlated noise: the first probe's coefficients are not the shift."""
    rng = np.random.default_rng(0)
    n, n_features = 600, 20
    domain = np.repeat([0, 1], n // 2)
    noise = rng.normal(size=(n, n_features)) @ np.diag(np.linspace(0.3, 5, n_features))
    x = noise + 2.0 * domain[:, None]
    found = inlp.directions(x, domain)
    assert 2 <= len(found) < n_features
    np.testing.assert_allclose(found @ found.T, np.eye(len(found)), atol=1e-12)
    erased = x - x @ found.T @ found
    train = np.arange(n) % 2 == 0
    target = np.where(domain == 1, 1.0, -1.0)
    design = np.column_stack([np.ones(n), erased])
    coefficients = np.linalg.lstsq(design[train], target[train], rcond=None)[0]
    told = np.mean(np.sign(design[~train] @ coefficients) == target[~train])
    assert told < 0.6
    assert len(inlp.directions(x, domain, max_rank=1)) == 1


@pytest.mark.parametrize("shape", [(80, 20), (80, 200)])
def test_inlp_finds_nothing_where_a_probe_is_at_chance(shape):
    x = np.random.default_rng(1).normal(size=shape)
    with pytest.raises(np.linalg.LinAlgError, match="chance"):
        inlp.directions(x, np.arange(80) % 2)


def test_random_follows_its_seed_alone():
    domain = np.repeat([0, 1, 2], 4)
    found = [random.directions(np.zeros((12, 7)), domain, seed=seed) for seed in (1, 1, 2)]
    assert found[0].shape == (2, 7)
    np.testing.assert_array_equal(found[0], found[1])
    assert np.abs(found[0] - found[2]).min() > 0


def test_splince_names_what_it_lacks():
    x, domain = np.random.default_rng(0).normal(size=(20, 4)), np.arange(20) % 2
    with pytest.raises(np.linalg.LinAlgError, match="label"):
        splince.fit(x, domain)
    with pytest.raises(np.linalg.LinAlgError, match="label tells the corpora apart"):
        splince.fit(x, domain, y=domain == 1)


def test_combat_refuses_covariates_that_are_the_corpus():
    x, domain = np.random.default_rng(0).normal(size=(20, 4)), np.arange(20) % 2
    with pytest.raises(np.linalg.LinAlgError, match="tell the corpora apart"):
        combat.fit(x, domain, y=domain == 1)


def test_coral_without_shrinkage_refuses_fewer_clips_than_features():
    x = np.random.default_rng(0).normal(size=(20, 40))
    with pytest.raises(np.linalg.LinAlgError, match="shrinkage"):
        coral.fit(x, np.arange(20) % 2, shrinkage=0)


@pytest.fixture
def four_domains():
    """Noise of mean zero, a shift that all domains have (column 0), one of the last alone (1)."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, 60, 12))
    x -= x.mean(axis=1, keepdims=True)
    x[:, :, 0] += np.array([0, 3, -2, 5])[:, None]
    x[3, :, 1] += 4
    return x.reshape(240, 12), np.repeat(np.arange(4), 60)


@pytest.mark.parametrize("module", [mean, leace])
def test_an_eraser_of_others_removes_what_a_new_corpus_shares_and_only_that(module, four_domains):
    x, domain = four_domains
    known = domain < 3
    eraser = fit(module, x[known], domain[known], None)
    assert eraser.rank == 1
    erased = eraser.apply(x)
    shift = erased[~known].mean(axis=0) - erased[known].mean(axis=0)
    assert abs(shift[0]) <= 1e-10
    assert shift[1] == pytest.approx(4, abs=1e-10)
    np.testing.assert_allclose(shift[2:], 0, atol=1e-10)


@pytest.mark.parametrize("module", [mean, leace])
def test_one_eraser_of_all_serves_every_corpus(module, four_domains):
    x, domain = four_domains
    eraser = fit(module, x, domain, None)
    assert eraser.rank == 2
    assert gaps(eraser.apply(x), domain) <= 1e-10

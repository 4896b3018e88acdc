import numpy as np
import pytest
from scipy.linalg import hadamard
from scipy.spatial.distance import cdist
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.utils.estimator_checks import parametrize_with_checks

from audio_debias.corrections.kernel import (
    KERNELS,
    Fastfood,
    make_kernel_map,
    median_distance,
    walsh_hadamard,
)


@parametrize_with_checks([Fastfood(random_state=0)])
def test_fastfood_is_a_scikit_learn_transformer(estimator, check):
    check(estimator)


@pytest.mark.parametrize("width", [1, 2, 8, 32, 128, 1024])
def test_walsh_hadamard_equals_the_matrix_product(width):
    x = np.random.default_rng(0).normal(size=(5, width))
    np.testing.assert_allclose(walsh_hadamard(x), x @ hadamard(width), atol=1e-10)


def kernel_error(x, n_components, seed):
    z = Fastfood(n_components, sigma=5.0, random_state=seed).fit_transform(x)
    return np.abs(z @ z.T - rbf_kernel(x, gamma=1 / 50)).mean()


@pytest.mark.parametrize("n_features", [20, 64])
def test_kernel_error_falls_as_one_over_the_root_of_the_frequencies(n_features):
    x = np.random.default_rng(0).normal(size=(40, n_features))
    errors = [np.mean([kernel_error(x, n, seed) for seed in range(10)]) for n in (256, 1024, 4096)]
    ratios = np.divide(errors[:-1], errors[1:])
    assert ((ratios > 1.6) & (ratios < 2.5)).all()


def test_has_four_frequencies_and_eight_features_a_dimension():
    x = np.random.default_rng(0).normal(size=(30, 20))
    kernel = Fastfood(random_state=0).fit(x)
    assert kernel.transform(x).shape == (30, 160)
    assert len(kernel.get_feature_names_out()) == 160


def test_features_are_the_cosines_and_sines_of_the_drawn_frequencies():
    x = np.random.default_rng(0).normal(size=(300, 6))
    kernel = Fastfood(20, sigma=2.0, random_state=0).fit(x)
    h = hadamard(8)
    frequencies = np.concatenate(
        [
            lengths[:, None] * (h @ np.diag(gains) @ np.eye(8)[permutation] @ h @ np.diag(signs))
            for signs, permutation, gains, lengths in zip(
                kernel.signs_, kernel.permutations_, kernel.gains_, kernel.lengths_, strict=True
            )
        ]
    )[:20, :6]
    phases = x @ frequencies.T
    expected = np.hstack([np.cos(phases), np.sin(phases)]) / np.sqrt(20)
    np.testing.assert_allclose(kernel.transform(x), expected, atol=1e-6)


def test_rows_do_not_depend_on_the_rows_mapped_with_them():
    x = np.random.default_rng(0).normal(size=(600, 20))
    kernel = Fastfood(random_state=0).fit(x)
    np.testing.assert_array_equal(kernel.transform(x)[250:260], kernel.transform(x[250:260]))


def test_median_distance_is_over_all_ordered_pairs_and_the_zero_diagonal():
    x = np.random.default_rng(0).normal(size=(31, 4))
    assert median_distance(x) == pytest.approx(np.median(cdist(x, x)))
    assert np.median(cdist(x, x)) < np.median(cdist(x, x)[np.triu_indices(31, 1)])


def test_median_distance_of_equal_rows_is_usable():
    assert median_distance(np.ones((5, 3))) == 1.0


def test_median_distance_of_a_large_sample_is_that_of_a_part():
    x = np.random.default_rng(0).normal(size=(20_000, 2))
    assert median_distance(x) == pytest.approx(median_distance(x[:3000]), rel=0.03)


@pytest.mark.parametrize("name", KERNELS)
def test_every_map_approximates_the_gaussian_kernel(name):
    x = np.random.default_rng(0).normal(size=(60, 40))
    kernel = make_kernel_map(name, x, seed=1)
    z = kernel.transform(x)
    exact = rbf_kernel(x, gamma=1 / (2 * median_distance(x) ** 2))
    assert np.abs(z @ z.T - exact).mean() < 0.1
    np.testing.assert_array_equal(z, make_kernel_map(name, x, seed=1).transform(x))


def test_different_seeds_draw_different_frequencies():
    x = np.random.default_rng(0).normal(size=(10, 16))
    one, other = (make_kernel_map("fastfood", x, seed).transform(x) for seed in (1, 2))
    assert np.abs(one - other).max() > 0.01


def test_refuses_an_unknown_map():
    with pytest.raises(ValueError, match="'rbf'; known are fastfood, rff, nystroem"):
        make_kernel_map("rbf", np.ones((3, 2)), 0)

import numpy as np
import pytest
from sklearn.covariance import ledoit_wolf
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.preprocessing import StandardScaler

from audio_debias.corrections.directions import cosine, span
from audio_debias.corrections.erasers.lda import lda_direction
from audio_debias.corrections.fitting import Rows, fit_eraser


def fitted(x_a, x_b, genre=None, **options):
    rows = Rows(np.concatenate([x_a, x_b]), np.repeat([0, 1], [len(x_a), len(x_b)]), None, genre, 2)
    return fit_eraser("lda", rows, **options)


def single_direction(x_a, x_b, **options):
    return fitted(x_a, x_b, **options)


def genre_directions(x_a, x_b, genres_a, genres_b, **options):
    genre = np.array([*genres_a, *genres_b], dtype=object)
    return fitted(x_a, x_b, genre, per_genre=True, **options)


def two_corpora(n_a, n_b, n_features, seed=0):
    """Correlated clips of two corpora with different means and covariances."""
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(min(n_features, 30), n_features))
    a, b = (
        rng.normal(size=(n, len(mixing))) @ mixing + rng.normal(size=(n, n_features))
        for n in (n_a, n_b)
    )
    return a, 1.5 * b + rng.normal(size=n_features)


def scikit_learn(a, b):
    x, y = np.concatenate([a, b]), np.repeat([0, 1], [len(a), len(b)])
    return LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto").fit(x, y).coef_[0]


def by_definition(a, b):
    """Scatter from scikit-learn's own pieces, solved without its D x D eigenproblem."""
    scatter = 0
    for x in (a, b):
        scaler = StandardScaler()
        covariance = ledoit_wolf(scaler.fit_transform(x))[0]
        scatter = scatter + len(x) / (len(a) + len(b)) * (
            scaler.scale_[:, None] * covariance * scaler.scale_
        )
    return np.linalg.solve(scatter, b.mean(0) - a.mean(0))


@pytest.mark.parametrize("n_features", [1, 2, 16, 128, 512])
@pytest.mark.parametrize(("n_a", "n_b"), [(12, 12), (3, 40), (200, 90), (700, 500)])
def test_equals_scikit_learn(n_a, n_b, n_features):
    a, b = two_corpora(n_a, n_b, n_features)
    expected, found = scikit_learn(a, b), lda_direction(a, b)
    assert 1 - cosine(found, expected) <= 1e-10
    assert np.linalg.norm(found) == pytest.approx(np.linalg.norm(expected), rel=1e-6)


@pytest.mark.parametrize("n", [60, 700])
def test_equals_scikit_learn_on_constant_and_duplicate_columns(n):
    a, b = two_corpora(n // 2, n // 2, 128)
    for x in (a, b):
        x[:, 3] = 7.0
        x[:, 5] = x[:, 6] = x[:, 7]
    a[:, 9] = 0.0
    assert 1 - cosine(lda_direction(a, b), scikit_learn(a, b)) <= 1e-10


@pytest.mark.parametrize("n", [60, 700])
def test_equals_scikit_learn_on_badly_scaled_columns(n):
    a, b = two_corpora(n // 2, n // 2, 128)
    scale = np.logspace(-5, 5, 128)
    assert 1 - cosine(lda_direction(a * scale, b * scale), scikit_learn(a * scale, b * scale)) <= (
        1e-10
    )


def test_scaling_a_column_scales_its_weight_inversely():
    a, b = two_corpora(40, 40, 200)
    scale = np.logspace(-8, 8, 200)
    np.testing.assert_allclose(
        lda_direction(a * scale, b * scale) * scale, lda_direction(a, b), rtol=1e-8
    )


@pytest.mark.parametrize(("n", "n_features"), [(7000, 16), (7000, 1024), (12, 1024), (1152, 1024)])
def test_equals_its_definition_at_the_sizes_of_the_paper(n, n_features):
    a, b = two_corpora(n // 2, n // 2, n_features)
    assert 1 - cosine(lda_direction(a, b), by_definition(a, b)) <= 1e-10


@pytest.mark.slow
@pytest.mark.parametrize(("n", "n_features"), [(12, 8192), (1152, 4096), (7000, 4096)])
def test_equals_its_definition_at_the_width_of_the_kernel_features(n, n_features):
    a, b = two_corpora(n // 2, n // 2, n_features)
    assert 1 - cosine(lda_direction(a, b), by_definition(a, b)) <= 1e-10


def test_float32_input_is_computed_in_float64():
    a, b = (x.astype(np.float32) for x in two_corpora(50, 50, 300))
    np.testing.assert_array_equal(
        lda_direction(a, b), lda_direction(a.astype(float), b.astype(float))
    )


def test_points_from_the_first_corpus_to_the_second():
    a, b = two_corpora(50, 50, 20)
    w = lda_direction(a, b)
    assert (b @ w).mean() > (a @ w).mean()
    np.testing.assert_allclose(lda_direction(b, a), -w, rtol=1e-9)


@pytest.mark.parametrize(("n_a", "n_b"), [(2, 2), (1, 1), (1, 2)])
def test_refuses_a_singular_scatter(n_a, n_b):
    with pytest.raises(np.linalg.LinAlgError):
        lda_direction(*two_corpora(n_a, n_b, 50))


def test_all_equal_embeddings_give_no_direction_and_the_reason():
    fitted = single_direction(np.ones((9, 5)), np.ones((9, 5)))
    assert fitted.directions.shape == (0, 5)
    assert fitted.skipped[0][1]


def test_equal_means_give_no_direction_and_the_reason():
    x = np.array([[1.0, 2], [-1, -2], [3, -1], [-3, 1]])
    fitted = single_direction(x, 2 * x)
    assert fitted.directions.shape == (0, 2)
    assert fitted.skipped == (("", "the corpora's means are equal"),)


def genres_of(**counts):
    return np.repeat(list(counts), list(counts.values())).astype(object)


@pytest.mark.parametrize("few", [0, 1])
def test_a_genre_with_too_few_clips_is_skipped_and_reported(few):
    a, b = two_corpora(30 + few, 60, 40)
    fitted = genre_directions(a, b, genres_of(jazz=30, rock=few), genres_of(jazz=30, rock=30))
    assert fitted.genres == ("jazz",)
    assert fitted.skipped == (("rock", f"{few} and 30 clips, 2 needed of each corpus"),)
    np.testing.assert_array_equal(fitted.directions, [lda_direction(a[:30], b[:30])])


def test_two_clips_of_a_genre_in_each_corpus_give_no_direction():
    a, b = two_corpora(32, 32, 40)
    genres = genres_of(jazz=30, rock=2)
    fitted = genre_directions(a, b, genres, genres)
    assert fitted.genres == ("jazz",)
    assert "too few clips" in fitted.skipped[0][1]


def test_two_clips_against_many_give_a_finite_direction():
    a, b = two_corpora(2, 30, 40)
    w = lda_direction(a, b)
    assert np.isfinite(w).all()
    assert 1 - cosine(w, scikit_learn(a, b)) <= 1e-10


def test_the_paper_option_takes_the_mean_of_a_genre_found_in_one_corpus():
    a, b = two_corpora(30, 60, 40)
    fitted = genre_directions(
        a,
        b,
        genres_of(jazz=30),
        genres_of(jazz=30, rock=30),
        one_corpus_genre="paper",
    )
    rock = b[30:]
    scaler = StandardScaler()
    covariance = ledoit_wolf(scaler.fit_transform(rock))[0]
    scatter = scaler.scale_[:, None] * covariance * scaler.scale_
    expected = np.linalg.solve(scatter, rock.mean(0))
    assert fitted.genres == ("jazz", "rock")
    assert 1 - abs(cosine(fitted.directions[1], expected)) <= 1e-10


def test_clips_without_genre_take_part_in_no_genre():
    a, b = two_corpora(30, 30, 40)
    genres = np.array(["jazz"] * 20 + [None] * 10, dtype=object)
    fitted = genre_directions(a, b, genres, genres)
    np.testing.assert_array_equal(fitted.directions, [lda_direction(a[:20], b[:20])])


def test_span_drops_directions_of_zero_singular_value():
    rng = np.random.default_rng(0)
    w = rng.normal(size=(3, 50))
    basis = span(np.vstack([w, w[0] + w[1]]))
    assert basis.shape == (50, 3)
    np.testing.assert_allclose(basis.T @ basis, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(basis @ (basis.T @ w.T), w.T, atol=1e-12)
    assert span(np.empty((0, 50))).shape == (50, 0)


def test_cosine_of_a_zero_vector_is_undefined():
    assert np.isnan(cosine(np.zeros(3), np.ones(3)))
    assert cosine(np.array([1.0, 0]), np.array([1.0, 1])) == pytest.approx(2**-0.5)

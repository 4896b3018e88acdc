import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.utils.estimator_checks import parametrize_with_checks

from audio_debias.errors import InputError
from audio_debias.transfers.classifier import GRID, LogisticGrid, roc_auc, unit_of
from audio_debias.transfers.logistic import (
    FeatureSpace,
    SampleSpace,
    balanced_costs,
    minimise_together,
)
from audio_debias.transfers.store import load_classifiers, save_classifiers


def labelled(n, n_features, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, n_features))
    noise = rng.normal(size=n) * np.sqrt(n_features)
    return x, x[:, : n_features // 2].sum(axis=1) + noise > 0.3 * np.sqrt(n_features)


@parametrize_with_checks([LogisticGrid(folds=2)])
def test_is_a_scikit_learn_classifier(estimator, check):
    check(estimator)


@pytest.mark.parametrize("n_features", [5, 40, 119, 150, 1000])
@pytest.mark.parametrize(("seed", "liblinear"), [(0, True), (1, True), (1, False)])
def test_equals_a_grid_search_with_liblinear(n_features, seed, liblinear):
    x, y = labelled(120, n_features, seed)
    model = LogisticRegression(solver="liblinear", class_weight="balanced")
    grid = GridSearchCV(model, {"C": GRID}, scoring="roc_auc", cv=StratifiedKFold(3)).fit(x, y)
    found = LogisticGrid(liblinear=liblinear).fit(x, y)
    assert grid.best_params_ == {"C": found.C_}
    np.testing.assert_allclose(
        found.grid_scores_.mean(axis=1), grid.cv_results_["mean_test_score"], atol=1e-3
    )
    np.testing.assert_allclose(
        found.decision_function(x), grid.decision_function(x), rtol=1e-3, atol=1e-6
    )


@pytest.mark.parametrize("C", [1e-8, 1e-4, 1e-2, 1.0])
@pytest.mark.parametrize("n_features", [30, 300])
def test_the_solver_takes_the_iterations_of_liblinear(n_features, C):
    x, y = labelled(100, n_features)
    expected = LogisticRegression(C=C, solver="liblinear", class_weight="balanced").fit(x, y)
    sign = np.where(y, 1.0, -1.0)
    costs = balanced_costs(sign, C)
    with_one = np.column_stack([x, np.ones(len(x))])
    [(weights, _)] = minimise_together(FeatureSpace(with_one), sign, [costs])
    [(dual, _)] = minimise_together(SampleSpace(with_one @ with_one.T), sign, [costs])
    scale = np.abs(expected.coef_).max()
    np.testing.assert_allclose(weights[:-1], expected.coef_[0], atol=1e-8 * scale)
    np.testing.assert_allclose(weights[-1], expected.intercept_[0], atol=1e-8 * scale)
    np.testing.assert_allclose(dual @ with_one, weights, atol=1e-8 * scale)


@pytest.mark.parametrize("n_features", [30, 300])
def test_problems_solved_together_have_the_solutions_of_each_alone(n_features):
    x, y = labelled(100, n_features)
    sign = np.where(y, 1.0, -1.0)
    costs = [balanced_costs(sign, C) for C in GRID]
    for space in (FeatureSpace(x), SampleSpace(x @ x.T)):
        together = minimise_together(space, sign, costs)
        for each, (solution, converged) in zip(costs, together, strict=True):
            [(alone, alone_converged)] = minimise_together(space, sign, [each])
            assert converged == alone_converged
            np.testing.assert_allclose(solution, alone, atol=1e-8 * np.abs(alone).max())


def test_the_solution_is_a_minimum():
    x, y = labelled(100, 20)
    sign = np.where(y, 1.0, -1.0)
    costs = balanced_costs(sign, 0.1)
    [(w, converged)] = minimise_together(FeatureSpace(x), sign, [costs])
    gradient = w - x.T @ (costs * sign / (1 + np.exp(sign * (x @ w))))
    at_zero = x.T @ (costs * sign / 2)
    assert converged
    assert np.linalg.norm(gradient) <= 1e-4 * np.linalg.norm(at_zero)


def test_equal_scores_choose_the_smallest_c():
    x = np.concatenate([np.full((9, 2), -1.0), np.full((9, 2), 1.0)])
    found = LogisticGrid().fit(x, np.repeat([0, 1], 9))
    assert min(GRID) == found.C_


@pytest.mark.parametrize("counts", [(2, 20), (20, 2)])
def test_refuses_a_class_with_fewer_rows_than_folds(counts):
    with pytest.raises(ValueError, match="3 folds need as many rows of each class"):
        LogisticGrid().fit(np.random.default_rng(0).normal(size=(22, 4)), np.repeat([0, 1], counts))


def test_area_under_the_curve_counts_ties_half():
    rng = np.random.default_rng(0)
    truth, scores = rng.random(200) < 0.3, rng.integers(0, 20, size=200)
    assert roc_auc(truth, scores) == pytest.approx(roc_auc_score(truth, scores), abs=1e-15)


def test_comes_back_from_disk_as_it_was(tmp_path):
    x, y = labelled(60, 8)
    classifier = LogisticGrid(Cs=(0.1, 1.0)).fit(x, y)
    save_classifiers(tmp_path / "c.safetensors", {("organ", "irmas"): classifier}, {"seed": 1})
    loaded, metadata = load_classifiers(tmp_path / "c.safetensors")
    assert metadata == {"seed": 1}
    assert loaded.keys() == {("organ", "irmas")}
    again = loaded["organ", "irmas"]
    np.testing.assert_array_equal(again.predict_proba(x), classifier.predict_proba(x))
    assert (again.C_, again.get_params()) == (classifier.C_, classifier.get_params())


def test_refuses_a_file_that_is_no_classifier(tmp_path):
    (tmp_path / "c.safetensors").write_bytes(b"12345678{}")
    with pytest.raises(InputError, match=r"c\.safetensors"):
        load_classifiers(tmp_path / "c.safetensors")


@pytest.mark.parametrize("n_features", [8, 90])
@pytest.mark.parametrize("exponent", [-100, -30, 30, 120])
def test_the_unit_of_an_embedding_changes_nothing(n_features, exponent):
    x, y = labelled(60, n_features)
    once, again = (LogisticGrid().fit(x * 2.0**power, y) for power in (16, exponent))
    assert again.C_ == once.C_
    np.testing.assert_array_equal(again.grid_scores_, once.grid_scores_)
    np.testing.assert_array_equal(again.coef_ * 2.0**exponent, once.coef_ * 2.0**16)
    np.testing.assert_array_equal(again.intercept_, once.intercept_)


@pytest.mark.parametrize("scale", [1e-9, 1e4, 1e8, 1e31])
def test_an_embedding_in_any_unit_is_learnt_from_as_in_a_usual_one(scale):
    x, y = labelled(300, 100)
    usual = LogisticGrid().fit(x[:150], y[:150])
    other = LogisticGrid().fit(x[:150] * scale, y[:150])
    auc = roc_auc_score(y[150:], usual.decision_function(x[150:]))
    found = roc_auc_score(y[150:], other.decision_function(x[150:] * scale))
    assert found == pytest.approx(auc, abs=0.01)


def test_usual_embeddings_and_zeros_are_taken_as_they_are():
    assert [unit_of(np.full((3, 4), value)) for value in (0, 0.1, 1, 100, 2000)] == [1] * 5
    assert unit_of(np.full((3, 4), 2.0**20)) == 2.0**21
    assert unit_of(np.full((3, 4), 2.0**-20)) == 2.0**-19

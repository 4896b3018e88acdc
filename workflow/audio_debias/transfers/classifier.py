"""The label classifier: logistic regression with its strength chosen by cross-validation."""

import warnings

import numpy as np
from scipy.special import expit
from scipy.stats import rankdata
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from audio_debias.transfers.logistic import (
    FeatureSpace,
    SampleSpace,
    balanced_costs,
    minimise_together,
)

GRID = tuple(float(f"1e{exponent}") for exponent in range(-8, 4))
FOLDS = 3

USUAL_SQUARES = (2.0**-8, 2.0**24)
"""The mean squared length of a row between which rows are taken as they are. The strength of a
classifier is C times it: below, all of the grid is too weak to learn; above, all of it too strong
(its smallest C, 1e-8, is a strength above 0.17, and AUCs fall). The embeddings of the paper lie
well within, and with them every published digit."""


def unit_of(x: np.ndarray) -> float:
    """The power of two by which rows (n, D) are to be divided before the grid of C fits them.

    1 where their mean squared length is usual (`USUAL_SQUARES`) or zero, else what brings it
    between 1 and 4: the fit then does not depend on the unit of an embedding, and dividing by a
    power of two rounds nothing.
    """
    square = float(np.einsum("ij,ij->", x, x, dtype=np.float64)) / max(len(x), 1)
    low, high = USUAL_SQUARES
    return 1.0 if square == 0 or low <= square <= high else 2.0 ** np.floor(np.log2(square) / 2)


class LogisticGrid(ClassifierMixin, BaseEstimator):
    """Balanced L2 logistic regression, C by unshuffled stratified cross-validation on ROC-AUC.

    What ``GridSearchCV(LogisticRegression(solver="liblinear", class_weight="balanced"),
    {"C": Cs}, scoring="roc_auc", cv=folds)`` chooses and fits, by the same iterations (see
    :mod:`~audio_debias.transfers.logistic`); with fewer rows than features, from one n x n Gram
    matrix that all folds and all C share.

    Parameters
    ----------
    Cs : sequence of float
        Ascending; equal scores choose the smallest.
    folds : int
    liblinear : bool
        With no more features than rows, refit by scikit-learn's liblinear: its loose tolerance
        leaves rounding noise that only its own arithmetic repeats, to the last published digit.
        Otherwise by the same iterations here, which are faster.
    unit : float, optional
        The rows are divided by it, and the coefficients given for the rows as they come; that of
        :func:`unit_of` by default. Of corrected rows it is that of the rows before: what a
        correction that takes out everything leaves are rounding errors, not to be made large.

    Attributes
    ----------
    classes_ : array of shape (2,)
    coef_ : array of float64, shape (1, D)
    intercept_ : array of float64, shape (1,)
        Penalised like the coefficients, as liblinear's.
    C_ : float
    grid_scores_ : array of shape (len(Cs), folds)
        ROC-AUC on the held-out fold.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(60, 5))
    >>> LogisticGrid().fit(x, x[:, 0] > 0).score(x, x[:, 0] > 0) > 0.9
    True
    """

    def __init__(self, Cs=GRID, folds=FOLDS, liblinear=True, unit=None):
        self.Cs = Cs
        self.folds = folds
        self.liblinear = liblinear
        self.unit = unit

    def fit(self, X, y):
        """Choose C and fit on rows X (n, D) and binary labels y (n,).

        Raises
        ------
        ValueError
            If there are not two classes with at least `folds` rows each.
        """
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, target = np.unique(y, return_inverse=True)
        if len(self.classes_) != 2:
            found = len(self.classes_)
            raise ValueError(f"Only binary classification is supported; found {found} class(es)")
        counts = np.bincount(target)
        if counts.min() < self.folds:
            raise ValueError(f"{self.folds} folds need as many rows of each class, not {counts}")
        sign = 2.0 * target - 1
        unit = unit_of(X) if self.unit is None else self.unit
        if unit != 1:
            X = X / unit
        n, n_features = X.shape
        in_sample_space = n < n_features
        # The last feature is the constant one whose weight is the intercept.
        data = X @ X.T + 1 if in_sample_space else np.column_stack([X, np.ones(n)])
        space = SampleSpace(data) if in_sample_space else FeatureSpace(data)
        self.grid_scores_ = self._cross_validate(space, data, sign)
        self.C_ = float(self.Cs[np.argmax(self.grid_scores_.mean(axis=1))])
        if self.liblinear and not in_sample_space:
            model = LogisticRegression(C=self.C_, class_weight="balanced", solver="liblinear")
            model.fit(X, target)
            self.coef_, self.intercept_ = model.coef_ / unit, model.intercept_
            return self
        [(solution, converged)] = minimise_together(space, sign, [balanced_costs(sign, self.C_)])
        if not converged:
            warnings.warn(f"C = {self.C_:g}: not converged", ConvergenceWarning, stacklevel=2)
        if in_sample_space:
            self.coef_, self.intercept_ = (solution @ X)[None] / unit, solution.sum(keepdims=True)
        else:
            self.coef_, self.intercept_ = solution[None, :-1] / unit, solution[-1:]
        return self

    def _cross_validate(self, space, data, sign):
        """ROC-AUC on the held-out rows for each C and fold."""
        splits = list(StratifiedKFold(self.folds).split(sign, sign))
        costs = [balanced_costs(sign, C, train) for C in self.Cs for train, _ in splits]
        weights = np.array([weight for weight, _ in minimise_together(space, sign, costs)])
        values = (weights @ data.T).reshape(len(self.Cs), self.folds, -1)
        return np.array(
            [
                [
                    roc_auc(sign[held_out] > 0, row[held_out])
                    for row, (_, held_out) in zip(rows, splits, strict=True)
                ]
                for rows in values
            ]
        )

    def decision_function(self, X):
        """Log-odds of the second class, shape (n,)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return X @ self.coef_[0] + self.intercept_[0]

    def predict_proba(self, X):
        """Probabilities of the two classes, shape (n, 2)."""
        probability = expit(self.decision_function(X))
        return np.column_stack([1 - probability, probability])

    def predict(self, X):
        """The likelier class of each row, shape (n,)."""
        positive = self.decision_function(X) > 0
        return self.classes_[positive.astype(int)]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags


def roc_auc(positive: np.ndarray, scores: np.ndarray) -> float:
    """Area under the ROC curve as the Mann-Whitney statistic, ties counted half.

    A twentieth of the time of :func:`sklearn.metrics.roc_auc_score`, which would otherwise cost as
    much as the fits.
    """
    n_positive = np.count_nonzero(positive)
    n_negative = len(positive) - n_positive
    rank_sum = rankdata(scores)[positive].sum()
    return (rank_sum - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative)

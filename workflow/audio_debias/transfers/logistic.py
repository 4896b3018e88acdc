"""Logistic regression by liblinear's algorithm, in the smaller of feature and sample space.

liblinear minimises, over the weights w with the intercept among them,

    f(w) = |w|^2 / 2 + sum_i c_i log(1 + exp(-y_i w'x_i))

by a trust-region Newton method whose steps come from conjugate gradients. That method needs
nothing but inner products, so it is invariant under rotation, and all its iterates lie in the span
of the rows of X: with w = X'a every inner product follows from the Gram matrix K = X X'. The same
iterates, hence the same solution up to the same tolerance, come from either representation; one
conjugate gradient step costs one product with K (n x n) in sample space, two with X (n x D) in
feature space.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

TOLERANCE = 1e-4
MAX_ITERATIONS = 100
"""liblinear's defaults in scikit-learn; a solution that took them all has not converged."""


@dataclass(frozen=True)
class FeatureSpace:
    """Vectors are weights of shape (D,) over the rows x (n, D)."""

    x: np.ndarray

    def dual(self, a):
        """What gives <a, b> as the dot product of b with it."""
        return a

    def values(self, dual):
        """X a, shape (n,), of the vector with this dual."""
        return self.x @ dual

    def pull(self, g):
        """X'g as a vector."""
        return g @ self.x

    def curve(self, curvature):
        """The operator from a dual to X' diag(curvature) X a."""
        return lambda dual: self.pull(curvature * self.values(dual))


@dataclass(frozen=True)
class SampleSpace:
    """Vectors are w = X'a, given by a of shape (n,) and known by the Gram matrix of X alone."""

    gram: np.ndarray

    def dual(self, a):
        """What gives <a, b> as the dot product of b with it."""
        return self.gram @ a

    def values(self, dual):
        """X w, shape (n,), of the vector with this dual."""
        return dual

    def pull(self, g):
        """X'g as a vector."""
        return g

    def curve(self, curvature):
        """The operator from a dual to X' diag(curvature) X w."""
        return lambda dual: curvature * dual


def balanced_costs(y: np.ndarray, C: float) -> np.ndarray:
    """The cost c_i of each row: C n / (2 n_class), scikit-learn's balanced class weights."""
    positive = y > 0
    counts = np.where(positive, positive.sum(), (~positive).sum())
    return C * len(y) / (2 * counts)


def trust_region_newton(
    space: FeatureSpace | SampleSpace, y: np.ndarray, costs: np.ndarray
) -> tuple[np.ndarray, bool]:
    """Minimise the logistic loss from w = 0.

    Parameters
    ----------
    space : FeatureSpace or SampleSpace
        The rows, with a constant feature for the intercept.
    y : array of float64, shape (n,)
        Labels, -1 or 1.
    costs : array of float64, shape (n,)
        c_i.

    Returns
    -------
    coordinates : array
        Of the solution w.
    converged : bool

    References
    ----------
    .. [1] C.-J. Lin, R. Weng, S. Keerthi, "Trust region Newton method for large-scale logistic
       regression", JMLR 9, 2008: algorithms 1 and 2; the constants are liblinear's.
    """
    rarer = max(min((y > 0).sum(), (y < 0).sum()), 1)
    z = np.zeros(len(y))  # X w
    slope, curvature = _loss_derivatives(y, z, costs)
    gradient = space.pull(slope)
    w = w_dual = np.zeros_like(gradient)
    value = _loss(y, z, costs)
    gradient_dual = space.dual(gradient)
    norm = radius = np.sqrt(gradient @ gradient_dual)
    enough = TOLERANCE * rarer / len(y) * norm
    iteration = 0
    while norm > enough and iteration < MAX_ITERATIONS:
        step, step_dual, residual = _conjugate_gradients(
            space, gradient, gradient_dual, curvature, radius
        )
        new_w, new_dual = w + step, w_dual + step_dual
        new_z = z + space.values(step_dual)
        new_value = 0.5 * (new_w @ new_dual) + _loss(y, new_z, costs)
        along = gradient @ step_dual
        predicted = -0.5 * (along - residual @ step_dual)
        actual = value - new_value
        length = np.sqrt(step @ step_dual)
        if iteration == 0:
            radius = min(radius, length)
        radius = _new_radius(radius, length, actual, predicted, along)
        if actual > 1e-4 * predicted:
            iteration += 1
            w, w_dual, z, value = new_w, new_dual, new_z, new_value
            slope, curvature = _loss_derivatives(y, z, costs)
            gradient = w + space.pull(slope)
            gradient_dual = space.dual(gradient)
            norm = np.sqrt(gradient @ gradient_dual)
        if max(abs(actual), abs(predicted)) <= 1e-12 * abs(value):
            break
    return w, iteration < MAX_ITERATIONS


def _loss(y, z, costs):
    return costs @ np.logaddexp(0, -y * z)


def _loss_derivatives(y, z, costs):
    """First and second derivative of the loss with respect to each w'x_i."""
    probability = expit(y * z)
    return costs * (probability - 1) * y, costs * probability * (1 - probability)


def _conjugate_gradients(space, gradient, gradient_dual, curvature, radius):
    """Approximate Newton step inside the trust region: the step, its dual, the residual."""
    curve = space.curve(curvature)
    residual, residual_dual = -gradient, -gradient_dual
    direction, direction_dual = residual, residual_dual
    step = step_dual = np.zeros_like(gradient)
    squared = residual @ residual_dual
    enough = 0.01 * squared
    while squared > enough:
        hessian = direction + curve(direction_dual)
        alpha = squared / (hessian @ direction_dual)
        new_step, new_dual = step + alpha * direction, step_dual + alpha * direction_dual
        if new_step @ new_dual > radius**2:
            alpha = _to_boundary(step, step_dual, direction, direction_dual, radius)
            step, step_dual = step + alpha * direction, step_dual + alpha * direction_dual
            return step, step_dual, residual - alpha * hessian
        step, step_dual = new_step, new_dual
        residual = residual - alpha * hessian
        residual_dual = space.dual(residual)
        previous, squared = squared, residual @ residual_dual
        direction = residual + squared / previous * direction
        direction_dual = residual_dual + squared / previous * direction_dual
    return step, step_dual, residual


def _to_boundary(step, step_dual, direction, direction_dual, radius):
    """The positive t with |step + t direction| = radius."""
    a = direction @ direction_dual
    b = step @ direction_dual
    c = radius**2 - step @ step_dual
    root = np.sqrt(b * b + a * c)
    return c / (b + root) if b >= 0 else (root - b) / a


def _new_radius(radius, length, actual, predicted, along):
    """Shrink or grow the trust region by how well the quadratic model predicted the decrease."""
    excess = -actual - along
    alpha = 4.0 if excess <= 0 else max(0.25, -0.5 * along / excess)
    if actual < 1e-4 * predicted:
        return min(max(alpha, 0.25) * length, 0.5 * radius)
    if actual < 0.25 * predicted:
        return max(0.25 * radius, min(alpha * length, 0.5 * radius))
    if actual < 0.75 * predicted:
        return max(0.25 * radius, min(alpha * length, 4 * radius))
    return max(radius, min(alpha * length, 4 * radius))

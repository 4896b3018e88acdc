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
    """Vectors are weights: coordinates of shape (D,) over the rows x (n, D)."""

    x: np.ndarray

    def image(self, a):
        """X w, shape (n,)."""
        return self.x @ a

    def pull(self, g):
        """Coordinates of X'g."""
        return g @ self.x

    def inner(self, a, b, image_b):
        """<a, b>; `image_b` is the image of b."""
        return a @ b


@dataclass(frozen=True)
class SampleSpace:
    """Vectors are w = X'a: coordinates of shape (n,), known by the Gram matrix of X alone."""

    gram: np.ndarray

    def image(self, a):
        """X w, shape (n,)."""
        return self.gram @ a

    def pull(self, g):
        """Coordinates of X'g."""
        return g

    def inner(self, a, b, image_b):
        """<a, b>; `image_b` is the image of b."""
        return a @ image_b


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
    z = np.zeros(len(y))  # the image of w
    slope, curvature = _loss_derivatives(y, z, costs)
    gradient = space.pull(slope)
    w = np.zeros_like(gradient)
    value = _loss(y, z, costs)
    image = space.image(gradient)
    norm = radius = np.sqrt(space.inner(gradient, gradient, image))
    enough = TOLERANCE * rarer / len(y) * norm
    iteration = 0
    while norm > enough and iteration < MAX_ITERATIONS:
        step, step_image, residual = _conjugate_gradients(space, gradient, image, curvature, radius)
        new_w, new_z = w + step, z + step_image
        new_value = 0.5 * space.inner(new_w, new_w, new_z) + _loss(y, new_z, costs)
        along = space.inner(gradient, step, step_image)
        predicted = -0.5 * (along - space.inner(residual, step, step_image))
        actual = value - new_value
        length = np.sqrt(space.inner(step, step, step_image))
        if iteration == 0:
            radius = min(radius, length)
        radius = _new_radius(radius, length, actual, predicted, along)
        if actual > 1e-4 * predicted:
            iteration += 1
            w, z, value = new_w, new_z, new_value
            slope, curvature = _loss_derivatives(y, z, costs)
            gradient = w + space.pull(slope)
            image = space.image(gradient)
            norm = np.sqrt(space.inner(gradient, gradient, image))
        if max(abs(actual), abs(predicted)) <= 1e-12 * abs(value):
            break
    return w, iteration < MAX_ITERATIONS


def _loss(y, z, costs):
    return costs @ np.logaddexp(0, -y * z)


def _loss_derivatives(y, z, costs):
    """First and second derivative of the loss with respect to each w'x_i."""
    probability = expit(y * z)
    return costs * (probability - 1) * y, costs * probability * (1 - probability)


def _conjugate_gradients(space, gradient, image, curvature, radius):
    """Approximate Newton step inside the trust region: the step, its image, the residual."""
    residual, residual_image = -gradient, -image
    direction, direction_image = residual, residual_image
    step, step_image = np.zeros_like(gradient), np.zeros_like(image)
    squared = space.inner(residual, residual, residual_image)
    enough = 0.01 * squared
    while squared > enough:
        weighted = curvature * direction_image
        bend = space.inner(direction, direction, direction_image) + weighted @ direction_image
        alpha = squared / bend
        hessian = direction + space.pull(weighted)
        new_step, new_image = step + alpha * direction, step_image + alpha * direction_image
        if space.inner(new_step, new_step, new_image) > radius**2:
            alpha = _to_boundary(space, step, step_image, direction, direction_image, radius)
            step, step_image = step + alpha * direction, step_image + alpha * direction_image
            return step, step_image, residual - alpha * hessian
        step, step_image = new_step, new_image
        residual = residual - alpha * hessian
        residual_image = space.image(residual)
        previous, squared = squared, space.inner(residual, residual, residual_image)
        direction = residual + squared / previous * direction
        direction_image = residual_image + squared / previous * direction_image
    return step, step_image, residual


def _to_boundary(space, step, step_image, direction, direction_image, radius):
    """The positive t with |step + t direction| = radius."""
    a = space.inner(direction, direction, direction_image)
    b = space.inner(step, direction, direction_image)
    c = radius**2 - space.inner(step, step, step_image)
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

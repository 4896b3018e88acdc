"""Logistic regression by liblinear's algorithm, in the smaller of feature and sample space.

liblinear minimises, over the weights w with the intercept among them,

    f(w) = |w|^2 / 2 + sum_i c_i log(1 + exp(-y_i w'x_i))

by a trust-region Newton method whose steps come from conjugate gradients. That method needs
nothing but inner products, so it is invariant under rotation, and all its iterates lie in the span
of the rows of X: with w = X'a every inner product follows from the Gram matrix K = X X'. The same
iterates, hence the same solution up to the same tolerance, come from either representation; one
conjugate gradient step costs one product with K (n x n) in sample space, two with X (n x D) in
feature space.

A product of one vector with a matrix larger than the processor's cache costs the time to read the
matrix. The problems of a grid share their rows, a fold being the rows whose cost is not zero. So
each problem is a generator that yields the product it wants next, and :func:`minimise_together`
makes the products of all of them at once.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

TOLERANCE = 1e-4
MAX_ITERATIONS = 100
"""liblinear's defaults in scikit-learn; a solution that took them all has not converged."""


BLOCK = 2**18
"""Numbers of X that are multiplied at a time: 2 MB, which stay in the cache for two products."""

Product = Generator[tuple, np.ndarray, np.ndarray]
"""Yields the name of a product of the space and its arguments; returns the product."""


@dataclass(frozen=True)
class FeatureSpace:
    """Vectors are weights of shape (D,) over the rows x (n, D)."""

    x: np.ndarray

    def dual(self, a: np.ndarray) -> Product:
        """What gives <a, b> as the dot product of b with it."""
        return a
        yield

    def values(self, dual: np.ndarray) -> Product:
        """X a, shape (n,), of the vector with this dual."""
        return (yield "values", dual)

    def pull(self, g: np.ndarray) -> Product:
        """X'g as a vector."""
        return (yield "pull", g)

    def curve(self, dual: np.ndarray, curvature: np.ndarray) -> Product:
        """X' diag(curvature) X a as a vector."""
        return (yield "curve", dual, curvature)

    def multiply(self, name: str, vectors: np.ndarray, *curvatures: np.ndarray) -> np.ndarray:
        """One product for each of the `vectors` (k, D) or (k, n); `curvatures` (k, n)."""
        if name == "values":
            return vectors @ self.x.T
        if name == "pull":
            return vectors @ self.x
        (curvature,) = curvatures
        products = np.zeros_like(vectors)
        n_rows = max(1, BLOCK // self.x.shape[1])
        for start in range(0, len(self.x), n_rows):
            rows = self.x[start : start + n_rows]
            products += ((vectors @ rows.T) * curvature[:, start : start + n_rows]) @ rows
        return products


@dataclass(frozen=True)
class SampleSpace:
    """Vectors are w = X'a, given by a of shape (n,) and known by the Gram matrix of X alone."""

    gram: np.ndarray

    def dual(self, a: np.ndarray) -> Product:
        """What gives <a, b> as the dot product of b with it."""
        return (yield "dual", a)

    def values(self, dual: np.ndarray) -> Product:
        """X w, shape (n,), of the vector with this dual."""
        return dual
        yield

    def pull(self, g: np.ndarray) -> Product:
        """X'g as a vector."""
        return g
        yield

    def curve(self, dual: np.ndarray, curvature: np.ndarray) -> Product:
        """X' diag(curvature) X w as a vector."""
        return curvature * dual
        yield

    def multiply(self, name: str, vectors: np.ndarray, *_: np.ndarray) -> np.ndarray:
        """The dual of each of the `vectors` (k, n)."""
        return vectors @ self.gram


def balanced_costs(y: np.ndarray, C: float, rows: np.ndarray | None = None) -> np.ndarray:
    """The cost c_i of each row: C n / (2 n_class), scikit-learn's balanced class weights.

    Parameters
    ----------
    y : array of float64, shape (n,)
        Labels, -1 or 1.
    C : float
    rows : array of int, optional
        The rows that count; the others cost nothing.
    """
    chosen = y if rows is None else y[rows]
    positive = chosen > 0
    counts = np.where(positive, positive.sum(), (~positive).sum())
    costs = np.zeros(len(y))
    costs[slice(None) if rows is None else rows] = C * len(chosen) / (2 * counts)
    return costs


def minimise_together(
    space: FeatureSpace | SampleSpace, y: np.ndarray, costs: Sequence[np.ndarray]
) -> list[tuple[np.ndarray, bool]]:
    """Minimise the logistic loss for several costs of the same rows, from w = 0 each.

    Parameters
    ----------
    space : FeatureSpace or SampleSpace
        The rows, with a constant feature for the intercept.
    y : array of float64, shape (n,)
        Labels, -1 or 1.
    costs : sequence of arrays of float64, shape (n,)
        The c_i of each problem; a row of cost zero is no part of it.

    Returns
    -------
    list of (array, bool)
        For each problem the coordinates of the solution w, and whether it converged.
    """
    problems = [trust_region_newton(space, y, each) for each in costs]
    wanted = dict(enumerate(map(next, problems)))
    solutions: dict[int, tuple[np.ndarray, bool]] = {}
    while wanted:
        for name in {product for product, *_ in wanted.values()}:
            chosen = [index for index, (product, *_) in wanted.items() if product == name]
            arguments = map(np.stack, zip(*(wanted[index][1:] for index in chosen), strict=True))
            products = space.multiply(name, *arguments)
            for index, product in zip(chosen, products, strict=True):
                try:
                    wanted[index] = problems[index].send(product)
                except StopIteration as end:
                    solutions[index] = end.value
                    del wanted[index]
    return [solutions[index] for index in range(len(problems))]


def trust_region_newton(
    space: FeatureSpace | SampleSpace, y: np.ndarray, costs: np.ndarray
) -> Generator[tuple, np.ndarray, tuple[np.ndarray, bool]]:
    """One problem of :func:`minimise_together`, as a generator of the products that it wants.

    References
    ----------
    .. [1] C.-J. Lin, R. Weng, S. Keerthi, "Trust region Newton method for large-scale logistic
       regression", JMLR 9, 2008: algorithms 1 and 2; the constants are liblinear's.
    """
    chosen = y[costs > 0]
    rarer = max(min((chosen > 0).sum(), (chosen < 0).sum()), 1)
    z = np.zeros(len(y))  # X w
    slope, curvature = _loss_derivatives(y, z, costs)
    gradient = yield from space.pull(slope)
    w = w_dual = np.zeros_like(gradient)
    value = _loss(y, z, costs)
    gradient_dual = yield from space.dual(gradient)
    norm = radius = np.sqrt(gradient @ gradient_dual)
    enough = TOLERANCE * rarer / len(chosen) * norm
    iteration = 0
    while norm > enough and iteration < MAX_ITERATIONS:
        step, step_dual, residual = yield from _conjugate_gradients(
            space, gradient, gradient_dual, curvature, radius
        )
        new_w, new_dual = w + step, w_dual + step_dual
        new_z = z + (yield from space.values(step_dual))
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
            gradient = w + (yield from space.pull(slope))
            gradient_dual = yield from space.dual(gradient)
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
    residual, residual_dual = -gradient, -gradient_dual
    direction, direction_dual = residual, residual_dual
    step = step_dual = np.zeros_like(gradient)
    squared = residual @ residual_dual
    enough = 0.01 * squared
    while squared > enough:
        hessian = direction + (yield from space.curve(direction_dual, curvature))
        alpha = squared / (hessian @ direction_dual)
        new_step, new_dual = step + alpha * direction, step_dual + alpha * direction_dual
        if new_step @ new_dual > radius**2:
            alpha = _to_boundary(step, step_dual, direction, direction_dual, radius)
            step, step_dual = step + alpha * direction, step_dual + alpha * direction_dual
            return step, step_dual, residual - alpha * hessian
        step, step_dual = new_step, new_dual
        residual = residual - alpha * hessian
        residual_dual = yield from space.dual(residual)
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

"""The eraser: what a correction does to one row, as plain arrays."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Eraser:
    r"""An affine map of rows, identity but for a few directions.

    .. math:: x \mapsto x - (x - c) L R'

    An orthogonal projection has L = R = V with orthonormal columns and c = 0 (Wang, Richard &
    McFee, ISMIR 2023); an oblique one, such as LEACE, has L != R. With a scale s or a target t the
    map is :math:`x \mapsto t + (x - c) \circ s - (x - c) L R'`: what moves one corpus onto a
    reference (z-score, CORAL, ComBat).

    Attributes
    ----------
    centre : array of float64, shape (D,)
        c.
    left, right : array of float64, shape (D, r)
        L and R; r may be zero.
    scale, target : array of float64, shape (D,), optional
        s and t; 1 and c where left out.

    Examples
    --------
    >>> first = np.array([[1.0], [0.0]])
    >>> Eraser(np.zeros(2), first, first).apply(np.array([[3.0, 4.0]]))
    array([[0., 4.]])
    """

    centre: np.ndarray
    left: np.ndarray
    right: np.ndarray
    scale: np.ndarray | None = None
    target: np.ndarray | None = None

    @property
    def rank(self) -> int:
        """The number r of directions."""
        return self.left.shape[1]

    @property
    def is_identity(self) -> bool:
        """Whether it changes nothing."""
        return not self.rank and self.scale is None and self.target is None

    def apply(self, x: np.ndarray) -> np.ndarray:
        """The corrected rows of `x`, shape (n, D)."""
        if self.is_identity:
            return x
        offset = x - self.centre if self.centre.any() else x
        if self.scale is None and self.target is None:
            taken = (offset @ self.left) @ self.right.T
            return np.subtract(x, taken, out=taken)
        moved = offset * (1.0 if self.scale is None else self.scale)
        moved += self.centre if self.target is None else self.target
        return moved - (offset @ self.left) @ self.right.T if self.rank else moved

    def pull_back(
        self, coefficients: np.ndarray, intercepts: np.ndarray | float = 0.0
    ) -> tuple[np.ndarray, np.ndarray]:
        """Linear functionals of corrected rows as functionals of the rows before.

        <w, e(x)> + b = <w', x> + b' for every x, with
        w' = s o w - L R'w and b' = b + <t, w> - <c, w'>.

        Parameters
        ----------
        coefficients : array of shape (k, D)
            w, one functional per row.
        intercepts : array of shape (k,), or a number
            b.

        Returns
        -------
        coefficients : array of shape (k, D)
        intercepts : array of shape (k,)
        """
        offsets = np.broadcast_to(np.asarray(intercepts, dtype=float), (len(coefficients),))
        pulled = coefficients if self.scale is None else coefficients * self.scale
        if self.rank:
            pulled = pulled - (coefficients @ self.right) @ self.left.T
        target = self.centre if self.target is None else self.target
        if self.centre.any() or target.any():
            offsets = offsets + coefficients @ target - pulled @ self.centre
        return pulled, offsets

    def weakened(self, strength: float) -> "Eraser":
        """(1 - strength) x + strength e(x): 0 changes nothing, 1 is the eraser itself."""
        if not 0 <= strength <= 1:
            raise ValueError(f"strength: is {strength}; it must lie between 0 and 1")
        if strength == 1:
            return self
        scale = None if self.scale is None else 1 - strength * (1 - self.scale)
        target = self.target
        if target is not None:
            target = self.centre + strength * (target - self.centre)
        return Eraser(self.centre, strength * self.left, self.right, scale, target)


def identity(n_features: int) -> Eraser:
    """The eraser that changes nothing."""
    none = np.empty((n_features, 0))
    return Eraser(np.zeros(n_features), none, none)


def projection(basis: np.ndarray) -> Eraser:
    """x - V V'x for an orthonormal basis V, shape (D, r)."""
    return Eraser(np.zeros(len(basis)), basis, basis)

"""A method as its definition says: data alone, no letter of its name has a meaning."""

from collections.abc import Mapping
from dataclasses import dataclass, field

REFERENCE = "none"
"""The method that takes nothing out of the embedding: what every change is measured against."""


@dataclass(frozen=True)
class Method:
    """A correction by name: an eraser in a space.

    Attributes
    ----------
    name, title, description, citation : str
    space : {"linear", "kernel"}
        Where the eraser is fitted: the embedding's own space, or the feature space of a kernel map.
    eraser : str, optional
        A plug-in of :mod:`audio_debias.corrections.erasers` or ``package.module:Class``; without
        one nothing is taken out.
    per_genre : bool
        One set of directions per genre, taken out together.
    options : mapping
        The eraser's own options; ``strength`` is known to all.
    seeded : bool
        Whether the result depends on the seed: such cells are repeated over seeds.
    needs : {"nothing", "corpus"}
        What must be known of a clip to correct it.
    clips : {"matched", "training"}
        What it is fitted on: the clips of each label's matched sample, or all training clips of the
        corpora, whose labels are not read.
    """

    name: str
    title: str
    description: str
    citation: str
    space: str
    eraser: str | None = None
    per_genre: bool = False
    options: Mapping = field(default_factory=dict)
    seeded: bool = False
    needs: str = "nothing"
    clips: str = "matched"

    @property
    def depends_on_mode(self) -> bool:
        """Whether directions from all clips differ from those of a label's positives."""
        return self.eraser is not None and self.clips == "matched"


@dataclass(frozen=True)
class OnCurve:
    """Where a method lies on the curve of its eraser over the strength.

    Attributes
    ----------
    curve : str
        The method of the curve with the largest strength.
    strength : float
        How much of the correction is applied, in [0, 1].
    reference : str or None
        The method that strength 0 is: the same space without an eraser.
    """

    curve: str
    strength: float
    reference: str | None


def strength_curves(methods: Mapping[str, Method]) -> dict[str, OnCurve]:
    """The methods that differ in nothing but their strength, by name.

    Parameters
    ----------
    methods : mapping of str to Method

    Returns
    -------
    dict of str to OnCurve
        Empty where no eraser has two strengths.
    """
    curves: dict[str, list[tuple[float, str]]] = {}
    for name, method in methods.items():
        if method.eraser is not None:
            options = {**method.options, "strength": None}
            same = (
                *(method.eraser, method.space, method.per_genre, method.clips),
                sorted(options.items()),
            )
            strength = float(method.options.get("strength", 1.0))
            curves.setdefault(repr(same), []).append((strength, name))
    found: dict[str, OnCurve] = {}
    for points in curves.values():
        if len({strength for strength, _ in points}) > 1:
            curve = max(points)[1]
            space = methods[curve].space
            same_space = (n for n, m in methods.items() if m.eraser is None and m.space == space)
            reference = next(same_space, None)
            found |= {name: OnCurve(curve, strength, reference) for strength, name in points}
    return found

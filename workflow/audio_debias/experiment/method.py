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

    @property
    def depends_on_mode(self) -> bool:
        """Whether directions from all clips differ from those of a label's positives."""
        return self.eraser is not None

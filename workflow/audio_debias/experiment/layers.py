"""Layers of a network as models of their own: one extraction gives all, each is a row."""

from collections.abc import Mapping
from dataclasses import dataclass

from audio_debias.errors import InputError


@dataclass(frozen=True)
class Layer:
    """One of the layers that a network's definition lists.

    Attributes
    ----------
    network : dict
        The definition, its ``options.layer`` a list: what is extracted.
    number : int
        The layer, as the kind of the model counts them.
    """

    network: dict
    number: int

    @property
    def name(self) -> str:
        """What the layer is called in the place of a model."""
        return f"{self.network['name']}@{self.number}"

    @property
    def model(self) -> dict:
        """The definition of a model that is this layer alone."""
        return {
            **self.network,
            "name": self.name,
            "title": f"{self.network['title']}, layer {self.number}",
            "options": {**self.network["options"], "layer": self.number},
        }


def layers_of(definition: Mapping, where: str) -> list[Layer]:
    """The layers that a model's definition lists, none where it has one embedding.

    Parameters
    ----------
    definition : mapping
        A model of `resources/models/`. Its ``options.layer`` may be a list, or ``all`` beside
        ``depth``, the number of the last one.
    where : str
        What an error calls the definition.

    Raises
    ------
    InputError
        If what is listed is no layer.
    """
    options = definition.get("options", {})
    numbers, depth = options.get("layer"), options.get("depth")
    if depth is not None and (type(depth) is not int or depth < 1):
        raise InputError(f"{where}: options.depth: is {depth!r}; the number of the last layer")
    if numbers == "all":
        if depth is None:
            raise InputError(
                f"{where}: options.depth: missing; with layer: all, the number of the last layer"
            )
        numbers = list(range(depth + 1))
    if not isinstance(numbers, list):
        return []
    last = "" if depth is None else f" to {depth}"
    for position, number in enumerate(numbers):
        if type(number) is not int or number < 0 or (depth is not None and number > depth):
            raise InputError(
                f"{where}: options.layer: {number!r} is no layer; whole numbers from 0{last}"
            )
        if number in numbers[:position]:
            raise InputError(f"{where}: options.layer: {number} stands there twice; name it once")
    if not numbers:
        raise InputError(f"{where}: options.layer: names none; whole numbers from 0{last}, or all")
    network = {**definition, "options": {**options, "layer": numbers}}
    return [Layer(network, number) for number in numbers]

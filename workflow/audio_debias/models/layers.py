"""Models by layer: one extraction holds all layers, `wavlm@6` is one of them."""

from collections.abc import Mapping

from audio_debias.errors import InputError
from audio_debias.models.embeddings import Embeddings


def split_name(model: str) -> tuple[str, int | None]:
    """A model's name and its layer.

    Examples
    --------
    >>> split_name("wavlm@6")
    ('wavlm', 6)
    >>> split_name("vggish")
    ('vggish', None)
    """
    name, at, layer = model.partition("@")
    if not at:
        return name, None
    if not layer.isdecimal():
        raise InputError(f"model {model}: layer: {layer!r} is no number; write {name}@6")
    return name, int(layer)


def layer_numbers(embeddings: Embeddings) -> list[int]:
    """The layers that stand side by side in the embeddings of a model; empty if it names none."""
    model = embeddings.metadata.get("model", {})
    layer = model.get("options", {}).get("layer")
    if layer is None:
        return []
    if layer == "all":
        return list(range(embeddings.values.shape[1] // model["dim"]))
    return [layer] if isinstance(layer, int) else list(layer)


def select_layer(embeddings: Embeddings, layer: int, source: str) -> Embeddings:
    """The embeddings of one layer.

    Parameters
    ----------
    embeddings : Embeddings
        Of a model with several layers, shape (n_clips, n_layers * dim).
    layer : int
    source : str
        What asks, for the error.

    Returns
    -------
    Embeddings
        Of shape (n_clips, dim); the metadata name the one layer.

    Raises
    ------
    InputError
        If the model was not extracted at that layer.
    """
    layers = layer_numbers(embeddings)
    if layer not in layers:
        known = ", ".join(map(str, layers)) or "none; set options.layer in its definition"
        raise InputError(f"{source}: layer {layer} was not extracted; there are {known}")
    model: Mapping = embeddings.metadata["model"]
    start = layers.index(layer) * model["dim"]
    metadata = embeddings.metadata | {
        "model": {**model, "options": model["options"] | {"layer": layer}}
    }
    return Embeddings(
        embeddings.clip_ids, embeddings.values[:, start : start + model["dim"]], metadata
    )

"""Definitions of corpora, models and methods: where they are looked up and what they say."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from audio_debias.errors import InputError
from audio_debias.experiment.layers import Layer, layers_of
from audio_debias.experiment.schema import unknown, validate
from audio_debias.experiment.yaml_files import read_yaml

SCHEMAS = {"corpora": "corpus", "models": "model", "methods": "method"}
"""The folders of definitions below ``resources/``, and the schema of each."""


def folders(kind: str, project: Path) -> list[Path]:
    """Where definitions are looked up: a user's own in the working directory, then the project's.

    Parameters
    ----------
    kind : {"corpora", "models", "methods"}
    project : Path
        The project folder, with ``resources/``.
    """
    return [Path("resources", kind), project / "resources" / kind]


def read_definition(kind: str, name: str, project: Path) -> dict:
    """Read and check ``resources/{kind}/{name}.yaml``.

    Raises
    ------
    InputError
        If there is none, or it does not fit its schema.
    """
    for folder in folders(kind, project):
        path = folder / f"{name}.yaml"
        if path.is_file():
            definition = read_yaml(path)
            schema = project / "workflow" / "schemas" / f"{SCHEMAS[kind]}.schema.yaml"
            validate(definition, schema, source(kind, name))
            if definition.get("name", name) != name:
                raise InputError(
                    f"{source(kind, name)}: name: is {definition['name']!r}; "
                    "it must be the file's own"
                )
            return definition
    known = {path.stem for folder in folders(kind, project) for path in folder.glob("*.yaml")}
    raise InputError(f"config: {kind}: {unknown(name, known)} (or add {kind}/{name}.yaml)")


def read_method(name: str, project: Path) -> dict:
    """The definition of a method, or of a method at a strength: ``leace@0.25``.

    Raises
    ------
    InputError
        If there is none, it does not fit its schema, or it has no eraser to weaken.
    """
    base, _, strength = name.partition("@")
    definition = read_definition("methods", base, project)
    if not strength:
        return definition
    if "eraser" not in definition:
        raise InputError(f"config: methods: {name}: {base} takes nothing out; write {base}")
    return {
        **definition,
        "name": name,
        "title": f"{definition['title']} at {strength}",
        "options": {**definition.get("options", {}), "strength": float(strength)},
    }


def read_models(names: Sequence[str], project: Path) -> tuple[dict[str, dict], dict[str, Layer]]:
    """The definitions of models, and of those that are a layer of a network, the layer.

    A network whose definition lists layers gives a model for each: ``wavlm`` is all of them,
    ``wavlm@6`` is one.

    Returns
    -------
    models : dict of str to dict
    layers : dict of str to Layer

    Raises
    ------
    InputError
        If there is no such definition or layer.
    """
    models: dict[str, dict] = {}
    layers: dict[str, Layer] = {}
    for name in names:
        network, _, layer = name.partition("@")
        definition = read_definition("models", network, project)
        where = source("models", network)
        found = {one.name: one for one in layers_of(definition, where)}
        if layer and not found:
            raise InputError(
                f"config: models: {name}: {where} lists no layers; there, options.layer: [{layer}]"
            )
        if layer and name not in found:
            raise InputError(f"config: models: {name}: is no layer of {where}: {', '.join(found)}")
        for one in (found[name],) if layer else found.values():
            models[one.name], layers[one.name] = one.model, one
        if not found:
            models[name] = definition
    return models, layers


def all_definitions(kind: str, project: Path) -> Iterator[dict]:
    """Every definition that could be named, unchecked."""
    for folder in folders(kind, project):
        yield from map(read_yaml, sorted(folder.glob("*.yaml")))


def source(kind: str, name: str) -> str:
    """How an error calls the file of a definition."""
    return f"resources/{kind}/{name}.yaml"


def clip_csv(corpus: Mapping) -> Path | None:
    """The CSV on this disk that a corpus of the reader ``table`` is read from, else None."""
    if corpus.get("reader") != "table" or "root" not in corpus:
        return None
    return Path(corpus["root"], corpus.get("options", {}).get("csv", "clips.csv"))


def weights_of(model: Mapping) -> list[dict]:
    """The ``weights:`` of a model's definition as a list."""
    weights = model.get("weights", [])
    return weights if isinstance(weights, list) else [weights]

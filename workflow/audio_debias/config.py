"""The experiment that a user asked for: config and resources, checked before anything runs."""

import difflib
import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import yaml

from audio_debias.errors import InputError
from audio_debias.fetching.licences import require_accepted

MODELESS_METHODS = ("none", "k")
"""Methods without a direction: they do not depend on the mode."""

KERNEL_METHODS = ("k", "klda", "mklda")
GENRE_METHODS = ("mlda", "mklda")


@dataclass(frozen=True)
class Experiment:
    """A checked config with the definitions of the corpora and models that it names.

    Attributes
    ----------
    config : dict
        The config as given.
    corpora, models : dict of str to dict
        Name to definition, in the order of the config.
    """

    config: dict
    corpora: dict
    models: dict

    def shards(self, corpus: str) -> range:
        """The extraction jobs of a corpus; its clips are dealt out evenly among them."""
        spec = self.corpora[corpus]
        clips = spec.get("clips") or _rows(Path(spec["root"], spec["options"]["csv"]))
        return range(math.ceil(clips / self.config["extraction"]["shard_clips"]))

    @property
    def pairs(self) -> list[str]:
        """Every unordered pair of corpora as ``a--b``, in the order of the config."""
        return ["--".join(pair) for pair in itertools.combinations(self.corpora, 2)]

    @property
    def cells(self) -> list[str]:
        """Every ``method-mode`` to compute; methods without direction have the mode ``any``."""
        return [
            f"{method}-{mode}"
            for method in self.config["methods"]
            for mode in (["any"] if method in MODELESS_METHODS else self.config["modes"])
        ]


def load_experiment(config: Mapping, root: Path) -> Experiment:
    """Check `config` and read the corpus and model definitions that it names.

    Parameters
    ----------
    config : mapping
        The content of ``config.yaml``, overrides applied.
    root : Path
        The project folder, with ``resources/`` and ``workflow/schemas/``.

    Raises
    ------
    InputError
        For an unknown or ill-typed key, name or label; the message names the nearest known one.
    """
    schemas = root / "workflow" / "schemas"
    _validate(config, schemas / "config.schema.yaml", "config")
    corpora, models = (
        {
            name: _definition(root / "resources" / kind, name, schemas / schema, f"config: {kind}")
            for name in config[kind]
        }
        for kind, schema in (("corpora", "corpus.schema.yaml"), ("models", "model.schema.yaml"))
    )
    for name, corpus in corpora.items():
        source = f"resources/corpora/{name}.yaml"
        csv = corpus.get("options", {}).get("csv")
        if csv is None and "clips" not in corpus:
            raise InputError(f"{source}: clips: missing; about how many clips the corpus has")
        if csv is not None and not Path(corpus["root"], csv).is_file():
            raise InputError(f"{source}: options.csv: no such file: {Path(corpus['root'], csv)}")
    for group in ("labels", "genres"):
        known = {name for corpus in corpora.values() for name in corpus.get(group, ())}
        for name in config[group]:
            if name not in known:
                raise InputError(f"config: {group}: {_unknown(name, known)}")
    for name, definition in {**corpora, **models}.items():
        if definition["licence"].get("non_commercial"):
            require_accepted(name, definition["licence"], config["accept_licences"])
    for method in set(config["methods"]) & set(GENRE_METHODS):
        for name, corpus in corpora.items():
            if not set(config["genres"]) & set(corpus.get("genres", ())):
                raise InputError(
                    f"config: methods: {method} takes out a direction per genre, and the corpus "
                    f"{name} has none of the genres of the config; leave {method} out"
                )
    return Experiment(dict(config), corpora, models)


def _rows(table: Path) -> int:
    """About how many rows a CSV file has; it only sets the number of jobs."""
    with table.open("rb") as lines:
        return max(1, sum(1 for _ in lines) - 1)


def read_yaml(path: Path) -> dict:
    """Read a YAML mapping; anything else is an :class:`InputError` that names the file."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{path}: not readable as YAML: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict):
        raise InputError(f"{path}: must hold a mapping of keys to values")
    return content


def _definition(folder: Path, name: str, schema: Path, field: str) -> dict:
    path = folder / f"{name}.yaml"
    if not path.is_file():
        known = [other.stem for other in folder.glob("*.yaml")]
        raise InputError(f"{field}: {_unknown(name, known)} (or add {folder.name}/{name}.yaml)")
    definition = read_yaml(path)
    _validate(definition, schema, f"resources/{folder.name}/{path.name}")
    return definition


def _validate(content: Mapping, schema: Path, source: str) -> None:
    validator = jsonschema.Draft202012Validator(read_yaml(schema))
    error = jsonschema.exceptions.best_match(validator.iter_errors(content))
    if error is None:
        return
    where = ".".join(str(part) for part in error.absolute_path)
    raise InputError(": ".join(filter(None, (source, where, _explain(error)))))


def _explain(error: jsonschema.ValidationError) -> str:
    """One line on what is wrong and how to mend it."""
    if error.validator == "additionalProperties" and "properties" in error.schema:
        known = error.schema["properties"]
        return _unknown(next(key for key in error.instance if key not in known), known, "key")
    if error.validator == "enum":
        return _unknown(error.instance, error.validator_value)
    if error.validator == "contains":
        return f"must contain {error.validator_value['const']!r}, the reference of every change"
    return " ".join(error.message.split())


def _unknown(name, known: Iterable, what: str = "name") -> str:
    known = sorted(map(str, known))
    nearest = difflib.get_close_matches(str(name), known, n=1, cutoff=0.5)
    hint = f"did you mean {nearest[0]!r}?" if nearest else f"known are {', '.join(known)}"
    return f"unknown {what} {name!r}; {hint}"

"""The experiment that a user asked for: config and resources, checked before anything runs."""

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from audio_debias.errors import InputError, nearest
from audio_debias.fetching.licences import require_accepted
from audio_debias.fetching.local import local_path
from audio_debias.plugins import KINDS, READERS

DIRECTIONLESS_METHODS = ("none", "k")
"""Methods without a direction: they do not depend on the mode."""

KERNEL_METHODS = ("k", "klda", "mklda")
GENRE_METHODS = ("mlda", "mklda")

SHARED_RULES = (
    "render_demo",
    "describe_demo",
    "fetch",
    "unpack",
    "index_corpus",
    "fetch_weights",
    "extract",
    "merge_embeddings",
)
"""The rules whose results all runs share, and with them their logs and benchmarks."""

SHARED_FOLDERS = ("corpora", "downloads", "embeddings", "weights", "benchmarks")
"""Names below ``results/`` and ``logs/`` that belong to no run."""


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
        clips = spec.get("clips") or _rows(clip_csv(spec))
        return range(math.ceil(clips / self.config["extraction"]["shard_clips"]))

    @property
    def pairs(self) -> list[str]:
        """Every unordered pair of corpora as ``a--b``, in the order of the config; with
        ``against_rest``, also each corpus with all others pooled."""
        pairs = list(itertools.combinations(self.corpora, 2))
        pairs += [(corpus, pooled) for pooled, (corpus, _) in self.pooled.items()]
        return ["--".join(pair) for pair in pairs]

    @property
    def pooled(self) -> dict[str, tuple[str, list[str]]]:
        """Name of each pool of corpora: the corpus that it leaves out, and those it is made of."""
        if not self.config.get("against_rest"):
            return {}
        return {
            f"all_but_{corpus}": (corpus, [other for other in self.corpora if other != corpus])
            for corpus in self.corpora
        }

    @property
    def cells(self) -> list[str]:
        """Every ``method-mode`` to compute; methods without direction have the mode ``any``."""
        return [
            f"{method}-{mode}"
            for method in self.config["methods"]
            for mode in (["any"] if method in DIRECTIONLESS_METHODS else self.config["modes"])
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
    _check_run(config)
    for name, corpus in corpora.items():
        source = f"resources/corpora/{name}.yaml"
        if name.startswith("all_but_"):
            raise InputError(
                f"{source}: names with all_but_ are those of pooled corpora; rename it"
            )
        READERS.find(corpus["reader"], f"{source}: reader")
        csv = clip_csv(corpus)
        if csv is None and "clips" not in corpus:
            raise InputError(f"{source}: clips: missing; about how many clips the corpus has")
        if csv is not None and not csv.is_file():
            raise InputError(f"{source}: options.csv: no such file: {csv}")
    for name, model in models.items():
        source = f"resources/models/{name}.yaml"
        KINDS.find(model["kind"], f"{source}: kind")
        if model["name"] != name:
            raise InputError(f"{source}: name: is {model['name']!r}; it must be the file's own")
    both = sorted(corpora.keys() & models.keys())
    if both:
        raise InputError(f"config: {both[0]!r} names a corpus and a model; rename one of them")
    _check_files(corpora, models)
    _check_local(config["local"], root / "resources")
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


def clip_csv(corpus: Mapping) -> Path | None:
    """The CSV on this disk that a corpus of the reader ``table`` is read from, else None."""
    if corpus["reader"] != "table" or "root" not in corpus:
        return None
    return Path(corpus["root"], corpus.get("options", {}).get("csv", "clips.csv"))


def weights_of(model: Mapping) -> list[dict]:
    """The ``weights:`` of a model's definition as a list."""
    weights = model.get("weights", [])
    return weights if isinstance(weights, list) else [weights]


def _check_run(config: Mapping) -> None:
    """What the schema cannot say of one key alone."""
    if config["run"] in SHARED_FOLDERS + SHARED_RULES:
        raise InputError(
            f"config: run: {config['run']!r} is the name of a folder that all runs share; rename it"
        )
    if config.get("against_rest") and len(config["corpora"]) < 3:
        raise InputError(
            "config: against_rest: needs three corpora or more; the rest is one corpus"
        )
    min_clips, folds = config["sampling"]["min_clips"], config["classifier"]["folds"]
    if min_clips < folds:
        raise InputError(
            f"config: sampling.min_clips: is {min_clips}, but classifier.folds is {folds}; each "
            "fold needs a clip of either class"
        )


def _check_files(corpora: Mapping, models: Mapping) -> None:
    """Refuse two different files of one name: what is fetched is kept by name."""
    described = [
        (f"resources/corpora/{corpus}.yaml: files", name, file)
        for corpus, spec in corpora.items()
        for name, file in spec.get("files", {}).items()
    ] + [
        (f"resources/models/{model}.yaml: weights", weights["file"], weights)
        for model, spec in models.items()
        for weights in weights_of(spec)
        if "file" in weights
    ]
    first: dict[str, tuple[str, Mapping]] = {}
    for source, name, file in described:
        where, other = first.setdefault(name, (source, file))
        if {**file, "members": None} != {**other, "members": None}:
            raise InputError(f"{source}: {name}: is another file in {where}; rename one of them")


def _check_local(local: Mapping, resources: Path) -> None:
    """Refuse a name under ``local:`` that is no file to fetch, and a path that is not there."""
    if not local:
        return
    known = set(read_yaml(resources / "published" / "files.yaml"))
    for path in (resources / "corpora").glob("*.yaml"):
        known |= set(read_yaml(path).get("files", {}))
    for path in (resources / "models").glob("*.yaml"):
        known |= {weights.get("file") for weights in weights_of(read_yaml(path))} - {None}
    for name, path in local.items():
        if name not in known:
            raise InputError(f"config: local: {_unknown(name, known)}")
        if not _exists(local_path(path)):
            raise InputError(f"config: local: {name}: no such file or folder: {path}")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long a name, or a null byte in it
        return False


def _rows(table: Path | None) -> int:
    """About how many rows a CSV file has; it only sets the number of jobs."""
    if table is None:
        return 1
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


def _is_integer(_, value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(_, value) -> bool:
    return _is_integer(_, value) or (isinstance(value, float) and math.isfinite(value))


# JSON Schema takes 3.0 for an integer and .nan for a number.
_Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"integer": _is_integer, "number": _is_number}
    ),
)


def _validate(content: Mapping, schema: Path, source: str) -> None:
    validator = _Validator(read_yaml(schema))
    error = jsonschema.exceptions.best_match(validator.iter_errors(content))
    if error is None:
        return
    where = ".".join(str(part) for part in error.absolute_path)
    raise InputError(": ".join(filter(None, (source, where, _explain(error)))))


def _explain(error: jsonschema.ValidationError) -> str:
    """One line on what is wrong and how to mend it."""
    schema: Any = error.schema
    value: Any = error.validator_value
    given: Any = error.instance
    if error.validator == "additionalProperties" and "properties" in schema:
        known = schema["properties"]
        return _unknown(next(key for key in given if key not in known), known, "key")
    if error.validator == "enum":
        return _unknown(given, value)
    if error.validator == "contains":
        return f"must contain {value['const']!r}, the reference of every change"
    return " ".join(error.message.split())


def _unknown(name, known: Iterable, what: str = "name") -> str:
    return f"unknown {what} {name!r}{nearest(name, known)}"

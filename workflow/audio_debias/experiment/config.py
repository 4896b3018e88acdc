"""The experiment that a user asked for: config and resources, checked before anything runs."""

import re
from collections.abc import Mapping
from pathlib import Path

from audio_debias.errors import InputError
from audio_debias.experiment.definitions import (
    all_definitions,
    clip_csv,
    read_definition,
    read_method,
    read_models,
    source,
    weights_of,
)
from audio_debias.experiment.method import Method
from audio_debias.experiment.plan import Experiment
from audio_debias.experiment.schema import unknown, validate
from audio_debias.experiment.yaml_files import read_yaml
from audio_debias.fetching.licences import require_accepted
from audio_debias.fetching.local import local_path
from audio_debias.plugins import ERASERS, KINDS, READERS

SHARED_RULES = (
    "render_demo",
    "describe_demo",
    "fetch",
    "unpack",
    "index_corpus",
    "fetch_weights",
    "extract",
    "merge_embeddings",
    "measure_properties",
    "merge_properties",
    "render_derived",
    "index_derived",
)
"""The rules whose results all runs share, and with them their logs and benchmarks."""

TAKEN_LABELS = (
    *("clip_id", "path", "split", "genre", "track_id", "seconds"),
    *("corpus", "domain", "mean"),
)
"""Names that no label can have: columns of the clip table and of tables made of it, and what stands
for the mean."""

SHARED_FOLDERS = ("corpora", "downloads", "embeddings", "weights", "benchmarks")
"""Names below ``results/`` and ``logs/`` that belong to no run."""


def load_experiment(config: Mapping, project: Path) -> Experiment:
    """Check `config` and read the definitions of corpora, models and methods that it names.

    A definition in ``resources/`` of the working directory goes before the project's of that name.

    Parameters
    ----------
    config : mapping
        The content of ``config.yaml``, overrides applied.
    project : Path
        The project folder, with ``resources/`` and ``workflow/schemas/``.

    Raises
    ------
    InputError
        For an unknown or ill-typed key, name or label; the message names the nearest known one.
    """
    validate(config, project / "workflow" / "schemas" / "config.schema.yaml", "config")
    corpora = {name: read_definition("corpora", name, project) for name in config["corpora"]}
    models, layers = read_models(config["models"], project)
    methods = {name: Method(**read_method(name, project)) for name in config["methods"]}
    experiment = Experiment(dict(config), corpora, models, methods, layers)
    networks = experiment.networks
    _check_run(config)
    for name, corpus in corpora.items():
        _check_corpus(corpus, source("corpora", name))
    for name, model in networks.items():
        KINDS.find(model["kind"], f"{source('models', name)}: kind")
        _check_weights(model, corpora, source("models", name))
    _check_derived(experiment)
    for name, corpus in corpora.items():
        if config["sources"] and corpus.get("options", {}).get("audio") is False:
            raise InputError(f"config: sources: {name} has no sound to measure; write false")
    _check_names(experiment)
    _check_files(corpora, networks)
    _check_local(config["local"], project)
    for group in ("labels", "genres"):
        known = {name for corpus in corpora.values() for name in corpus.get(group, ())}
        for name in config[group]:
            if name not in known:
                raise InputError(f"config: {group}: {unknown(name, known)}")
    for name, definition in {**corpora, **networks}.items():
        if definition["licence"].get("non_commercial"):
            require_accepted(name, definition["licence"], config["accept_licences"])
    for method in experiment.methods.values():
        _check_method(method, experiment)
    return experiment


def _check_derived(experiment: Experiment) -> None:
    """Refuse a derived corpus whose clips are not of a corpus of this run."""
    for name, corpus in experiment.corpora.items():
        if "derive" not in corpus:
            continue
        origin = corpus["derive"]["from"]
        known = [one for one, spec in experiment.corpora.items() if "derive" not in spec]
        if origin not in known:
            raise InputError(
                f"{source('corpora', name)}: derive.from: {unknown(origin, known)} (a corpus of "
                "the config, itself not derived)"
            )


def _check_corpus(corpus: Mapping, where: str) -> None:
    if "derive" in corpus:
        return
    READERS.find(corpus["reader"], f"{where}: reader")
    if not {"root", "demo", "files"} & corpus.keys() and not READERS.has(corpus["reader"], "fetch"):
        raise InputError(
            f"{where}: root: missing; the folder of the corpus, which the reader "
            f"{corpus['reader']} does not fetch"
        )
    for name, label in corpus.get("options", {}).get("class_align", {}).items():
        if label not in corpus["labels"]:
            raise InputError(
                f"{where}: options.class_align: {name}: {unknown(label, corpus['labels'], 'label')}"
            )
    csv = clip_csv(corpus)
    if csv is None and "clips" not in corpus:
        raise InputError(f"{where}: clips: missing; about how many clips the corpus has")
    if csv is not None and not (_exists(csv) and csv.is_file()):
        raise InputError(f"{where}: options.csv: no such file: {csv}")


def _check_weights(model: Mapping, corpora: Mapping, where: str) -> None:
    """Refuse weights or embeddings on this disk that are not there."""
    for weights in weights_of(model):
        for corpus in corpora if "folder" in weights else ():
            path = weights["folder"].replace("{corpus}", corpus)
            if not _exists(Path(path)):
                raise InputError(f"{where}: weights.folder: no such file or folder: {path}")


def _check_names(experiment: Experiment) -> None:
    """Refuse one name for two things that stand side by side in paths and reports."""
    kinds = {
        "a corpus": list(experiment.corpora),
        "a model": list(experiment.models),
        "a method": list(experiment.methods),
        "a pool of corpora": list(experiment.pools),
    }
    first: dict[str, str] = {}
    for kind, names in kinds.items():
        for name in names:
            other = first.setdefault(name, kind)
            if other != kind:
                raise InputError(f"config: {name!r} names {other} and {kind}; rename one of them")


def _check_method(method: Method, experiment: Experiment) -> None:
    where = f"{source('methods', method.name)}: eraser"
    if method.eraser is not None and ":" not in method.eraser:
        own = ERASERS.options(method.eraser, where)
        odd = set() if own is None else set(method.options) - own - {"strength"}
        if own is not None and odd:
            raise InputError(
                f"{source('methods', method.name)}: options: {unknown(min(odd), own, 'key')}"
            )
    elif method.eraser is not None and not re.fullmatch(
        r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", method.eraser
    ):
        raise InputError(f"{where}: is {method.eraser!r}; write package.module:Class")
    strength = method.options.get("strength", 1)
    if not isinstance(strength, int | float) or not 0 <= strength <= 1:
        raise InputError(
            f"{source('methods', method.name)}: options: strength: is {strength!r}; it must lie "
            "between 0 and 1"
        )
    fit_on = experiment.fit_on
    if method.needs == "corpus" and fit_on == "others":
        raise InputError(
            f"config: methods: {method.name} moves each corpus on its own, and directions.fit_on: "
            f"others corrects a corpus that it never saw; leave {method.name} out"
        )
    if method.clips == "training" and (method.per_genre or method.space == "kernel"):
        raise InputError(
            f"{source('methods', method.name)}: clips: training clips of any label have neither "
            "matched genres nor a kernel map of their label; leave per_genre out and write "
            "space: linear"
        )
    if not method.per_genre:
        return
    for name, corpus in experiment.corpora.items():
        if not set(experiment.config["genres"]) & set(corpus.get("genres", ())):
            raise InputError(
                f"config: methods: {method.name} takes out a direction per genre, and the corpus "
                f"{name} has none of the genres of the config; leave {method.name} out"
            )


def _check_run(config: Mapping) -> None:
    """What the schema cannot say of one key alone."""
    if config["run"] in SHARED_FOLDERS + SHARED_RULES:
        raise InputError(
            f"config: run: {config['run']!r} is the name of a folder that all runs share; rename it"
        )
    for label in config["labels"]:
        if label in TAKEN_LABELS:
            raise InputError(
                f"config: labels: {label!r} is what the workflow's own tables call something else; "
                "rename it (class_align)"
            )
    if config.get("against_rest") and len(config["corpora"]) < 3:
        raise InputError(
            "config: against_rest: needs three corpora or more; the rest is one corpus"
        )
    if config["directions"].get("fit_on", "pair") != "pair":
        if len(config["corpora"]) < 3:
            raise InputError("config: directions.fit_on: needs three corpora or more, or pair")
        if config.get("against_rest"):
            raise InputError(
                "config: directions.fit_on: against_rest compares with pools, which hold the other "
                "corpora already; set one of the two"
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
        (f"{source('corpora', corpus)}: files", name, file)
        for corpus, spec in corpora.items()
        for name, file in spec.get("files", {}).items()
    ] + [
        (f"{source('models', model)}: weights", weights["file"], weights)
        for model, spec in models.items()
        for weights in weights_of(spec)
        if "file" in weights
    ]
    first: dict[str, tuple[str, dict]] = {}
    for where, name, file in described:
        earlier, other = first.setdefault(name, (where, file))
        if {**file, "members": None} != {**other, "members": None}:
            raise InputError(f"{where}: {name}: is another file in {earlier}; rename one of them")


def _check_local(local: Mapping, project: Path) -> None:
    """Refuse a name under ``local:`` that is no file to fetch, and a path that is not there."""
    if not local:
        return
    known = set(read_yaml(project / "resources" / "published" / "files.yaml"))
    for corpus in all_definitions("corpora", project):
        known |= set(corpus.get("files", {}))
    for model in all_definitions("models", project):
        known |= {weights.get("file") for weights in weights_of(model)} - {None}
    for name, path in local.items():
        if name not in known:
            raise InputError(f"config: local: {unknown(name, known)}")
        if not _exists(local_path(path)):
            raise InputError(f"config: local: {name}: no such file or folder: {path}")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long a name, or a null byte in it
        return False

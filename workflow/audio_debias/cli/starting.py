"""The files that a run of the workflow needs, written for folders of sound or for one table."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import yaml

from audio_debias.cli.grouping import groups_by_regex
from audio_debias.corpora.csv_rows import read_rows
from audio_debias.corpora.folders import clips_of_folders, told_folders
from audio_debias.errors import InputError
from audio_debias.experiment.config import TAKEN_LABELS
from audio_debias.files import replacing
from audio_debias.tables.embedding_table import EmbeddingTable

METHODS = ["none", "random", "lda", "mean", "leace", "zscore"]
SOUND_MODELS = ["msd_musicnn", "mtt_musicnn", "mtt_vgg"]
"""Models whose weights come in a package: nothing large is fetched."""

TEST_FRACTION = 0.25


@dataclass
class Start:
    """What is to be written, and what a user should know of it.

    Attributes
    ----------
    corpora, models : dict of str to dict
        Definitions by name.
    clips : dict of str to DataFrame
        Tables of clips by corpus, where the data have none.
    labels : list of str
        Those that the corpora share.
    notes : list of str
    """

    corpora: dict[str, dict] = field(default_factory=dict)
    models: dict[str, dict] = field(default_factory=dict)
    clips: dict[str, pd.DataFrame] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def name_of(text: str) -> str:
    """A name that the workflow takes: letters, digits and underscores.

    Examples
    --------
    >>> name_of("Phone A (new)")
    'phone_a_new'
    >>> name_of("Flöte"), name_of("笛")
    ('flote', 'u7b1b')
    """
    letters = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(one for one in letters if not unicodedata.combining(one))
    # Other scripts by their code points: equal in every corpus.
    spelled = re.sub(r"[^\W\d_a-z]", lambda one: f"u{ord(one[0]):x}_", letters)
    name = re.sub(r"[^a-z0-9]+", "_", spelled).strip("_")
    if not name:
        raise InputError(f"{text!r}: has no letter or digit to call a corpus or label by")
    return name[:64]


def of_folders(
    folders: Sequence[Path],
    *,
    group_regex: str | None = None,
    groups: bool = True,
    folders_are: str | None = None,
) -> Start:
    """A start from folders of sound files, each a corpus of folders named by label.

    Parameters
    ----------
    folders : sequence of Path
    group_regex : str, optional
        What in a file's name says which clips belong together.
    groups : bool
        Keep names that share a stem together where no regular expression is given.
    folders_are : {"labels", "splits"}, optional
        What folders called train, test and the like are.

    Raises
    ------
    InputError
        If a folder has no sound by label, two have one name, or the folders share no two labels.
    """
    start = Start()
    own: dict[str, dict[str, str]] = {}
    for folder in folders:
        name = name_of(folder.resolve().name)
        if name in start.corpora:
            raise InputError(f"{folder}: another corpus is called {name!r} too; rename a folder")
        found = clips_of_folders(folder, folders_are)
        start.notes += [f"{folder}: {line}" for line in told_folders(found)]
        own[name] = _renamed(found.labels, str(folder))
        clips = _grouped(found.table, group_regex, groups, start, folder)
        start.clips[name] = clips
        start.corpora[name] = {
            "title": _title(folder.resolve().name),
            "reader": "table",
            "root": str(folder.resolve()),
            "options": {
                "csv": f"{name}.csv",
                "split": "column" if "split" in clips else "stratified",
            },
        }
    _shared_labels(start, own)
    return start


def of_table(table: EmbeddingTable, path: Path, model: str, separator: str | None = None) -> Start:
    """A start from one table of embeddings: a corpus a domain, and the embeddings as a model.

    Parameters
    ----------
    table : EmbeddingTable
    path : Path
        Its file.
    model : str
        What the embeddings are called.
    separator : str, optional
        Between several labels in one cell.

    Raises
    ------
    InputError
        If it has no ids, domains or labels, or its domains share no label.
    """
    columns, source = table.columns, table.source
    for name, value in (("id", columns.id), ("domain", columns.domain), ("label", columns.labels)):
        if not value:
            raise InputError(f"{source}: has no column {name}; name one with --{name}")
    if path.suffix.lower() == ".csv":
        read_rows(path)  # What the run will read: its reader takes commas alone.
    start = Start()
    renamed = _renamed(list(table.labels), source)
    own = {}
    for domain in dict.fromkeys(sorted(table.domain.tolist())):  # type: ignore[union-attr]
        name = name_of(domain)
        if name in start.corpora:
            raise InputError(f"{source}: two domains would be called {name!r}; rename one")
        rows = table.of(table.domain == domain)
        held = [label for label in rows.labels if rows.labels[label].fillna(False).any()]
        own[name] = {label: renamed[label] for label in held}
        text = [column for column in columns.labels if column not in table.labels]
        named = {"clip_id": columns.id, "track_id": columns.group, "split": columns.split}
        options = {
            "csv": path.name,
            "audio": False,
            "columns": {to: column for to, column in named.items() if column and column != to},
            "where": {columns.domain: domain},
            "text_labels": text,
            "separator": separator if text else None,
            "split": "column" if columns.split else "stratified",
        }
        start.corpora[name] = {
            "title": _title(domain),
            "reader": "table",
            "root": str(path.resolve().parent),
            "options": {
                key: value for key, value in options.items() if value not in ([], {}, None)
            },
        }
    _shared_labels(start, own)
    start.models[model] = {
        "name": model,
        "title": _title(model),
        "kind": "precomputed",
        "weights": {"folder": str(path.resolve())},
        "sample_rate": 16000,
        "dim": int(table.x.shape[1]),
        "options": {"id": columns.id},
        "licence": {"name": "my own"},
        "citation": "none",
    }
    return start


def write(start: Start, folder: Path, run: str, models: Sequence[str], overwrite: bool) -> Path:
    """Write definitions, tables of clips and the configuration below `folder`.

    Returns
    -------
    Path
        The configuration.

    Raises
    ------
    InputError
        If a file is there already.
    """
    config = folder / f"{run}.yaml"
    corpora = folder / "resources" / "corpora"
    files: dict[Path, str] = {}
    for name, definition in start.corpora.items():
        if name in start.clips:
            table = corpora / f"{name}.csv"
            definition["options"]["csv"] = str(table.resolve())
            files[table] = start.clips[name].to_csv(index=False)
        files[corpora / f"{name}.yaml"] = _yaml(definition)
    for name, definition in start.models.items():
        files[folder / "resources" / "models" / f"{name}.yaml"] = _yaml(definition)
    content = {
        "run": run,
        "corpora": list(start.corpora),
        "models": list(models),
        "methods": METHODS,
        "labels": start.labels,
        "genres": [],
        "sources": not start.models,
    }
    files[config] = _yaml(content)
    for path in files:
        if path.exists() and not overwrite:
            raise InputError(f"{path}: is there already; give another --into, or --overwrite")
    for path, text in files.items():
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return config


def _grouped(clips, group_regex, groups: bool, start: Start, folder: Path) -> pd.DataFrame:
    """The table of clips with the groups that were asked for."""
    proposed = clips.get("track_id")
    if group_regex is not None:
        return clips.assign(track_id=groups_by_regex(clips["path"], group_regex).to_numpy())
    if proposed is None or not groups:
        return clips.drop(columns="track_id", errors="ignore")
    tracks = proposed[proposed.ne("")]
    start.notes.append(
        f"{folder}: clips whose names share a stem stay on one side of the split "
        f"({tracks.nunique()} groups of {len(tracks)} clips, such as {tracks.iloc[0]!r}); "
        "--no-groups takes each clip alone, --group-regex says it better"
    )
    return clips


def _renamed(labels: Sequence[str], source: str) -> dict[str, str]:
    """The data's own names of labels to those of the workflow."""
    names: dict[str, str] = {}
    for label in labels:
        name = name_of(label)
        if name in names.values():
            twin = next(one for one, other in names.items() if other == name)
            raise InputError(f"{source}: labels {twin!r} and {label!r} are one; rename one")
        names[label] = name
    return names


def _shared_labels(start: Start, own: Mapping[str, Mapping[str, str]]) -> None:
    shared = set.intersection(*(set(names.values()) for names in own.values()))
    for taken in sorted(shared & set(TAKEN_LABELS)):
        raise InputError(
            f"the label {taken!r} is what the workflow's own tables call something else; rename it"
        )
    for name, names in own.items():
        left_out = sorted(set(names.values()) - shared)
        if left_out:
            start.notes.append(f"{name}: labels that another corpus lacks: {', '.join(left_out)}")
    if not shared:
        listed = "; ".join(f"{name}: {', '.join(names.values())}" for name, names in own.items())
        raise InputError(f"the corpora share no label ({listed}); rename them alike")
    start.labels = sorted(shared)
    for name, names in own.items():
        aligned = {label: to for label, to in names.items() if to in shared and label != to}
        if aligned:
            start.corpora[name]["options"]["class_align"] = aligned
        start.corpora[name] |= {
            "labels": start.labels,
            "licence": {"name": "my own"},
            "citation": "none",
        }


def _title(text: str) -> str:
    return re.sub(r"[<\x00-\x1f]", " ", text)[:200]


def _yaml(content: Mapping) -> str:
    return yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True)

"""Which columns of a table say what: named by the user, or found by their usual names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from audio_debias.errors import InputError, nearest

USUAL = {
    "id": ("id", "clip_id", "file_name"),
    "domain": ("domain", "corpus"),
    "label": ("label", "labels"),
    "split": ("split",),
    "group": ("group", "track_id"),
    "embedding": ("embedding", "embeddings"),
}
"""Names that a column has where the user names none, the first that is there."""

_NUMBERED = re.compile(r"(.*?)(\d+)")


@dataclass(frozen=True)
class Columns:
    """Columns by what they say; None where there is none.

    Attributes
    ----------
    id, domain, split, group : str or None
    labels : tuple of str
    """

    id: str | None = None
    domain: str | None = None
    labels: tuple[str, ...] = ()
    split: str | None = None
    group: str | None = None


def find_columns(names: Sequence[str], given: Mapping[str, Any], source: str) -> Columns:
    """The columns that the user named, and the others by their usual names.

    Parameters
    ----------
    names : sequence of str
        Of the table's columns.
    given : mapping
        ``id``, ``domain``, ``split``, ``group``: a column's name or None; ``label``: several.
    source : str
        The table, for the error.

    Raises
    ------
    InputError
        If a named column is not there.
    """
    found: dict = {}
    for role in ("id", "domain", "split", "group"):
        name = given.get(role)
        if name is not None:
            _require(name, names, f"--{role}", source)
        found[role] = name or next((usual for usual in USUAL[role] if usual in names), None)
    labels = tuple(given.get("label") or ())
    for name in labels:
        _require(name, names, "--label", source)
    found["labels"] = labels or tuple(name for name in USUAL["label"] if name in names)[:1]
    return Columns(**found)


def refuse_lists(schema: pa.Schema, wanted: Columns, embedding: Sequence[str], source: str) -> None:
    """Refuse a column of lists, or one of the embedding's, for what is one word a row.

    Raises
    ------
    InputError
        Naming the option and the column.
    """
    named = [(role, getattr(wanted, role)) for role in ("id", "domain", "split", "group")]
    for role, name in [*named, *(("label", one) for one in wanted.labels)]:
        if name in embedding:
            raise InputError(f"{source}: --{role}: {name!r} is of the embedding; name another")
        if name is not None and pa.types.is_nested(schema.field(name).type):
            raise InputError(f"{source}: --{role}: {name!r} holds lists; it needs a word a row")


def _require(name: str, names: Sequence[str], option: str, source: str) -> None:
    if name not in names:
        raise InputError(f"{source}: {option}: no column {name!r}{nearest(name, names)}")


@dataclass(frozen=True)
class EmbeddingColumns:
    """Where a row's embedding stands: one column of lists, or numbered columns.

    Attributes
    ----------
    names : tuple of str
        The column of lists, or the numbered ones in the order of their numbers.
    prefix : str or None
        What stands before the numbers; None for a column of lists.
    """

    names: tuple[str, ...]
    prefix: str | None = None


def find_embedding(schema: pa.Schema, given: str | None, source: str) -> EmbeddingColumns:
    """Find a table's embedding: a column of lists of numbers, or columns ``e0``, ``e1``, …

    Parameters
    ----------
    schema : Schema
    given : str, optional
        The name of the column of lists, or what stands before the numbers.
    source : str
        The table, for the error.

    Raises
    ------
    InputError
        If there is none, or there are several and none is named.
    """
    lists = [field.name for field in schema if _is_list_of_numbers(field.type)]
    runs = numbered_columns(schema)
    if given is not None:
        if given in lists:
            return EmbeddingColumns((given,))
        if given in runs:
            return _whole_run(schema, given, source)
        _refuse_gap(schema, 1, source, given)
        raise InputError(
            f"{source}: --embedding: no column of lists and no numbered columns called "
            f"{given!r}{nearest(given, [*lists, *runs])}"
        )
    found = [name for name in USUAL["embedding"] if name in lists] or lists
    if len(found) == 1:
        return EmbeddingColumns((found[0],))
    if not found:
        _refuse_gap(schema, max(2, *map(len, runs.values())) if runs else 2, source)
    if not found and runs:
        widest = max(runs, key=lambda prefix: len(runs[prefix]))
        rivals = [prefix for prefix in runs if len(runs[prefix]) == len(runs[widest])]
        if len(rivals) == 1:
            return _whole_run(schema, widest, source)
        found = rivals
    if found:
        raise InputError(
            f"{source}: has several embeddings ({', '.join(found)}); name one with --embedding"
        )
    raise InputError(
        f"{source}: has no embedding: no column of lists of numbers, no columns e0, e1, …; "
        "give the file that holds it with --embeddings"
    )


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind)


def _is_list_of_numbers(kind: pa.DataType) -> bool:
    lists = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    return any(is_kind(kind) for is_kind in lists) and _is_number(kind.value_type)


def numbered_columns(schema: pa.Schema) -> dict[str, tuple[str, ...]]:
    """Columns of numbers by prefix, where all of the prefix are numbered from 0 or 1 without a gap.

    One that holds no number, for a cell that is none, is among them: it is not left out in silence.
    """
    runs = {}
    for prefix, columns in _numbered(schema).items():
        numbers = sorted(columns)
        if len(numbers) > 1 and numbers[-1] - numbers[0] + 1 == len(numbers):
            runs[prefix] = tuple(columns[number] for number in numbers)
    return runs


def columns_of_numbers(schema: pa.Schema) -> set[str]:
    """The columns that are numbered from 0 or 1 on, with or without a gap, and hold numbers.

    A single one, such as ``take1``, is no such column: what it holds stays text.
    """
    several = [found.values() for found in _numbered(schema).values() if len(found) > 1]
    columns = {name for names in several for name in names}
    return {name for name in columns if _is_number(schema.field(name).type)}


def _numbered(schema: pa.Schema) -> dict[str, dict[int, str]]:
    """Columns by prefix and number, from 0 or 1 on, where at least half of them hold numbers."""
    found: dict[str, dict[int, str]] = {}
    for field in schema:
        if match := _NUMBERED.fullmatch(field.name):
            found.setdefault(match[1], {})[int(match[2])] = field.name
    return {
        prefix: columns
        for prefix, columns in found.items()
        if min(columns) in (0, 1)
        and 2 * sum(_is_number(schema.field(name).type) for name in columns.values())
        >= len(columns)
    }


def _whole_run(schema: pa.Schema, prefix: str, source: str) -> EmbeddingColumns:
    """The numbered columns of a prefix, each of numbers."""
    names = numbered_columns(schema)[prefix]
    for name in names:
        if not _is_number(schema.field(name).type):
            raise InputError(
                f"{source}: {name}: holds a cell that is no number; {names[0]} to {names[-1]} are "
                "the embedding: mend the cell, or leave its row out"
            )
    return EmbeddingColumns(names, prefix)


def _refuse_gap(schema: pa.Schema, width: int, source: str, given: str | None = None) -> None:
    """Refuse more than `width` numbered columns, or those of the prefix `given`, that lack one."""
    runs = numbered_columns(schema)
    for prefix, columns in _numbered(schema).items():
        if prefix not in runs and len(columns) > width and given in (None, prefix):
            numbers = sorted(columns)
            lacking = next(n for n in range(numbers[0], numbers[-1]) if n not in columns)
            raise InputError(
                f"{source}: has {len(columns)} columns {columns[numbers[0]]} to "
                f"{columns[numbers[-1]]}, but no {prefix}{lacking}; add it, or name another "
                "embedding with --embedding"
            )

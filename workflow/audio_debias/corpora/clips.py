"""The clip table: what every reader gives and every later stage starts from."""

import logging
import operator
from collections.abc import Iterable, Mapping
from functools import reduce
from pathlib import Path

import pandas as pd
import pyarrow as pa

from audio_debias.errors import InputError, nearest
from audio_debias.files import read_table, reading, replacing, write_table

_log = logging.getLogger("audio_debias")

_FIXED = (
    pa.field("clip_id", pa.string(), nullable=False),
    pa.field("path", pa.string()),
    pa.field("split", pa.string(), nullable=False),
    pa.field("genre", pa.string()),
    pa.field("track_id", pa.string()),
    pa.field("seconds", pa.float64()),
)

RESERVED = tuple(field.name for field in _FIXED)
"""Columns that no label may be named after."""

SPLITS = ("train", "test")

DROPPED_COLUMNS = ["clip_id", "reason", "detail"]


def clips_schema(labels: list[str]) -> pa.Schema:
    """Columns, types and nullability of the clip table with these labels."""
    return pa.schema([*_FIXED, *(pa.field(label, pa.bool_()) for label in labels)])


def label_columns(clips: pd.DataFrame) -> list[str]:
    """The labels of a clip table, in its order."""
    return [column for column in clips.columns if column not in RESERVED]


def validate_clips(
    clips: pd.DataFrame, labels: list[str], genres: list[str], *, source: str
) -> pd.DataFrame:
    """Check a clip table against its contract and give it in canonical form.

    Parameters
    ----------
    clips : DataFrame
        ``clip_id``, ``path``, ``split``, ``genre``, ``track_id``, ``seconds`` and one nullable
        boolean column per label, in any order.
    labels, genres : list of str
        The labels that must be columns, and the genres that may occur.
    source : str
        What to name in an error: the file or folder the clips came from.

    Returns
    -------
    DataFrame
        The same clips sorted by the UTF-8 bytes of ``clip_id``, columns in the order of the
        contract, labels of dtype ``boolean``.

    Raises
    ------
    InputError
        If a column is missing, has another type, or breaks a rule of the contract.
    """
    reserved = [label for label in labels if label in RESERVED]
    if reserved:
        raise InputError(
            f"{source}: label {reserved[0]!r} is the name of a column that every clip table has; "
            "rename the label"
        )
    schema = clips_schema(labels)
    for name in schema.names:
        if name not in clips:
            raise InputError(f"{source}: column {name!r} is missing{nearest(name, clips.columns)}")
    # Converted as if all were nullable: an empty cell is a rule of its own, below.
    types = pa.schema([field.with_nullable(True) for field in schema])
    try:
        table = pa.Table.from_pandas(clips[schema.names], schema=types, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise InputError(f"{source}: {_one_line(error)}") from None
    clips = _to_frame(table)
    for field in schema:
        if not field.nullable and clips[field.name].isna().any():
            raise InputError(f"{source}: column {field.name!r} has empty cells; fill them")
    for column, rule, broken in (
        ("clip_id", "must be unique", clips.clip_id.duplicated()),
        ("clip_id", "must not be empty", clips.clip_id.eq("")),
        ("split", "must be 'train' or 'test'", ~clips.split.isin(SPLITS)),
        ("genre", f"must be one of {genres}", clips.genre.notna() & ~clips.genre.isin(genres)),
        ("seconds", "must be positive", clips.seconds.le(0)),
    ):
        if broken.any():
            value = clips.loc[broken, column].tolist()[0]
            raise InputError(f"{source}: {column} {value!r} ({int(broken.sum())} rows): {rule}")
    if clips.empty:
        raise InputError(f"{source}: holds no usable clip")
    return clips.sort_values("clip_id", key=utf8_order, ignore_index=True)


def utf8_order(strings: pd.Series) -> pd.Series:
    """Sort key that orders strings by their UTF-8 bytes, in every locale and pandas backend."""
    return pd.Series([string.encode() for string in strings], index=strings.index, dtype=object)


def write_clips(clips: pd.DataFrame, path: str | Path) -> None:
    """Write a validated clip table as parquet."""
    schema = clips_schema(label_columns(clips))
    table = pa.Table.from_pandas(clips, schema=schema, preserve_index=False)
    write_table(path, table.replace_schema_metadata(None))


def read_clips(path: str | Path) -> pd.DataFrame:
    """Read a clip table written by :func:`write_clips`; labels have the dtype ``boolean``.

    Raises
    ------
    InputError
        If it is damaged.
    """
    table = read_table(path)
    with reading(path):
        return _to_frame(table)


def _to_frame(table: pa.Table) -> pd.DataFrame:
    return table.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get)


def dropped_frame(
    rows: Iterable[tuple[str, str, str]], sides: Mapping[str, str] | pd.Series | None = None
) -> pd.DataFrame:
    """A table of rejected clips (``clip_id, reason, detail``), sorted by clip_id.

    A name that is not valid UTF-8 on the disk is written with its odd bytes escaped.

    Parameters
    ----------
    rows : iterable of (clip_id, reason, detail)
    sides : mapping of clip_id to split, optional
        Adds the column ``split`` (null = unknown), for :func:`~audio_debias.corpora.losses.
        check_losses` to see which side of the split a corpus loses.
    """
    rows = list(rows)
    escaped = [[text.encode(errors="backslashreplace").decode() for text in row] for row in rows]
    frame = pd.DataFrame(escaped, columns=DROPPED_COLUMNS, dtype="str")
    if sides is not None:
        frame["split"] = pd.Series([sides.get(row[0]) for row in rows], dtype=object)
    return frame.sort_values("clip_id", key=utf8_order, ignore_index=True)


def write_dropped(dropped: pd.DataFrame, path: str | Path) -> None:
    """Write the table of rejected clips as CSV."""
    with replacing(path) as temporary:
        dropped.to_csv(temporary, columns=DROPPED_COLUMNS, index=False, lineterminator="\n")


def check_counts(
    clips: pd.DataFrame, dropped: pd.DataFrame, expected: Mapping[str, int], *, source: str
) -> None:
    """Refuse a clip table that has other numbers of clips than published.

    Parameters
    ----------
    clips, dropped : DataFrame
        What a reader gave.
    expected : mapping of split to int
        Without a split there is nothing to check.

    Raises
    ------
    InputError
        With the counts, and what was dropped by reason with the first clips of each.
    """
    found = {split: int(clips["split"].eq(split).sum()) for split in expected}
    if found == dict(expected):
        return
    reasons = [
        f"{len(rows)} {reason} ({', '.join(rows['clip_id'][:5])}{', ...' if len(rows) > 5 else ''})"
        for reason, rows in dropped.groupby("reason")
    ]
    # A failed job's outputs are deleted; its log stays.
    _log.info("dropped:\n%s", dropped.to_csv(index=False))
    raise InputError(
        f"{source}: {found} clips, expected {dict(expected)}; dropped: "
        f"{'; '.join(reasons) or 'none'}; the log lists them all; complete the corpus, or remove "
        "`expected` from its definition"
    )


def align_labels(
    own: pd.DataFrame, labels: list[str], class_align: Mapping[str, str], *, source: str
) -> pd.DataFrame:
    """Give a corpus's own annotations under the names of the run's labels.

    Parameters
    ----------
    own : DataFrame of nullable bool
        One column per name that the corpus itself uses; null = not annotated.
    labels : list of str
        The run's labels.
    class_align : mapping of str to str
        Own name to label; a name that is not in it keeps its own. Several names may share a label
        (acoustic and electric guitar): it is then present if any of them is, absent if all are
        absent, else not annotated.
    source : str
        What to name in an error.

    Returns
    -------
    DataFrame of nullable bool
        One column per label, in their order; all null for a label that the corpus does not have.

    Raises
    ------
    InputError
        If `class_align` maps a name that the corpus does not have, or to a label that is none:
        what it then hides would pass for absent.
    """
    for name, label in class_align.items():
        if label not in labels:
            raise InputError(
                f"{source}: options: class_align: {name}: {label!r} is no label of the corpus"
                f"{nearest(label, labels)}"
            )
        if name not in own:
            raise InputError(
                f"{source}: options: class_align: the corpus has no {name!r}"
                f"{nearest(name, own.columns)}"
            )
    aligned = pd.DataFrame(pd.NA, index=own.index, columns=labels, dtype="boolean")
    for label in labels:
        names = [name for name in own.columns if class_align.get(name, name) == label]
        if names:
            # On nullable booleans | is Kleene's or: True | null is True, False | null is null.
            aligned[label] = reduce(operator.or_, (own[name].astype("boolean") for name in names))
    return aligned


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())

"""Rows of text from the items of a library of corpora: classes, genre, track and side of the split
by the names of its attributes."""

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from audio_debias.corpora.clips import RESERVED, SPLITS
from audio_debias.errors import InputError, nearest

PRESENT = 0.5
"""Confidence from which on a label that has one is present, as OpenMIC has it."""


def rows_of_items(
    items: Iterable[tuple[str, Any]],
    root: Path,
    genres: Sequence[str],
    options: Mapping,
    source: str,
) -> pd.DataFrame:
    """A row a clip that has sound, with a column a class.

    Parameters
    ----------
    items : iterable of (clip_id, item)
    root : Path
        What paths are made relative to.
    genres : sequence of str
        Of the run.
    options : mapping
        See :meth:`audio_debias.corpora.named_sets.Catalogue.read`.
    source : str
        What to name in an error.

    Returns
    -------
    DataFrame of str
        As :func:`~audio_debias.corpora.clip_rows.clips_of_rows` wants it; ``split`` is empty where
        a clip is on neither side.

    Raises
    ------
    InputError
        If an item has no such attribute, or it cannot be looked up.
    """
    attributes = options.get("label", [])
    attributes = [attributes] if isinstance(attributes, str) else attributes
    if not attributes:
        raise InputError(f"{source}: options: label: missing; the attribute that holds the class")
    align, split = options.get("genre_align", {}), options.get("split")
    rows: list[dict[str, str]] = []
    flags: list[dict[str, str]] = []
    closed: list[bool] = []
    for clip_id, item in items:
        look_up = partial(value_of, item, source=source)
        sound = look_up(options.get("sound", "audio_path"))
        if sound is None:
            continue
        row = {"clip_id": clip_id, "path": os.path.relpath(sound, root)}
        if "genre" in options:
            own = [align.get(one, one) for one in _texts(look_up(options["genre"]))]
            row["genre"] = next((one for one in own if one in genres), " ".join(own[:1]))
        if "track_id" in options:
            row["track_id"] = " ".join(_texts(look_up(options["track_id"])))
        if isinstance(split, Mapping):
            row["split"] = _side(_texts(look_up(split["attribute"])), split)
        values = [value for value in map(look_up, attributes) if value is not None]
        rows.append(row)
        flags.append({name: flag for value in values for name, flag in _flags(value).items()})
        closed.append(any(not isinstance(value, Mapping) for value in values))
    numbers = range(1, len(rows) + 1)
    classes = pd.DataFrame(flags, index=numbers, dtype=object)
    for name in classes:
        if name in RESERVED:
            raise InputError(
                f"{source}: options: label: a class is called {name!r}, as a column is"
            )
    absent = classes.isna() & np.array(closed, dtype=bool)[:, np.newaxis]
    classes = classes.mask(absent, "0").fillna("").astype("str")
    return pd.DataFrame(rows, index=numbers, dtype="str").join(classes)


def value_of(item: Any, attribute: str, *, source: str) -> Any:
    """An attribute of an item; a dot leads into an attribute of that.

    Raises
    ------
    InputError
        If there is none of that name, or the library fails to give it.
    """
    for name in attribute.split("."):
        known = [one for one in dir(item) if not one.startswith("_")]
        if name not in known:
            raise InputError(
                f"{source}: options: {attribute}: no attribute {name!r}{nearest(name, known)}"
            )
        try:
            item = getattr(item, name)
        except Exception as error:
            why = " ".join(str(error).split()) or type(error).__name__
            raise InputError(f"{source}: {attribute}: {why}") from error
        if item is None:
            return None
    return item


def _texts(value: Any) -> list[str]:
    """A value, or several, as text."""
    if value is None:
        return []
    several = isinstance(value, Iterable) and not isinstance(value, str)
    return [str(one) for one in (value if several else [value])]


def _flags(value: Any) -> dict[str, str]:
    """What a value says of classes: 1 = present, 0 = absent."""
    if isinstance(value, Mapping):
        return {str(name): str(int(sure >= PRESENT)) for name, sure in value.items()}
    return dict.fromkeys(_texts(value), "1")


def _side(values: Sequence[str], split: Mapping) -> str:
    """The side of the split that a clip is on; nothing if it is on neither."""
    sides = {side: {str(one) for one in split[side]} for side in SPLITS if side in split}
    for side, own in sides.items():
        if own & set(values):
            return side
    others = [side for side in SPLITS if side not in sides]
    return others[0] if values and others else ""

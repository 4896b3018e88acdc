"""Corpora: readers of clips, one module a kind, and the seeded demo corpora.

A reader is a module of this package with a function
``read(root, *, labels, genres, options) -> (clips, dropped)``; it is found by the module's name, so
a new kind is one new file. Both frames follow :mod:`audio_debias.corpora.clips`.
"""

import importlib
import importlib.util
import pkgutil
from pathlib import Path

import pandas as pd

from audio_debias.corpora.clips import validate_clips
from audio_debias.errors import InputError, nearest


def read_corpus(
    reader: str, root: str | Path, *, labels: list[str], genres: list[str], options: dict
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the corpus in `root` with the reader of that name and check what it gives.

    Parameters
    ----------
    reader : str
        Name of a module in this package, such as ``irmas``.
    root : path
        The corpus's folder.
    labels, genres : list of str
        The labels (instruments) and genres of the run; without genres none is read.
    options : dict
        The reader's own options.

    Returns
    -------
    clips, dropped : DataFrame
        As :mod:`audio_debias.corpora.clips` defines them.

    Raises
    ------
    InputError
        If there is no such reader or folder, or the corpus cannot be used.
    """
    root = Path(root)
    name = f"{__name__}.{reader}"
    found = reader.isidentifier() and importlib.util.find_spec(name)
    read = getattr(importlib.import_module(name), "read", None) if found else None
    if read is None:
        raise InputError(f"reader: unknown name {reader!r}{nearest(reader, _readers())}")
    if not root.is_dir():
        raise InputError(f"{root}: no such folder; give the corpus's own folder as its root")
    clips, dropped = read(root, labels=labels, genres=genres, options=options)
    if clips.empty:
        reasons = ", ".join(f"{n} {why}" for why, n in dropped["reason"].value_counts().items())
        raise InputError(f"{root}: holds no usable clip (dropped: {reasons or 'none'})")
    return validate_clips(clips, labels, genres, source=str(root)), dropped


def _readers() -> list[str]:
    """Names of the modules that define `read`, found without importing them."""
    specs = (
        importlib.util.find_spec(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)
    )
    return [
        spec.name.rpartition(".")[2]
        for spec in specs
        if "\ndef read(" in spec.loader.get_source(spec.name)
    ]

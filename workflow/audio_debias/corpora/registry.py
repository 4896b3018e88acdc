"""From the name of a reader to a checked clip table.

A reader is a module of :mod:`audio_debias.corpora.readers`, or of a user's ``resources/readers/``,
with a function ``read(root, *, labels, genres, options) -> (clips, dropped)``: a new layout is one
new file. Both frames follow :mod:`audio_debias.corpora.clips`. One that can fetch the corpus itself
has ``fetch(root, options) -> licence`` too, whose options are ``dataset`` and ``version``; one that
needs packages of its own names their environment, ``ENVIRONMENT = "named_sets"``.
"""

from pathlib import Path

import pandas as pd

from audio_debias.corpora.clips import validate_clips
from audio_debias.corpora.losses import told_losses
from audio_debias.errors import InputError
from audio_debias.plugins import READERS


def read_corpus(
    reader: str, root: str | Path, *, labels: list[str], genres: list[str], options: dict
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the corpus in `root` with the reader of that name and check what it gives.

    Parameters
    ----------
    reader : str
        Name of a reader, such as ``irmas``.
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
    read = READERS.load(reader, "reader").read
    if not root.is_dir():
        raise InputError(f"{root}: no such folder; give the corpus's own folder as its root")
    clips, dropped = read(root, labels=labels, genres=genres, options=options)
    if clips.empty:
        raise InputError(f"{root}: holds no usable clip (dropped: {told_losses(dropped)})")
    return validate_clips(clips, labels, genres, source=str(root)), dropped

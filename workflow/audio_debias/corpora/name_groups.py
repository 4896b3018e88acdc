"""Groups that file names propose: ``song-01.wav`` and ``song-02.wav`` are parts of one song."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

import pandas as pd

from audio_debias.corpora.text import key

_NUMBERED = re.compile(
    r"(?P<stem>.*[^\W_].*?)[\s_.\-(\[]+"
    r"(?:(?:part|pt|take|chunk|seg|segment|excerpt|clip|slice|section)[\s_.\-]*)?\d{1,5}[)\]]?",
    re.IGNORECASE,
)
MAX_SHARE = 0.5
"""A group with more than this share of a label's clips is no song but a way of naming."""


def groups_of_names(paths: Iterable[str], labels: pd.DataFrame) -> pd.Series | None:
    """Propose which clips are parts of one recording, by runs of names with one stem.

    Parameters
    ----------
    paths : iterable of n str
    labels : DataFrame of bool or nullable bool, (n, n_labels)

    Returns
    -------
    Series of str or None
        The folder and stem of each name, null for a name that is in no run. None if there is no
        run, or a run has most of a label's clips: names count clips then.
    """
    stems = []
    for path in map(PurePosixPath, paths):
        match = _NUMBERED.fullmatch(path.stem)
        stems.append(str(path.with_name(match["stem"])) if match else None)
    groups = pd.Series(stems, index=labels.index, dtype=object)
    keys = groups.map(key, na_action="ignore")
    sizes = keys.map(keys.value_counts())
    groups = groups.where(sizes > 1, None)
    if groups.isna().all():
        return None
    for label in labels:
        of = keys[groups.notna() & labels[label].fillna(False).astype(bool)]
        positives = int(labels[label].fillna(False).sum())
        if len(of) and of.value_counts().iloc[0] > MAX_SHARE * positives:
            return None
    return groups

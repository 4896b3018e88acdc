"""The split of a table of clips: its column, or one that is made, copies and tracks whole."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from audio_debias.corpora.clips import SPLITS
from audio_debias.corpora.splits import hash_split, joined_groups, stratified_split
from audio_debias.errors import InputError, nearest
from audio_debias.fetching.checksums import file_digest
from audio_debias.sound.segments import part_of


def split_of(
    clips: pd.DataFrame,
    labels: list[str],
    root: Path,
    path: Path,
    options: Mapping,
    copies: pd.Series,
) -> pd.Series:
    """The side of every clip, as the options of the reader ``table`` ask.

    Parameters
    ----------
    clips : DataFrame
        ``clip_id, path, genre, track_id``, a column per label and, if there is one, ``split``.
    labels : list of str
    root : Path
        What paths are relative to.
    path : Path
        The table, to name in an error.
    options : mapping
        ``split``, ``test_fraction``, ``seed``, ``audio``.
    copies : Series
        Index of a clip to the index of the clip whose sound it has, of copies that were kept.

    Returns
    -------
    Series of str
        ``train`` or ``test``.

    Raises
    ------
    InputError
        If the column holds another word, or there are too few clips to split.
    """
    kind = options.get("split", "column" if "split" in clips else "stratified")
    fraction, seed = options.get("test_fraction", 0.25), options.get("seed", 0)
    if not 0 < fraction <= 0.5:
        raise InputError(f"{path}: options: test_fraction {fraction} is not in (0, 0.5]")
    if kind == "column":
        return _given(clips, path)
    if kind == "stratified":
        groups = joined_groups(clips["track_id"].fillna(clips["clip_id"]), copies)
        try:
            return stratified_split(
                clips[labels], clips["genre"], groups, test_fraction=fraction, seed=seed
            )
        except ValueError as error:
            raise InputError(f"{path}: too few clips or tracks to split: {error}") from None
    if kind == "hash":
        keys = clips["clip_id"]
        if options.get("audio", True):
            keys = clips["path"].map(lambda p: file_digest(part_of(root / p)[0]))
        keys = joined_groups(clips["track_id"].fillna(keys), copies)
        return hash_split(keys, test_fraction=fraction, seed=seed)
    raise InputError(
        f"{path}: options: split: unknown value {kind!r}"
        f"{nearest(kind, ('column', 'stratified', 'hash'))}"
    )


def _given(clips: pd.DataFrame, path: Path) -> pd.Series:
    """The column ``split``, checked."""
    if "split" not in clips:
        raise InputError(f"{path}: column 'split' is missing{nearest('split', clips.columns)}")
    odd = ~clips["split"].isin(SPLITS)
    if odd.any():
        raise InputError(
            f"{path}: split of clip {clips.loc[odd, 'clip_id'].iloc[0]!r} is "
            f"{clips.loc[odd, 'split'].iloc[0]!r}; write train or test in every row, or leave the "
            "column out"
        )
    return clips["split"]

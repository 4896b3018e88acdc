"""Which clips train and which test: given in files, made by stratification, or by a hash."""

import hashlib
import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from audio_debias.corpora.clips import SPLITS
from audio_debias.corpora.csv_rows import read_rows
from audio_debias.corpora.text import plain
from audio_debias.errors import InputError


def read_split(root: Path, given: str | Mapping[str, str]) -> dict[str, str]:
    """Read a split from files.

    Parameters
    ----------
    root : Path
        Folder that relative paths start from.
    given : str, or mapping of ``train`` and ``test`` to str
        One CSV with the columns ``clip_id`` and ``split``; or two lists without a header, one
        clip_id a line. A line may be repeated: the lists of the paper's authors have one line per
        embedding frame.

    Returns
    -------
    dict of str to str
        clip_id to ``train`` or ``test``.

    Raises
    ------
    InputError
        If a file cannot be read, a value is no split, or a clip is on both sides.
    """
    if isinstance(given, str):
        source = str(root / given)
        frame = _read_csv(root / given)
    elif set(given) == set(SPLITS) and all(isinstance(name, str) for name in given.values()):
        source = ", ".join(str(root / given[split]) for split in SPLITS)
        lines = [(name, split) for split in SPLITS for name in _read_list(root / given[split])]
        frame = pd.DataFrame(lines, columns=["clip_id", "split"])
    else:
        raise InputError(
            f"{root}: options: split: give one CSV with clip_id and split, or two lists as "
            f"{{train: FILE, test: FILE}}; got {given!r}"
        )
    frame = frame[["clip_id", "split"]].drop_duplicates()
    both = frame["clip_id"].duplicated()
    if both.any():
        clip_id = frame.loc[both, "clip_id"].iloc[0]
        raise InputError(f"{source}: clip {clip_id!r} is in train and in test; keep one")
    return dict(zip(frame["clip_id"], frame["split"], strict=True))


def _read_csv(path: Path) -> pd.DataFrame:
    frame = read_rows(path)
    if not {"clip_id", "split"} <= set(frame.columns):
        raise InputError(
            f"{path}: needs the columns clip_id and split; it has {', '.join(frame.columns)}"
        )
    frame = frame[["clip_id", "split"]].map(plain)
    unknown = ~frame["split"].isin(SPLITS)
    if unknown.any():
        row = frame[unknown].iloc[0]
        raise InputError(
            f"{path}: split {row['split']!r} of {row['clip_id']!r} is neither 'train' nor 'test'"
        )
    return frame


def _read_list(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not readable as a list of clips: {error}") from None
    return [line for line in map(plain, lines) if line]


def refuse_shared_tracks(clips: pd.DataFrame, source: str) -> None:
    """Refuse a split that puts clips of one track (song, source) on both sides.

    Raises
    ------
    InputError
        Naming the track and one clip of it on each side.
    """
    sides = clips.dropna(subset="track_id").groupby("track_id")["split"].nunique()
    shared = sides.index[sides > 1]
    if len(shared):
        track = clips[clips["track_id"] == shared[0]].drop_duplicates("split")
        where = ", ".join(f"{row.clip_id!r} in {row.split}" for row in track.itertuples())
        raise InputError(
            f"{source}: track {shared[0]!r} is on both sides of the split ({where}; {len(shared)} "
            "such tracks); keep a track on one side"
        )


def stratified_split(
    labels: pd.DataFrame,
    genre: pd.Series,
    groups: pd.Series,
    *,
    test_fraction: float,
    seed: int,
) -> np.ndarray:
    """Make a split that keeps groups whole and labels and genres in proportion.

    One fold of scikit-learn's `StratifiedGroupKFold` is the test side. It stratifies by one class
    a clip: here the clip's rarest label and its genre, as the rare ones are the hardest to spread
    (the idea of Sechidis, Tsoumakas & Vlahavas, ECML 2011).

    Parameters
    ----------
    labels : DataFrame of nullable bool, (n, n_labels)
    genre : Series of str, (n,)
        Null = none.
    groups : Series of str, (n,)
        Clips with the same value stay on one side.
    test_fraction : float
        Wanted share of the test side, at most 0.5; reached to the nearest 1/k.
    seed : int

    Returns
    -------
    ndarray of str, (n,)
        ``train`` or ``test``.
    """
    folds = round(1 / test_fraction)
    present = labels.fillna(False).to_numpy(dtype=bool)
    rarity = np.where(present, present.sum(axis=0), np.inf)
    # Position of the rarest label that is present; -1 for a clip without any.
    rarest = np.where(present.any(axis=1), rarity.argmin(axis=1), -1) if len(labels.columns) else -1
    stratum = pd.Series(rarest, index=labels.index).astype(str) + "/" + genre.fillna("")
    # Strata smaller than the number of folds cannot be spread: they form one of their own.
    stratum = stratum.where(stratum.map(stratum.value_counts()) >= folds, "rare")
    # Readers import this module in jobs that draw no split: scikit-learn starts slowly.
    from sklearn.model_selection import StratifiedGroupKFold

    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        # 'rare' itself may have fewer clips than folds, which is as good as it gets.
        warnings.filterwarnings("ignore", "The least populated class", UserWarning)
        _, test = next(splitter.split(np.zeros(len(stratum)), stratum, groups))
    split = np.full(len(stratum), "train", dtype=object)
    split[test] = "test"
    return split


def hash_split(keys: pd.Series, *, test_fraction: float, seed: int) -> np.ndarray:
    """Make a split that depends on each key alone: adding clips later moves none.

    Parameters
    ----------
    keys : Series of str, (n,)
        Clips with equal keys stay on one side.
    test_fraction : float
        Expected share of the test side.
    seed : int

    Returns
    -------
    ndarray of str, (n,)
        ``train`` or ``test``.
    """
    digests = (hashlib.sha256(f"{seed}:{key}".encode()).digest() for key in keys)
    fractions = np.array([int.from_bytes(digest[:8]) / 2**64 for digest in digests])
    return np.where(fractions < test_fraction, "test", "train").astype(object)


def joined_groups(groups: pd.Series, copies: pd.Series) -> pd.Series:
    """Join groups that share a sound, so that no copy is on the other side of a split.

    Parameters
    ----------
    groups : Series of str, (n,)
        The group of each clip.
    copies : Series
        Index of a clip to the index of the clip that it is a copy of.

    Returns
    -------
    Series of str, (n,)
        The first name, in their order, of all groups that are joined.
    """
    codes, names = pd.factorize(groups, sort=True)
    code = pd.Series(codes, groups.index)
    edges = (np.ones(len(copies)), (code[copies.index], code[copies.to_numpy()]))
    shape = (len(names), len(names))
    _, joined = sparse.csgraph.connected_components(sparse.coo_array(edges, shape=shape))
    first = pd.Series(names).groupby(joined).transform("min").to_numpy()
    return pd.Series(first[codes], groups.index)

"""Matched samples: as many positives and negatives of a label from either corpus, genres kept."""

import random
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import pandas as pd

from audio_debias.corpora.clips import label_columns
from audio_debias.errors import InputError, closest
from audio_debias.files import read_parquet, reading, replacing, write_parquet

COLUMNS = ("label", "corpus", "clip_id", "positive", "genre")
EXCLUDED_COLUMNS = ("label", "reason", "detail")


def match_samples(
    clips: Mapping[str, pd.DataFrame],
    labels: Sequence[str],
    genres: Sequence[str],
    *,
    min_clips: int = 3,
    seed: int = 42,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw, for every label, a sample of each corpus's train split with matched class sizes.

    Let n+ be the smallest of the corpora's numbers of positives, and n- likewise for the
    negatives. Each corpus keeps about n+ of its positives and n- of its negatives:
    floor(count * target / available) of every genre, which preserves its genre proportions
    (the protocol of Wang, Richard & McFee, ISMIR 2023).

    Parameters
    ----------
    clips : mapping of two corpora or more to DataFrame
        Clip tables (``clip_id, split, genre`` and one nullable boolean column per label),
        restricted to the clips that have an embedding. Only the train split is used.
    labels, genres : sequence of str
        In the order of the config. Without genres, or in a corpus without any, all clips are one
        stratum; in a corpus with
        genres, a clip whose genre is missing or not listed belongs to no stratum and is left out.
    min_clips : int
        A label with fewer positives or negatives than this in a corpus's matched sample is
        excluded: each fold of the cross-validation needs one of each. So is a label that a corpus
        does not know.
    seed : int
        Seeds a fresh generator for each (label, corpus, polarity), so that a label's sample does
        not depend on which other labels are asked for.

    Returns
    -------
    samples : DataFrame
        ``label, corpus, clip_id, positive, genre``: for each label and corpus the positives, then
        the negatives, each genre by genre.
    excluded : DataFrame
        ``label, reason, detail`` of the labels that cannot be compared on these corpora.
    """
    corpora = {name: _train_clips(table, genres) for name, table in clips.items()}
    samples, excluded = [], []
    for label in labels:
        unknown = [name for name, train in corpora.items() if label not in train]
        if unknown:
            close = closest(label, label_columns(corpora[unknown[0]]))
            near = f"; nearest: {close!r}" if close else ""
            detail = f"{', '.join(unknown)} has no such label{near}"
            excluded.append((label, "no such label", detail))
            continue
        target = {
            positive: min(int(train[label].eq(positive).sum()) for train in corpora.values())
            for positive in (True, False)
        }
        drawn = [
            _subsample(train[train[label].eq(positive)], target[positive], genres, seed).assign(
                label=label, corpus=name, positive=positive
            )
            for name, train in corpora.items()
            for positive in (True, False)
        ]
        if min(map(len, drawn)) >= min_clips:
            samples += drawn
            continue
        counts = ", ".join(
            f"{name} {len(positives)} positive and {len(negatives)} negative"
            for name, positives, negatives in zip(corpora, drawn[::2], drawn[1::2], strict=True)
        )
        excluded.append(
            (label, "too few clips", f"{counts} in the matched sample, {min_clips} needed of each")
        )
    empty = pd.DataFrame(columns=COLUMNS)
    table = pd.concat(samples, ignore_index=True)[list(COLUMNS)] if samples else empty
    return table.astype({"positive": bool}), pd.DataFrame(excluded, columns=EXCLUDED_COLUMNS)


def refuse_shared_clips(clips: Mapping[str, pd.DataFrame]) -> None:
    """Refuse corpora with a clip id in common, where one file holds the embeddings of all.

    Raises
    ------
    InputError
        Naming the first such clip.
    """
    for (first, a), (second, b) in combinations(clips.items(), 2):
        shared = sorted(set(a["clip_id"]) & set(b["clip_id"]))
        if not shared:
            continue
        raise InputError(
            f"clip_id: {shared[0]!r} and {len(shared) - 1} more are in {first} and in {second}, "
            "and one file has the embeddings of both; give each corpus its own, "
            'weights.folder: "{corpus}.npz"'
        )


def _train_clips(clips: pd.DataFrame, genres: Sequence[str]) -> pd.DataFrame:
    """The train split in byte order of ``clip_id``, without the clips of no stratum."""
    train = clips[clips["split"] == "train"]
    if genres and train["genre"].notna().any():
        train = train[train["genre"].isin(genres)]
    return train.sort_values("clip_id", key=lambda ids: ids.map(str.encode))


def _subsample(pool: pd.DataFrame, target: int, genres: Sequence[str], seed: int) -> pd.DataFrame:
    """About `target` clips of `pool`, genre by genre, each genre in the order of its draw."""
    generator = random.Random(seed)
    strata = [pool[pool["genre"] == genre] for genre in genres]
    if not genres or pool["genre"].isna().all():
        strata = [pool]
    ratio = target / max(len(pool), 1)
    # A full permutation whose head is kept: the published code's way of drawing, digit by digit.
    return pd.concat(
        stratum.iloc[
            generator.sample(range(len(stratum)), len(stratum))[: int(len(stratum) * ratio)]
        ]
        for stratum in strata
    )[["clip_id", "genre"]]


def write_samples(path: str | Path, samples: pd.DataFrame) -> None:
    """Write matched samples as Parquet."""
    write_parquet(path, samples)


def read_samples(path: str | Path) -> pd.DataFrame:
    """Read what :func:`write_samples` wrote."""
    return read_parquet(path)


def write_excluded(path: str | Path, excluded: pd.DataFrame) -> None:
    """Write the excluded labels as CSV; with none excluded, only the header."""
    with replacing(path) as temporary:
        excluded.to_csv(temporary, index=False)


def read_excluded(path: str | Path) -> pd.DataFrame:
    """Read what :func:`write_excluded` wrote; a label may be called NA.

    Raises
    ------
    InputError
        If it is damaged.
    """
    with reading(path):
        return pd.read_csv(path, dtype=str, keep_default_na=False)

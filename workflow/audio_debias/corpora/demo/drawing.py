"""What the demo corpora are drawn from: labels, genres, random numbers and fair shares."""

from pathlib import Path

import numpy as np
import pandas as pd

from audio_debias.corpora.demo.composition import PROGRAMS, STYLES
from audio_debias.errors import InputError
from audio_debias.files import replacing

LABELS = list(PROGRAMS)
GENRES = list(STYLES)

MIN_TRAIN = 8
"""Training positives in every cell of label and genre."""

TEST_SHARE = 0.25

PLAN, SONG, CLIP, TEXT = range(4)
"""The purposes that random numbers are drawn for."""


def random_numbers(*key: int) -> np.random.Generator:
    """Random numbers that depend on these numbers alone."""
    return np.random.default_rng(key)


def apportion(total: int, weights: tuple[int, ...], least: int) -> np.ndarray:
    """Whole numbers that sum to `total`, at least `least`, the rest in proportion to weights."""
    rest = total - least * len(weights)
    if rest < 0:
        raise InputError(f"demo: clips: too few: {total} do not give {least} per label and genre")
    exact = rest * np.array(weights) / sum(weights)
    whole = np.floor(exact).astype(int)
    largest = np.argsort(whole - exact, kind="stable")[: rest - whole.sum()]
    whole[largest] += 1
    return least + whole


def deal(n: int, counts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Deal label j to counts[j] of n clips, evenly: bool (n, labels)."""
    playing = np.zeros((n, len(counts)), dtype=bool)
    if counts.max() > n:
        raise InputError(f"demo: clips: too few: a label needs {counts.max()} of {n} clips")
    for label in rng.permutation(len(counts)):
        load = playing.sum(axis=1) + rng.uniform(0, 2, n)
        playing[np.argsort(load)[: counts[label]], label] = True
    return playing


def write_list(planned: pd.DataFrame, split: str, path: Path) -> Path:
    """Write the names of the clips of a split, one a line."""
    names = planned.loc[planned["split"] == split, "clip_id"]
    with replacing(path) as temporary:
        temporary.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    return path

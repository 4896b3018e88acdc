"""Scores of test clips as Parquet: all metrics derive from them."""

from pathlib import Path

import pandas as pd

from audio_debias.files import read_parquet, write_parquet


def write_scores(path: str | Path, scores: pd.DataFrame) -> None:
    """Write ``train_corpus, test_corpus, label, clip_id, logit, score, truth``."""
    write_parquet(path, scores)


def read_scores(path: str | Path) -> pd.DataFrame:
    """Read what :func:`write_scores` wrote."""
    return read_parquet(path)

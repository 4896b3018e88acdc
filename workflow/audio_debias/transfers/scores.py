"""Scores of test clips as Parquet: all metrics derive from them."""

from pathlib import Path

import pandas as pd

from audio_debias.files import read_parquet, replacing


def write_scores(path: str | Path, scores: pd.DataFrame) -> None:
    """Write ``train_corpus, test_corpus, label, clip_id, logit, score, truth``."""
    with replacing(path) as temporary:
        scores.to_parquet(temporary, index=False)


def read_scores(path: str | Path) -> pd.DataFrame:
    """Read what :func:`write_scores` wrote."""
    return read_parquet(path)

"""Embeddings of clips asked for by name, checked."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from audio_debias.errors import InputError


def rows_of(embeddings: pd.DataFrame, clip_ids: Sequence[str], corpus: str) -> np.ndarray:
    """The embeddings of `clip_ids`, in that order.

    Parameters
    ----------
    embeddings : DataFrame of float32, shape (clips, D)
        Indexed by ``clip_id``.
    clip_ids : sequence of str
    corpus : str
        For the error message.

    Returns
    -------
    array of float64, shape (len(clip_ids), D)

    Raises
    ------
    InputError
        If a clip has no embedding, or one that holds NaN or infinity.
    """
    positions = embeddings.index.get_indexer(clip_ids)
    if (positions < 0).any():
        clip = np.asarray(clip_ids)[positions < 0][0]
        raise InputError(f"embeddings of {corpus}: {clip}: no such clip; extract it again")
    rows = embeddings.to_numpy()[positions].astype(np.float64)
    finite = np.isfinite(rows).all(axis=1)
    if not finite.all():
        clip = np.asarray(clip_ids)[~finite][0]
        raise InputError(f"embeddings of {corpus}: {clip}: holds NaN or infinity; extract it again")
    return rows

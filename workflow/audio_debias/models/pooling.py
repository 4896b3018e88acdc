"""Several corpora as one, to compare a corpus with all others together."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from audio_debias.corpora.clips import RESERVED, label_columns, utf8_order
from audio_debias.models.embeddings import Embeddings


def pool_clips(clips: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One clip table of several corpora.

    Parameters
    ----------
    clips : mapping of corpus to DataFrame
        Clip tables.

    Returns
    -------
    DataFrame
        A clip table of all labels that any of them has, null where a corpus has none; clip and
        track are called ``{corpus}/{id}``, and there is no path.
    """
    labels = list(
        dict.fromkeys(label for table in clips.values() for label in label_columns(table))
    )
    parts = [
        table.reindex(columns=[*RESERVED, *labels]).assign(
            clip_id=f"{corpus}/" + table["clip_id"],
            track_id=f"{corpus}/" + table["track_id"],
            path=None,
        )
        for corpus, table in clips.items()
    ]
    pooled = pd.concat(parts, ignore_index=True).astype(dict.fromkeys(labels, "boolean"))
    return pooled.sort_values("clip_id", key=utf8_order, ignore_index=True)


def pool_embeddings(embeddings: Mapping[str, Embeddings]) -> Embeddings:
    """The embeddings of several corpora under the clip ids of :func:`pool_clips`."""
    clip_ids = np.concatenate(
        [np.char.add(f"{corpus}/", one.clip_ids) for corpus, one in embeddings.items()]
    )
    # NumPy orders strings by code point, which is the order of their UTF-8 bytes.
    order = np.argsort(clip_ids)
    values = pd.concat([one.frame for one in embeddings.values()]).to_numpy()
    metadata = {"pooled": {corpus: one.metadata for corpus, one in embeddings.items()}}
    return Embeddings(clip_ids[order], values[order], metadata)

"""Clip embeddings on disk: `{clip_id, embedding}` as parquet, and the clips that gave none."""

import json
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from audio_debias.corpora.losses import told_losses
from audio_debias.errors import InputError
from audio_debias.files import TableWriter, read_table, reading, replacing, write_table

_METADATA_KEY = b"audio_debias"
_log = logging.getLogger("audio_debias")
SUSPICIOUS = 0.02
"""The share of suspicious clips above which a warning is due."""

SKIPPED_COLUMNS = ["clip_id", "reason", "detail"]


@dataclass(frozen=True)
class Embeddings:
    """The embeddings of a corpus.

    Attributes
    ----------
    clip_ids : ndarray of shape (n_clips,), str
        In the order of their UTF-8 bytes, without duplicates.
    values : ndarray of shape (n_clips, dim), float32
        Finite.
    metadata : dict
        Everything that can change a number.
    """

    clip_ids: np.ndarray
    values: np.ndarray
    metadata: dict

    @property
    def frame(self) -> pd.DataFrame:
        """The values as a DataFrame of shape (n_clips, dim), indexed by ``clip_id``."""
        return pd.DataFrame(self.values, index=pd.Index(self.clip_ids, name="clip_id"))

    def of(self, clips: pd.DataFrame) -> pd.DataFrame:
        """The rows of a clip table that have an embedding here."""
        return clips[clips["clip_id"].isin(self.clip_ids)]


def write_embeddings(
    path: str | Path, clip_ids: Sequence[str], values: np.ndarray, metadata: Mapping
) -> None:
    """Write the embeddings of clips.

    Parameters
    ----------
    path : path
        Parquet file.
    clip_ids : sequence of n_clips str
        In the order of their UTF-8 bytes, without duplicates.
    values : array of shape (n_clips, dim)
        Stored as float32.
    metadata : mapping
        JSON-serialisable.

    Raises
    ------
    InputError
        If an embedding holds NaN or infinity (the message names the clip), or the clip ids are
        out of order.
    """
    write_table(path, _table(clip_ids, values, metadata))


def read_embeddings(path: str | Path) -> Embeddings:
    """Read and check what `write_embeddings` or `merge_embeddings` wrote.

    Raises
    ------
    InputError
        If the file is no such table, or breaks its contract.
    """
    table = read_table(path)
    with reading(path):
        metadata = _read_metadata(path, table.schema)
        column = table.column("embedding").combine_chunks()
        values = column.flatten().to_numpy().reshape(len(column), column.type.list_size)
        clip_ids = np.array(table.column("clip_id").to_pylist(), dtype=str)
        _check(path, clip_ids, values)
    return Embeddings(clip_ids, values, metadata)


def merge_embeddings(
    paths: Sequence[str | Path], destination: str | Path, layer: int | None = None
) -> int:
    """Join the shards of a corpus, given in the order of their clips, into one file.

    One shard is in memory at a time.

    Parameters
    ----------
    paths : sequence of paths
    destination : path
    layer : int, optional
        Which layer of shards that hold several side by side; left out: all that they hold.

    Returns
    -------
    int
        How many clips share the commonest embedding: more than a few, and it tells nothing of them.

    Raises
    ------
    InputError
        If the shards differ in metadata or dimension, or their clips are out of order.
    """
    first = read_embeddings(paths[0])
    metadata, last = first.metadata, b""
    columns, written = slice(None), metadata
    if layer is not None:
        columns, written = _columns_of(layer, metadata["model"]), {**metadata, "layer": layer}
    counts: Counter[int] = Counter()
    schema = _table(first.clip_ids, np.asarray(first.values)[:, columns], written).schema
    with replacing(destination) as temporary, TableWriter(temporary, schema) as writer:
        for path in paths:
            shard = read_embeddings(path)
            if shard.metadata != metadata:
                raise InputError(
                    f"{path}: was extracted with other settings than {paths[0]}; delete the one "
                    f"that is stale"
                )
            if len(shard.clip_ids) and shard.clip_ids[0].encode() <= last:
                raise InputError(f"{path}: clip_id: {shard.clip_ids[0]} is out of order")
            last = shard.clip_ids[-1].encode() if len(shard.clip_ids) else last
            values = np.asarray(shard.values)[:, columns]
            writer.write(_table(shard.clip_ids, values, written))
            counts.update(hash(row.tobytes()) for row in values)
    return max(counts.values(), default=0)


def _columns_of(layer: int, model: Mapping) -> slice:
    """Where a layer stands in an embedding that holds those of ``options.layer`` side by side."""
    start = model["options"]["layer"].index(layer) * model["dim"]
    return slice(start, start + model["dim"])


def write_skipped(path: str | Path, skipped: pd.DataFrame) -> None:
    """Write the clips that gave no embedding: clip_id, reason, detail."""
    with replacing(path) as temporary:
        skipped.to_csv(temporary, columns=SKIPPED_COLUMNS, index=False)


def read_skipped(path: str | Path) -> pd.DataFrame:
    """Read what `write_skipped` wrote.

    Raises
    ------
    InputError
        If it is damaged.
    """
    with reading(path):
        return pd.read_csv(path, dtype=str, keep_default_na=False, usecols=SKIPPED_COLUMNS)


def merge_skipped(
    paths: Sequence[str | Path],
    destination: str | Path,
    n_clips: int,
    max_share: float = 1.0,
    unreadable: pd.DataFrame | None = None,
) -> None:
    """Join the shards' skipped clips into one file.

    Parameters
    ----------
    paths : sequence of paths
    destination : path
    n_clips : int
        Clips in the corpus, skipped ones included.
    max_share : float
        The share of clips that may give no embedding.
    unreadable : DataFrame, optional
        ``clip_id, reason, detail`` of the clips that the corpus's reader left out already, for want
        of sound; not in `n_clips`.

    Raises
    ------
    InputError
        If more than `max_share` of the clips were skipped.
    """
    skipped = pd.concat([read_skipped(path) for path in paths], ignore_index=True)
    write_skipped(destination, skipped)
    lost = pd.concat([skipped, unreadable], ignore_index=True)
    n_all = n_clips + len(lost) - len(skipped)
    if len(lost) > max_share * n_all:
        # A failed job's outputs are deleted; its log stays.
        _log.info("skipped:\n%s", lost.to_csv(index=False))
        raise InputError(
            f"{destination}: {len(lost)} of {n_all} clips were skipped ({told_losses(lost)}), more "
            f"than the allowed share {max_share:g}; mend the files, which the log lists, or raise "
            "the share"
        )


def merge_suspicious(
    paths: Sequence[str | Path], destination: str | Path, n_clips: int, equal: int = 0
) -> None:
    """Join the shards' suspicious clips into one file; warn where they are many.

    Parameters
    ----------
    paths : sequence of paths
    destination : path
    n_clips : int
        Clips in the corpus.
    equal : int
        How many clips share one embedding, see `merge_embeddings`.
    """
    odd = pd.concat([read_skipped(path) for path in paths], ignore_index=True)
    write_skipped(destination, odd)
    share = odd["clip_id"].nunique() / max(n_clips, 1)
    if share > SUSPICIOUS:
        _log.warning(
            "warning: %s: %.0f %% of the clips are suspicious (%s); `extraction.suspicious: drop` "
            "leaves them out",
            *(destination, 100 * share, told_losses(odd)),
        )
    if equal > 1 and equal > SUSPICIOUS * n_clips:
        _log.warning(
            "warning: %s: %d of %d clips have one and the same embedding; look at their sound",
            *(destination, equal, n_clips),
        )


def _table(clip_ids: Sequence[str] | np.ndarray, values: np.ndarray, metadata: Mapping) -> pa.Table:
    values = np.ascontiguousarray(values, dtype=np.float32)
    names = np.asarray(clip_ids, dtype=str)
    _check("embeddings", names, values)
    embedding = pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])
    table = pa.table({"clip_id": pa.array(names.tolist(), pa.string()), "embedding": embedding})
    encoded = json.dumps(metadata, sort_keys=True, ensure_ascii=False)
    return table.replace_schema_metadata({_METADATA_KEY: encoded})


def _read_metadata(path: str | Path, schema: pa.Schema) -> dict:
    if schema.names != ["clip_id", "embedding"] or _METADATA_KEY not in (schema.metadata or {}):
        raise InputError(f"{path}: is not a table of embeddings (clip_id, embedding, metadata)")
    if not pa.types.is_fixed_size_list(schema.field("embedding").type):
        raise InputError(f"{path}: embedding: must be a fixed-size list of float32")
    return json.loads(schema.metadata[_METADATA_KEY])


def _check(source: str | Path, clip_ids: np.ndarray, values: np.ndarray) -> None:
    bad = ~np.isfinite(values).all(axis=1)
    if bad.any():
        raise InputError(
            f"{source}: embedding: NaN or infinite for clip {clip_ids[bad.argmax()]} "
            f"({bad.sum()} in all); extract it again or drop the clip"
        )
    # NumPy orders strings by code point, which is the order of their UTF-8 bytes.
    disorder = clip_ids[:-1] >= clip_ids[1:]
    if disorder.any():
        clip_id = clip_ids[1:][disorder][0]
        raise InputError(f"{source}: clip_id: {clip_id} is repeated or out of byte order")

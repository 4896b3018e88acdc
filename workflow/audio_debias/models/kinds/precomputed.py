"""Kind `precomputed`: clip embeddings that the user already has, looked up by clip id.

`.parquet`: columns `clip_id` and `embedding` (lists of numbers, all of one length).
`.npz`: arrays `clip_id` (n,) and `embedding` (n, dim), without pickled objects.
`.h5`: the layout of the paper's authors, `{corpus}/{model}/features` and `keys`, one row a frame;
`options.groups` lists the `corpus/model` to read.

Example::

    name: my_embeddings
    kind: precomputed
    weights: {folder: my_embeddings.npz}
    sample_rate: 16000
    dim: 512
"""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from audio_debias.errors import InputError
from audio_debias.models.embeddings_h5 import read_embeddings

OPTIONS = {"groups": list}
"""Type of every option."""


def load(spec: dict, path: Path) -> "Precomputed":
    """Read the file.

    Parameters
    ----------
    spec : dict
        A model of `resources/models/`.
    path : Path

    Raises
    ------
    InputError
        If the file is not as described above, or names a clip twice.
    """
    groups = spec.get("options", {}).get("groups", [])
    readers: dict[str, Callable] = {
        ".parquet": _read_parquet,
        ".npz": _read_npz,
        ".h5": partial(_read_h5, groups),
    }
    if path.suffix not in readers:
        raise InputError(f"{path}: must be one of {', '.join(readers)}")
    if path.suffix == ".h5" and not groups:
        raise InputError(f"model {spec['name']}: options.groups: missing; list corpus/model names")
    try:
        clip_ids, embeddings = readers[path.suffix](path)
        clip_ids = [str(clip_id) for clip_id in clip_ids]
        if np.asarray(embeddings).dtype.kind not in "fiu":
            raise InputError(f"{path}: embedding: must be real numbers")
        embeddings = np.asarray(embeddings, dtype=np.float32)
    except InputError:
        raise
    except (Exception, MemoryError) as error:  # zlib, zipfile, HDF5 and NumPy have each their own
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{path}: holds no clip ids and embeddings ({reason})") from None
    if embeddings.shape != (len(clip_ids), spec["dim"]):
        raise InputError(
            f"{path}: {len(clip_ids)} clip ids with embeddings of shape {embeddings.shape}; "
            f"expected {(len(clip_ids), spec['dim'])} (one row a clip, `dim` columns)"
        )
    rows = {clip_id: row for row, clip_id in enumerate(clip_ids)}
    if len(rows) < len(clip_ids):
        raise InputError(f"{path}: names {len(clip_ids) - len(rows)} clips twice")
    return Precomputed(rows, embeddings)


class Precomputed:
    """Embeddings by clip id.

    Parameters
    ----------
    rows : dict of str to int
    embeddings : ndarray of shape (n, dim), float32
    """

    def __init__(self, rows: dict[str, int], embeddings: np.ndarray):
        self._rows = rows
        self._embeddings = embeddings

    @property
    def clip_ids(self) -> Iterable[str]:
        """The clips that have an embedding."""
        return self._rows.keys()

    def look_up(self, clip_id: str) -> np.ndarray | None:
        """The embedding of a clip, shape (dim,), or None."""
        row = self._rows.get(clip_id)
        return None if row is None else self._embeddings[row]


def _read_parquet(path: Path) -> tuple[list[str], np.ndarray]:
    table = pq.read_table(path, columns=["clip_id", "embedding"])
    return table["clip_id"].to_pylist(), np.stack(table["embedding"].to_numpy())


def _read_npz(path: Path) -> tuple[list[str], np.ndarray]:
    with np.load(path) as file:
        return file["clip_id"].astype(str).tolist(), file["embedding"]


def _read_h5(groups: list[str], path: Path) -> tuple[list[str], np.ndarray]:
    parts = [read_embeddings(path, *group.split("/", 1)) for group in groups]
    clip_ids, embeddings = zip(*parts, strict=True)
    return np.concatenate(clip_ids).tolist(), np.concatenate(embeddings)

"""Kind `precomputed`: clip embeddings that the user already has, looked up by clip id.

Any table that `audio-debias` reads (`.parquet`, `.csv`, `.jsonl`, `.npz`): a column `clip_id`, or
what `options.id` names, and the embedding, a column of lists or numbered columns, found by itself
or named by `options.embedding`.
`.h5`: the layout of the paper's authors, `{corpus}/{model}/features` and `keys`, one row a frame;
`options.groups` lists the `corpus/model` to read.

Example::

    name: my_embeddings
    kind: precomputed
    weights: {folder: my_embeddings.npz}
    sample_rate: 16000
    dim: 512
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from audio_debias.corpora.text import plain
from audio_debias.errors import InputError
from audio_debias.models.embeddings_h5 import read_embeddings
from audio_debias.tables.matrices import read_by_id

OPTIONS = {"groups": list, "id": str, "embedding": str}
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
    options = spec.get("options", {})
    groups = options.get("groups", [])
    if path.suffix == ".h5":
        if not groups:
            raise InputError(
                f"model {spec['name']}: options.groups: missing; list corpus/model names"
            )
        clip_ids, embeddings = _read_h5(groups, path)
    else:
        clip_ids, embeddings = read_by_id(
            path, options.get("id"), options.get("embedding"), finite=False
        )
        if not len(embeddings):
            raise InputError(f"{path}: holds no row")
        if not clip_ids:
            raise InputError(f"{path}: has no column clip_id; name the one that is in options.id")
    if embeddings.shape != (len(clip_ids), spec["dim"]):
        raise InputError(
            f"{path}: {len(clip_ids)} clip ids with embeddings of shape {embeddings.shape}; "
            f"expected {(len(clip_ids), spec['dim'])} (one row a clip, `dim` columns)"
        )
    rows = {clip_id: row for row, clip_id in enumerate(clip_ids)}
    if len(rows) < len(clip_ids):
        raise InputError(f"{path}: names {len(clip_ids) - len(rows)} clips twice")
    if not rows:
        raise InputError(f"{path}: holds no embedding")
    return Precomputed(rows, embeddings, str(path))


class Precomputed:
    """Embeddings by clip id.

    Parameters
    ----------
    rows : dict of str to int
    embeddings : ndarray of shape (n, dim), float32
    source : str
        The file, for what is said of a clip.
    """

    def __init__(self, rows: dict[str, int], embeddings: np.ndarray, source: str):
        self._rows = rows
        self._embeddings = embeddings
        self._source = source
        # An id in another Unicode form or with a blank more is the same, if it is only one.
        plain_ids = Counter(map(plain, rows))
        self._plain = {plain(i): row for i, row in rows.items() if plain_ids[plain(i)] == 1}

    @property
    def clip_ids(self) -> Iterable[str]:
        """The clips that have an embedding."""
        return self._rows.keys()

    def look_up(self, clip_id: str) -> np.ndarray | None:
        """The embedding of a clip, shape (dim,), or None."""
        row = self._rows.get(clip_id, self._plain.get(plain(clip_id)))
        return None if row is None else self._embeddings[row]

    def place(self, clip_id: str) -> str:
        """The file and the row, from 1, of a clip that has an embedding."""
        row = self._rows.get(clip_id, self._plain.get(plain(clip_id)))
        return self._source if row is None else f"{self._source}: row {row + 1}"


def _read_h5(groups: list[str], path: Path) -> tuple[list[str], np.ndarray]:
    try:
        parts = [read_embeddings(path, *group.split("/", 1)) for group in groups]
        clip_ids, embeddings = zip(*parts, strict=True)
        return np.concatenate(clip_ids).tolist(), np.concatenate(embeddings).astype(np.float32)
    except InputError:
        raise
    except (Exception, MemoryError) as error:  # HDF5 and NumPy have each their own
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{path}: holds no clip ids and embeddings ({reason})") from None

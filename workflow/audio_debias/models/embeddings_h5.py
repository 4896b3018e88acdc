"""The embeddings that the paper's authors published: ``{corpus}/{model}/features`` and ``keys``.

One row of ``features`` is a frame, ``keys`` names its clip (zenodo.org/records/8126908). The clip
tables that belong to it come from the readers ``irmas`` and ``openmic`` with ``audio: false``.
"""

from collections.abc import Collection
from pathlib import Path

import h5py
import numpy as np
from scipy import sparse

from audio_debias.errors import InputError, nearest

CHUNK = 65_536
"""Frames in memory at a time."""


def read_embeddings(
    path: str | Path, corpus: str, model: str, *, known: Collection[str] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Read clip embeddings: the mean over the frames of each clip.

    The frames of a clip may lie anywhere in the file. They are summed in float64.

    Parameters
    ----------
    path : path
        The HDF5 file.
    corpus, model : str
        Its groups, such as ``irmas`` and ``vggish``.
    known : collection of str, optional
        Every clip_id that may occur: those of the clip table and those that its reader dropped.

    Returns
    -------
    clip_ids : ndarray of str, (n,)
        Sorted by their UTF-8 bytes.
    embeddings : ndarray of float32, (n, D)

    Raises
    ------
    InputError
        If a group is missing, features and keys differ in length or are of another type, a key is
        unknown, or a value is not finite.
    """
    try:
        with h5py.File(path, "r") as file:
            group = _member(_member(file, corpus, h5py.Group), model, h5py.Group)
            source = f"{path}: {corpus}/{model}"
            features = _member(group, "features", h5py.Dataset)
            keys = _member(group, "keys", h5py.Dataset)
            if features.ndim != 2 or features.dtype.kind != "f":
                raise InputError(f"{source}/features: must be frames x dimensions of floats")
            if keys.ndim != 1 or h5py.check_string_dtype(keys.dtype) is None:
                raise InputError(f"{source}/keys: must be a list of strings")
            if len(keys) != len(features):
                raise InputError(
                    f"{source}: {len(keys)} keys for {len(features)} frames; one key a frame"
                )
            names, clip = np.unique(keys[:].astype("S"), return_inverse=True)
            try:
                clip_ids = np.array([name.decode() for name in names], dtype=str)
            except UnicodeDecodeError:
                raise InputError(f"{source}/keys: not all are UTF-8") from None
            _refuse_unknown(clip_ids, known, source)
            sums = _sums(features, clip, len(clip_ids))
    except (OSError, RuntimeError) as error:
        raise InputError(f"{path}: not readable as HDF5: {' '.join(str(error).split())}") from None
    with np.errstate(over="ignore"):
        means = (sums / np.bincount(clip, minlength=len(clip_ids))[:, None]).astype(np.float32)
    broken = ~np.isfinite(means).all(axis=1)
    if broken.any():
        first = clip_ids[broken].tolist()[0]
        raise InputError(
            f"{source}/features: not finite in {broken.sum()} clips, first {first!r} (NaN, "
            "infinity or more than float32 can hold)"
        )
    return clip_ids, means


def _sums(features: h5py.Dataset, clip: np.ndarray, n_clips: int) -> np.ndarray:
    """Sum the frames of each clip: an indicator matrix times the frames, (n_clips, D)."""
    sums = np.zeros((n_clips, features.shape[1]))
    for start in range(0, len(clip), CHUNK):
        of = clip[start : start + CHUNK]
        ones = np.ones(len(of))
        indicator = sparse.csr_array((ones, (of, np.arange(len(of)))), shape=(n_clips, len(of)))
        sums += indicator @ features[start : start + CHUNK].astype(np.float64)
    return sums


def _member(group: h5py.Group, name: str, kind: type) -> h5py.Group | h5py.Dataset:
    """A child of a group; a link that leads out of the file is refused."""
    source = f"{group.file.filename}: {group.name}"
    if name not in group:
        raise InputError(f"{source}: no {name!r}{nearest(name, group)}")
    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
        raise InputError(f"{source}: {name!r} is a link; copy the data into the file")
    if not isinstance(group[name], kind):
        raise InputError(f"{source}: {name!r} is no {kind.__name__.lower()}")
    member = group[name]
    if isinstance(member, h5py.Dataset) and (member.external or member.is_virtual):
        raise InputError(f"{source}: {name!r} lies in another file; copy the data into this one")
    return member


def _refuse_unknown(clip_ids: np.ndarray, known: Collection[str] | None, source: str) -> None:
    unknown = [] if known is None else sorted(set(clip_ids.tolist()) - set(known))
    if unknown:
        shown = ", ".join(map(repr, unknown[:3]))
        raise InputError(
            f"{source}/keys: {len(unknown)} clips are not in the corpus: {shown}"
            f"{', ...' if len(unknown) > 3 else ''}{nearest(unknown[0], known or ())}"
        )

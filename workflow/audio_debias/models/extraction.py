"""Embed the clips of a corpus: files in, one embedding per clip out, memory flat."""

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from audio_debias.errors import InputError, nearest
from audio_debias.models.batches import batches, map_ahead
from audio_debias.models.embeddings import SKIPPED_COLUMNS
from audio_debias.models.kinds.precomputed import Precomputed
from audio_debias.models.registry import Model, load_model
from audio_debias.models.waveforms import load_waveform
from audio_debias.sound.decoding import BrokenAudio

COMPARED = 20
"""How many clips without an embedding are compared with those that have one."""


@dataclass(frozen=True)
class Extraction:
    """What came out of a shard.

    Attributes
    ----------
    clip_ids : ndarray of shape (n,), str
        In the order of the clip table.
    embeddings : ndarray of shape (n, dim), float32
    skipped : DataFrame
        clip_id, reason, detail of the clips that gave no embedding.
    suspicious : DataFrame
        The same of clips whose sound is odd (:mod:`audio_debias.sound.looks`).
    """

    clip_ids: np.ndarray
    embeddings: np.ndarray
    skipped: pd.DataFrame
    suspicious: pd.DataFrame


def extract_shard(
    clips: pd.DataFrame,
    root: str | Path,
    spec: Mapping,
    weights: str | Path | Sequence[str | Path] | None,
    shard: int = 0,
    n_shards: int = 1,
    threads: int = 1,
    progress: bool = True,
    keep_suspicious: bool = True,
) -> Extraction:
    """Embed one shard of a corpus.

    Parameters
    ----------
    clips : DataFrame
        The clip table of the whole corpus; `clip_id` and `path` are used.
    root : path
        What the clips' paths are relative to.
    spec : mapping
        A model of `resources/models/`.
    weights : path, sequence of paths, or None
        Its weights on disk.
    shard, n_shards : int
        The table is cut into `n_shards` runs of rows of nearly equal length; embed run `shard`.
    threads : int
        Decoding, front ends and networks of that many batches at once. The result does not
        depend on it, to the bit.
    progress : bool
        Show a progress bar on stderr.
    keep_suspicious : bool
        Embed clips whose sound is odd, instead of skipping them.

    Returns
    -------
    Extraction
    """
    rows = np.array_split(np.arange(len(clips)), n_shards)[shard]
    part = clips.iloc[rows]
    model = load_model(spec, weights)
    if isinstance(model, Precomputed):
        return _look_up(part["clip_id"], model, spec["dim"])
    return embed_clips(
        part["clip_id"],
        [None if pd.isna(path) else Path(root, path) for path in part["path"]],
        model,
        # Of each of the hidden states that the model gives side by side.
        dim=spec["dim"] * len(getattr(model, "layers", None) or [None]),
        resampler=spec.get("resampler", "soxr_hq"),
        peak_normalise=spec.get("peak_normalise", False),
        batch=spec.get("batch", 8),
        threads=threads,
        progress=f"{spec['name']} {shard + 1}/{n_shards}" if progress else None,
        keep_suspicious=keep_suspicious,
    )


def embed_clips(
    clip_ids: Iterable[str],
    paths: list[Path | None],
    model: Model,
    dim: int,
    resampler: str = "soxr_hq",
    peak_normalise: bool = False,
    batch: int = 8,
    threads: int = 1,
    progress: str | None = None,
    keep_suspicious: bool = True,
) -> Extraction:
    """Embed sound files: the mean over each file's frame embeddings.

    The windows of consecutive clips fill batches of one fixed shape, the last one padded with
    zeros. Which windows share a batch depends on `batch` and the clips alone, so the result is
    the same to the bit for any number of threads.

    Parameters
    ----------
    clip_ids : iterable of str
    paths : list of Path or None
        None is skipped as ``no_audio``.
    model : Model
    dim : int
        Length of an embedding.
    resampler, peak_normalise
        See `load_waveform`.
    batch : int
        Windows per call of the network.
    threads : int
    progress : str or None
        Title of a progress bar on stderr; None for no bar.
    keep_suspicious : bool
        See `extract_shard`.

    Raises
    ------
    InputError
        If the model's embeddings are not `dim` long.
    """
    clip_ids = np.asarray(list(clip_ids), dtype=str)
    totals = np.zeros((len(paths), dim))
    counts = np.zeros(len(paths), dtype=np.int64)
    broken: dict[int, BrokenAudio] = {}
    odd: dict[int, list[tuple[str, str]]] = {}

    def prepare(clip: int) -> np.ndarray | BrokenAudio:
        """Decode a clip and cut its windows."""
        path = paths[clip]
        if path is None:
            return BrokenAudio("no_audio", "the clip table names no file")
        seen: list[tuple[str, str]] = []
        try:
            waveform = load_waveform(path, model.sample_rate, resampler, peak_normalise, seen)
            if seen:
                odd[clip] = seen
                if not keep_suspicious:
                    return BrokenAudio(*seen[0])
            # Samples far beyond full scale may overflow; the embedding is checked at the end.
            with np.errstate(over="ignore", invalid="ignore"):
                return model.windows(waveform)
        except BrokenAudio as error:
            return error
        except MemoryError:
            return BrokenAudio("out_of_memory", "its windows do not fit into the memory")
        except OSError as error:
            return BrokenAudio("undecodable", str(error))

    def usable(prepared: Iterable) -> Iterator[tuple[int, np.ndarray]]:
        """Pass on the clips that could be decoded, under a progress bar."""
        bar = tqdm(
            prepared,
            desc=progress,
            total=len(paths),
            unit="clip",
            mininterval=0.5 if sys.stderr.isatty() else 15,
            disable=not progress,
        )
        for clip, windows in enumerate(bar):
            if isinstance(windows, BrokenAudio):
                broken[clip] = windows
            else:
                yield clip, windows

    def embed(batch_windows: np.ndarray, owners: list[tuple[int, slice]]) -> tuple:
        """Run the network on a batch."""
        try:
            frames = model.embed(batch_windows)
        except BrokenAudio as error:  # of a model that takes each clip alone
            return error, owners
        if model.window_shape is not None and len(frames) != len(batch_windows):
            raise InputError(f"gives {len(frames)} rows for {len(batch_windows)} windows, not one")
        return frames, owners

    def collect(done: Future) -> None:
        """Add a batch to the sums of its clips."""
        frames, owners = done.result()
        if isinstance(frames, BrokenAudio):
            broken[owners[0][0]] = frames
            return
        if frames.shape[1:] != (dim,):
            raise InputError(f"dim: is {dim}, but the network gives {frames.shape[1:]}")
        for clip, rows in owners:
            totals[clip] += frames[rows].sum(axis=0, dtype=np.float64)
            counts[clip] += len(frames[rows])

    # Clips are worked on side by side; products within one of them would fight over the cores.
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(threads) as pool:
        prepared = map_ahead(pool, prepare, range(len(paths)), ahead=2 * threads)
        running: deque[Future] = deque()
        for arguments in batches(usable(prepared), model.window_shape, batch):
            running.append(pool.submit(embed, *arguments))
            if len(running) > threads:
                collect(running.popleft())
        for future in running:
            collect(future)

    for clip in np.flatnonzero(counts == 0).tolist():
        broken.setdefault(clip, BrokenAudio("too_short", "the model gave no frame"))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        means = (totals / counts[:, np.newaxis]).astype(np.float32)
    # Checked as it is stored: what float64 holds may be too much for float32.
    for clip in np.flatnonzero(~np.isfinite(means).all(axis=1)).tolist():
        broken.setdefault(
            clip, BrokenAudio("embedding_not_finite", "the model gave NaN or infinity")
        )
    kept = np.setdiff1d(np.arange(len(paths)), list(broken))
    suspicious = [(clip_ids[clip], *one) for clip in sorted(odd) for one in odd[clip]]
    return Extraction(clip_ids[kept], means[kept], _skipped(clip_ids, broken), _reasons(suspicious))


def _look_up(clip_ids: Iterable[str], model: Precomputed, dim: int) -> Extraction:
    """Embeddings that exist already; the clips that have none are skipped."""
    clip_ids = np.asarray(list(clip_ids), dtype=str)
    found, broken = [], {}
    compared = 0
    for clip, clip_id in enumerate(clip_ids):
        embedding = model.look_up(clip_id)
        if embedding is None:
            compared += 1
            # Of thousands that are missing, the first say what is wrong with all.
            near = nearest(clip_id, model.clip_ids) if compared <= COMPARED else ""
            detail = f"{model.place(clip_id)}: lacks this clip{near}"
            broken[clip] = BrokenAudio("not_precomputed", detail)
        elif not np.isfinite(embedding).all():
            broken[clip] = BrokenAudio(
                "embedding_not_finite",
                f"{model.place(clip_id)}: NaN, infinity or more than float32 can hold",
            )
        else:
            found.append(embedding)
    kept = np.setdiff1d(np.arange(len(clip_ids)), list(broken))
    embeddings = np.stack(found) if found else np.empty((0, dim), np.float32)
    return Extraction(clip_ids[kept], embeddings, _skipped(clip_ids, broken), _reasons([]))


def _skipped(clip_ids: np.ndarray, broken: Mapping[int, BrokenAudio]) -> pd.DataFrame:
    return _reasons(
        [(clip_ids[clip], broken[clip].reason, broken[clip].detail) for clip in sorted(broken)]
    )


def _reasons(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=SKIPPED_COLUMNS, dtype=str)

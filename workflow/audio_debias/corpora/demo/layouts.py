"""The demo corpora: seeded renderings in exactly the layouts of IRMAS and OpenMIC-2018.

Both hold the same ten instruments in the same four genres, and differ as recording domains do.
``irmas``: 3 s stereo wav, one predominant instrument over a quieter accompaniment, dry.
``openmic``: 10 s mono ogg, mostly two or three instruments, partly annotated, through a room.
How often an instrument plays in a genre differs too. Every label occurs in every genre of both:
with fewer than 8 positives to train on, a genre's domain direction is noise.

A clip is drawn from the seed and its number alone, so that shards can be rendered in any number,
in any order, and give the same bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from audio_debias.corpora.demo import irmas, openmic
from audio_debias.errors import InputError, nearest


@dataclass(frozen=True)
class Layout:
    """How a demo corpus is planned, rendered and described."""

    plan: Callable[[int, int], pd.DataFrame]
    render_clip: Callable[[pd.Series, Path, int], None]
    write_metadata: Callable[[pd.DataFrame, Path, int], list[Path]]


def plan(layout: str, *, clips: int, seed: int) -> pd.DataFrame:
    """What every clip of a demo corpus is.

    Parameters
    ----------
    layout : str
        ``irmas`` or ``openmic``.
    clips : int
        Wanted number of clips; rounded down to whole songs per label in ``irmas``.
    seed : int

    Returns
    -------
    DataFrame
        One row per clip: ``clip_id``, ``path`` (from the corpus's folder), ``split``, ``genre``,
        ``track_id``, ``labels`` (tuple of what plays) and, in ``openmic``, ``annotated`` (tuple).

    Raises
    ------
    InputError
        If there is no such layout, or too few clips for every cell of label and genre.
    """
    return _layout(layout).plan(clips, seed)


def render_shard(
    layout: str, folder: str | Path, *, clips: int, seed: int, shard: int, n_shards: int
) -> list[Path]:
    """Render every n-th clip of a demo corpus into its folder.

    Parameters
    ----------
    layout : str
        As in :func:`plan`.
    folder : path
        The corpus's folder; made if need be.
    clips, seed : int
        As in :func:`plan`.
    shard, n_shards : int
        Render the clips whose number is `shard` modulo `n_shards`.

    Returns
    -------
    list of Path
        The audio files written.
    """
    rows = plan(layout, clips=clips, seed=seed).iloc[shard::n_shards]
    for _, row in rows.iterrows():
        _layout(layout).render_clip(row, Path(folder), seed)
    return [Path(folder) / path for path in rows["path"]]


def write_metadata(layout: str, folder: str | Path, *, clips: int, seed: int) -> list[Path]:
    """Write the files of a demo corpus that are not audio: split, annotations, genres.

    Returns
    -------
    list of Path
        The files written.
    """
    planned = plan(layout, clips=clips, seed=seed)
    return _layout(layout).write_metadata(planned, Path(folder), seed)


def _layout(name: str) -> Layout:
    if name not in LAYOUTS:
        raise InputError(f"demo: unknown layout {name!r}{nearest(name, LAYOUTS)}")
    return LAYOUTS[name]


LAYOUTS = {
    "irmas": Layout(irmas.plan, irmas.render_clip, irmas.write_metadata),
    "openmic": Layout(openmic.plan, openmic.render_clip, openmic.write_metadata),
}
"""The demo corpora by name."""

"""What a reader left out, told with examples, and refused where it is most of a corpus."""

import logging
from collections.abc import Collection, Mapping

import pandas as pd

from audio_debias.corpora.clips import SPLITS
from audio_debias.corpora.sound_files import NOT_CLIPS
from audio_debias.errors import InputError, closest

_log = logging.getLogger("audio_debias")

NO_LOSS = {*NOT_CLIPS, "duplicate"}
"""Reasons that take no sound from a corpus."""


def told_losses(dropped: pd.DataFrame, known: Collection[str] = ()) -> str:
    """What was dropped, by reason, with one example of each and the name nearest to it.

    Parameters
    ----------
    dropped : DataFrame
        ``clip_id, reason, detail``.
    known : collection of str
        Clips that were kept: a name that nearly is one of these, or one dropped for another
        reason, is shown beside its example.
    """
    if dropped.empty:
        return "none"
    parts = []
    for reason, rows in dropped.groupby("reason", sort=False):
        clip_id, detail = rows["clip_id"].iloc[0], rows["detail"].iloc[0]
        others = {*dropped.loc[dropped["reason"].ne(reason), "clip_id"], *known}
        close = closest(clip_id, others)
        near = f"; nearest: {close!r}" if close else ""
        parts.append(f"{len(rows)} {reason}, such as {clip_id!r} ({detail}{near})")
    return "; ".join(parts)


def check_losses(
    clips: pd.DataFrame,
    dropped: pd.DataFrame,
    *,
    max_share: float,
    source: str,
    expected: Mapping[str, int] | None = None,
) -> None:
    """Refuse a corpus, or a side of its split, that a reader dropped most of.

    Parameters
    ----------
    clips, dropped : DataFrame
        What a reader gave; `dropped` may have a column ``split``.
    max_share : float
        The share that may be dropped, of all clips and of either side.
    source : str
        What to name in the error.
    expected : mapping of split to int, optional
        Numbers of clips that the corpus's definition declares: they say what is right.

    Raises
    ------
    InputError
        With the counts, and of each reason one clip and the name nearest to it.
    """
    lost = dropped[~dropped["reason"].isin(NO_LOSS)]
    if expected or lost.empty:
        return
    parts = [("clips", len(clips), lost)]
    if "split" in lost:
        for side in SPLITS:
            kept = int(clips["split"].eq(side).sum())
            parts.append((f"{side} clips", kept, lost[lost["split"].eq(side)]))
    for what, kept, rows in parts:
        share = len(rows) / max(kept + len(rows), 1)
        if share <= max_share:
            continue
        # A failed job's outputs are deleted; its log stays.
        _log.info("dropped:\n%s", dropped.to_csv(index=False))
        raise InputError(
            f"{source}: {len(rows)} of {kept + len(rows)} {what} were dropped, more than the share "
            f"{max_share:g} of extraction.max_dropped: {told_losses(lost, clips['clip_id'])}; the "
            "log lists them all; mend the names, or raise the share"
        )

"""The clips worth hearing: most wrongly decided, and decided otherwise by a correction."""

import base64
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile

from audio_debias.models.waveforms import load_waveform
from audio_debias.reports.answer import Answer
from audio_debias.sound.decoding import BrokenAudio

MOST = 60
"""Clips with sound in a page at most."""

_RATE = 16_000
_KEYS = ["train_corpus", "test_corpus", "label", "clip_id"]
COLUMNS = [*("pair", "model"), *_KEYS, "truth", "before", "after", "flipped"]


def telling_clips(before: pd.DataFrame, after: pd.DataFrame, most: int) -> pd.DataFrame:
    """Clips of the other corpus that a classifier gets wrong with the greatest confidence, and
    those whose decision a correction flips, half of the list each.

    Parameters
    ----------
    before, after : DataFrame
        Scores without and with the correction: ``train_corpus, test_corpus, label, clip_id,
        logit, truth``.
    most : int
        Rows at most. A clip stands once, with the label on which it is most telling.

    Returns
    -------
    DataFrame
        ``train_corpus, test_corpus, label, clip_id, truth, before, after`` (probabilities) and
        ``flipped``; flips first, each in order of confidence.
    """
    both = before.merge(after[[*_KEYS, "logit"]], on=_KEYS, suffixes=("", "_after"))
    both = both[both["train_corpus"] != both["test_corpus"]]
    sign = np.where(both["truth"], 1, -1)
    both = both.assign(
        flipped=(both["logit"] > 0) != (both["logit_after"] > 0),
        error=-sign * both["logit"],
        moved=(both["logit_after"] - both["logit"]).abs(),
    )
    flips = both[both["flipped"]].sort_values("moved", ascending=False, kind="stable")
    wrong = both[~both["flipped"] & (both["error"] > 0)]
    wrong = wrong.sort_values("error", ascending=False, kind="stable")
    flips, wrong = (part.drop_duplicates("clip_id") for part in (flips, wrong))
    flips = flips.head(most - min(most // 2, len(wrong)))
    wrong = wrong[~wrong["clip_id"].isin(flips["clip_id"])].head(most - len(flips))
    rows = pd.concat([flips, wrong], ignore_index=True)
    logits = {"before": rows["logit"], "after": rows["logit_after"]}
    rows = rows.assign(**{when: 1 / (1 + np.exp(-value)) for when, value in logits.items()})
    return rows[COLUMNS[2:]]


def clips_of_run(
    answers: list[Answer],
    read_scores: Callable[[str, str, str, str], pd.DataFrame],
    most: int,
) -> pd.DataFrame:
    """The telling clips of every pair and model, without and with its best correction.

    Parameters
    ----------
    answers : list of Answer
    read_scores : callable
        From pair, model, method and mode (``any`` if it does not depend on it) to scores.
    most : int
        Rows in all.

    Returns
    -------
    DataFrame
        `COLUMNS`.
    """
    cells = [
        (answer.pair, model, *best) for answer in answers for model, best in answer.best.items()
    ]
    found = [
        telling_clips(
            read_scores(pair, model, "none", "any"),
            read_scores(pair, model, method, mode),
            max(most // len(cells), 1),
        ).assign(pair=pair, model=model)
        for pair, model, method, mode in cells[:most]
    ]
    return pd.concat(found, ignore_index=True)[COLUMNS] if found else pd.DataFrame(columns=COLUMNS)


def excerpt(path: str | Path, seconds: float = 3.0) -> str | None:
    """The first seconds of a file as an MP3 in a data URI; null for what cannot be decoded."""
    try:
        samples = load_waveform(path, _RATE)[: int(seconds * _RATE)]
    except BrokenAudio:
        return None
    file = io.BytesIO()
    soundfile.write(
        file, samples, _RATE, format="MP3", subtype="MPEG_LAYER_III", compression_level=0.9
    )
    return f"data:audio/mpeg;base64,{base64.b64encode(file.getvalue()).decode()}"


def with_sound(
    clips: pd.DataFrame, paths: Mapping[str, pd.Series], roots: Mapping[str, str | None]
) -> pd.DataFrame:
    """Add the columns ``path`` and ``sound`` to a list of clips.

    Parameters
    ----------
    clips : DataFrame
        `COLUMNS`.
    paths : mapping of corpus to Series
        Path of each clip, indexed by ``clip_id``; null without audio.
    roots : mapping of corpus to str or None
        Folder of the audio of each corpus whose licence lets sound be passed on, else None.
    """
    files = [
        paths[corpus].get(clip) if corpus in paths else None
        for corpus, clip in zip(clips["test_corpus"], clips["clip_id"], strict=True)
    ]
    files = [None if pd.isna(file) else str(file) for file in files]
    sounds = [
        excerpt(Path(root) / file) if file and (root := roots.get(corpus)) and i < MOST else None
        for i, (corpus, file) in enumerate(zip(clips["test_corpus"], files, strict=True))
    ]
    return clips.assign(
        path=pd.Series(files, clips.index, object), sound=pd.Series(sounds, clips.index, object)
    )

"""Sounds that are in two corpora: a transfer between them is tested on what it has seen."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from audio_debias.corpora.copies import same_sound
from audio_debias.files import replacing

COLUMNS = ["corpus", "clip_id", "split", "other_corpus", "other_clip_id", "other_split"]


def shared_sounds(
    clips: Mapping[str, pd.DataFrame], roots: Mapping[str, str | Path]
) -> pd.DataFrame:
    """Clips that have the same samples in two corpora.

    Parameters
    ----------
    clips : mapping of corpus to DataFrame
        Clip tables; a null path is passed over.
    roots : mapping of corpus to path
        What the paths are relative to.

    Returns
    -------
    DataFrame of str
        ``corpus, clip_id, split, other_corpus, other_clip_id, other_split``: one row for each
        clip of the earlier corpus, with the first clip of the other that has its sound.
    """
    parts = [
        table.loc[table["path"].notna(), ["clip_id", "path", "split"]].assign(corpus=corpus)
        for corpus, table in clips.items()
    ]
    heard = pd.concat(parts, ignore_index=True)
    paths = [
        Path(roots[corpus], path)
        for corpus, path in zip(heard["corpus"], heard["path"], strict=True)
    ]
    heard = heard.assign(sound=same_sound(paths)).dropna(subset="sound")
    pairs = heard.merge(heard, on="sound", suffixes=("", "_other"))
    order = {corpus: number for number, corpus in enumerate(clips)}
    pairs = pairs[pairs["corpus"].map(order) < pairs["corpus_other"].map(order)]
    pairs = pairs.rename(
        columns={f"{c}_other": f"other_{c}" for c in ("corpus", "clip_id", "split")}
    )
    pairs = pairs.sort_values(COLUMNS).drop_duplicates(["corpus", "clip_id", "other_corpus"])
    return pairs[COLUMNS].astype("str").reset_index(drop=True)


def told_shared(shared: pd.DataFrame) -> list[str]:
    """A warning for each two corpora that share sounds, with the count and an example."""
    return [
        f"warning: {len(part)} clips of {one} are in {other} too, such as "
        f"{part['clip_id'].iloc[0]!r} = {part['other_clip_id'].iloc[0]!r}: a transfer between them "
        "is tested on what it was trained on"
        for (one, other), part in shared.groupby(["corpus", "other_corpus"], sort=False)
    ]


def write_shared(shared: pd.DataFrame, path: str | Path) -> None:
    """Write what :func:`shared_sounds` gives as CSV."""
    with replacing(path) as temporary:
        shared.to_csv(temporary, index=False, lineterminator="\n")


def read_shared(path: str | Path) -> pd.DataFrame:
    """Read what :func:`write_shared` wrote; a clip may be called NA."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)

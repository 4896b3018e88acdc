"""The sources of one pair and model: clips, embeddings and properties put side by side."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from audio_debias.errors import InputError
from audio_debias.evidence.domain_scores import domain_scores
from audio_debias.evidence.factors import factors_of
from audio_debias.evidence.sources import FOLDS, attribute, fewest_tracks, identification
from audio_debias.samples.rows import rows_of

MAX_CLIPS = 1000
"""Clips of each corpus, drawn by the seed: a support vector machine grows faster than they do."""


def pair_sources(
    clips: Mapping[str, pd.DataFrame],
    embeddings: Mapping[str, pd.DataFrame],
    properties: Mapping[str, pd.DataFrame],
    labels: Sequence[str],
    seed: int = 0,
    max_clips: int = MAX_CLIPS,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Attribute what tells two corpora apart.

    Parameters
    ----------
    clips, embeddings, properties : mapping of str to DataFrame
        By the names of the two corpora, in their order: the clip tables, the embeddings indexed by
        ``clip_id``, the properties. Clips that lack one of the three are left out.
    labels : sequence of str
    seed : int
    max_clips : int

    Returns
    -------
    sources, identified : DataFrame
        As :func:`~audio_debias.evidence.sources.attribute` and
        :func:`~audio_debias.evidence.sources.identification` give them.

    Raises
    ------
    InputError
        If a corpus has less than ten such clips, or they are of less than five tracks.
    """
    parts, rows = [], []
    rng = np.random.default_rng(seed)
    # A label may be called as a property is, such as noise.
    own_names = {label: f"label {label}" for label in labels}
    for code, (name, table) in enumerate(clips.items()):
        measured = properties[name].drop(columns="seconds")
        part = table.rename(columns=own_names).merge(measured, on="clip_id")
        part["seconds"] = part["clip_id"].map(properties[name].set_index("clip_id")["seconds"])
        part = part[part["clip_id"].isin(embeddings[name].index)]
        if len(part) < 10:
            raise InputError(
                f"sources: {name}: {len(part)} clips have properties; 10 are needed, or "
                "`sources: false` in the config"
            )
        if len(part) > max_clips:
            part = part.iloc[np.sort(rng.choice(len(part), max_clips, replace=False))]
        rows.append(rows_of(embeddings[name], part["clip_id"].tolist(), name))
        parts.append(part.assign(domain=code))
    together, x = pd.concat(parts, ignore_index=True), np.concatenate(rows)
    domain = together["domain"].to_numpy()
    # A track's excerpts, and a clip and the clips derived from it, have one name.
    groups = together["track_id"].fillna(together["clip_id"]).to_numpy(dtype=str)
    if (tracks := fewest_tracks(domain, groups)) < FOLDS:
        raise InputError(
            f"sources: {' or '.join(clips)}: its clips are of {tracks} tracks; {FOLDS} are needed, "
            "or `sources: false` in the config"
        )
    scores = domain_scores(x, domain, groups, seed)
    own = together.reindex(columns=list(own_names.values()))
    factors = factors_of(together, together["genre"], own, domain)
    sources = attribute(scores, domain, factors, groups, seed)
    return sources, identification(scores, domain, groups, seed)

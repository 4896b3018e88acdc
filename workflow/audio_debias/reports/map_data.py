"""The maps of the clips as the page holds them: compact, one block a pair."""

from collections.abc import Mapping, Sequence
from math import isnan

import numpy as np
import pandas as pd

from audio_debias.corpora.properties import PROPERTIES
from audio_debias.reports.clip_map import COLUMNS
from audio_debias.reports.names import corpora_of

VALUES = 1_000_000
"""Coordinates on the page at most; with more, every second, third, ... clip is shown."""

_PLACES = COLUMNS[3:]


def map_blocks(
    maps: Mapping[tuple[str, str], pd.DataFrame],
    clips: Mapping[str, pd.DataFrame],
    properties: Mapping[str, pd.DataFrame],
    words: Mapping[str, Sequence],
) -> dict[str, dict]:
    """The maps of every pair.

    Parameters
    ----------
    maps : mapping of (pair, model) to DataFrame
        What :func:`~audio_debias.reports.clip_map.clip_map` gives.
    clips : mapping of corpus to DataFrame
        Clip tables; pools of corpora may be absent.
    properties : mapping of corpus to DataFrame
        Recording properties by ``clip_id``; may be empty.
    words : mapping
        What :func:`~audio_debias.reports.index_data.vocabulary` gives.

    Returns
    -------
    dict of str to dict
        ``clips``: ``[side, clip_id, genre]``; ``truth``: per label 1, 0 or null for each clip;
        ``properties``: per title the value of each clip; ``models``: per model and label, by their
        indices, a list for each of the coordinates of the map, in hundredths, null where a model
        has no embedding.
    """
    step = -(-sum(len(table) * len(_PLACES) for table in maps.values()) // VALUES)
    codes = {name: i for i, (name, _) in enumerate(words["models"])}
    found = {}
    for pair in dict.fromkeys(pair for pair, _ in maps):
        own = {model: table for (one, model), table in maps.items() if one == pair and len(table)}
        if not own:
            continue
        ids = pd.concat(table[["corpus", "clip_id"]] for table in own.values()).drop_duplicates()
        ids = ids.iloc[::step]
        shown = pd.MultiIndex.from_frame(ids)
        details = _details(ids, clips)
        found[pair] = {
            "clips": [
                [corpora_of(pair).index(corpus), clip, genre]
                for (corpus, clip), genre in zip(shown, _plain(details["genre"]), strict=True)
            ],
            "truth": {
                i: _plain(details[label].astype("Int64"))
                for i, label in enumerate(words["labels"])
                if label in details
            },
            "properties": _measured(ids, properties),
            "models": {
                codes[model]: {
                    words["labels"].index(label): _placed(part, shown)
                    for label, part in table.groupby("label", sort=False)
                    if label in words["labels"]
                }
                for model, table in own.items()
                if model in codes
            },
        }
    return found


def _details(ids: pd.DataFrame, clips: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Genre and labels of the clips, in their order."""
    tables = [table.assign(corpus=corpus) for corpus, table in clips.items()]
    return ids.merge(pd.concat(tables), "left", ["corpus", "clip_id"])


def _measured(ids: pd.DataFrame, properties: Mapping[str, pd.DataFrame]) -> dict[str, list]:
    """The numbers measured of the clips, by their titles."""
    if not properties:
        return {}
    tables = [table.assign(corpus=corpus) for corpus, table in properties.items()]
    known = ids.merge(pd.concat(tables), "left", ["corpus", "clip_id"])
    found = {}
    for name, about in PROPERTIES.items():
        if name in known and about.kind is not str and known[name].notna().any():
            values = [float(f"{value:.3g}") for value in known[name].astype(float)]
            title = about.title + (f" ({about.unit})" if about.unit else "")
            found[title] = _plain(pd.Series(values))
    return found


def _placed(part: pd.DataFrame, shown: pd.MultiIndex) -> list[list]:
    """A list for each coordinate, in hundredths."""
    at = shown.get_indexer(pd.MultiIndex.from_frame(part[["corpus", "clip_id"]]))
    placed = np.full((len(_PLACES), len(shown)), np.nan)
    placed[:, at[at >= 0]] = part[_PLACES].to_numpy(float)[at >= 0].T
    hundredths = (100 * placed).round().clip(-1e6, 1e6)
    return [[None if isnan(one) else int(one) for one in row] for row in hundredths.tolist()]


def _plain(values: pd.Series) -> list:
    """Values that JSON knows, None for those that are missing or infinite."""
    values = values.astype(object).where(values.notna(), None)
    return [None if isinstance(one, float) and not np.isfinite(one) else one for one in values]

"""The numbers of the page: compact, one block a pair, so that a browser reads only what it shows.

AUCs and changes are integers in hundredths of AUC points; names are indices into the lists of
:func:`vocabulary`.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from audio_debias.evidence.verdicts import VERDICTS
from audio_debias.reports.names import Names, transfers_of

_CHANGE = ["change", "change_low", "change_high"]
_POINTS = ["auc", "low", "high", *_CHANGE]


def vocabulary(intervals: pd.DataFrame, names: Names) -> dict:
    """What the indices of the blocks stand for: own names and titles.

    Parameters
    ----------
    intervals : DataFrame
        What :func:`~audio_debias.reports.answer.once` gives.
    names : mapping of str to str
    """
    titled = {
        key + "s": [[name, names.get(name, name)] for name in intervals[key].unique()]
        for key in ("model", "method", "pair")
    }
    plain = {key + "s": intervals[key].unique().tolist() for key in ("mode", "label")}
    return titled | plain | {"verdicts": list(VERDICTS)}


def blocks(
    intervals: pd.DataFrame,
    in_space: pd.DataFrame,
    words: Mapping[str, Sequence],
    names: Names,
) -> dict[str, dict]:
    """Per pair: its corpora and a row for every model, method, mode and label.

    Parameters
    ----------
    intervals, in_space : DataFrame
        The changes against the uncorrected embedding, and against the method's own space.
    words : mapping
        What :func:`vocabulary` gives.
    names : mapping of str to str

    Returns
    -------
    dict of str to dict
        ``corpora`` and ``rows``: ``[model, method, mode, label, cells]``, a cell for each transfer
        of :func:`~audio_debias.reports.names.transfers_of`: ``[auc, low, high, positives,
        [change, low, high, verdict], the same in its own space]``, or null.
    """
    keys = ["pair", "model", "method", "mode", "train_corpus", "test_corpus", "label"]
    both = intervals.merge(
        in_space[[*keys, *_CHANGE, "verdict"]], "left", keys, suffixes=("", "_own")
    )
    codes = {
        key: {
            (one[0] if isinstance(one, list) else one): i for i, one in enumerate(words[key + "s"])
        }
        for key in ("model", "method", "mode", "label", "verdict")
    }
    columns = [*_POINTS, *(f"{name}_own" for name in _CHANGE)]
    points = {name: _hundredths(both[name]) for name in columns}
    positives = both["positives"].astype(object).where(both["positives"].notna(), None).tolist()
    verdicts, own = (
        [codes["verdict"].get(one) for one in both[name]] for name in ("verdict", "verdict_own")
    )
    found: dict[str, dict] = {}
    rows: dict[tuple, list] = {}
    position = {
        (pair, *transfer): i
        for pair in both["pair"].unique()
        for i, transfer in enumerate(transfers_of(pair))
    }
    for i, (pair, model, method, mode, train, test, label) in enumerate(
        both[keys].itertuples(index=False)
    ):
        key = (pair, model, method, mode, label)
        if key not in rows:
            corpora = [names.get(name, name) for name in transfers_of(pair)[3]]
            block = found.setdefault(pair, {"corpora": corpora, "rows": []})
            indices = [
                codes[name][value]
                for name, value in zip(("model", "method", "mode", "label"), key[1:], strict=True)
            ]
            rows[key] = [None] * 4
            block["rows"].append([*indices, rows[key]])
        rows[key][position[pair, train, test]] = [
            *(points[name][i] for name in ("auc", "low", "high")),
            positives[i],
            [*(points[name][i] for name in _CHANGE), verdicts[i]],
            [*(points[f"{name}_own"][i] for name in _CHANGE), own[i]],
        ]
    return found


def removal(adversaries: pd.DataFrame, words: Mapping[str, Sequence]) -> dict[str, list]:
    """Per pair, how well adversaries still tell the corpora apart after each correction.

    Returns
    -------
    dict of str to list
        ``[model, method, mode, adversary, before, after, low, high, null_high]``.
    """
    points = ["auc_before", "auc_after", "after_low", "after_high", "null_high"]
    return _listed(adversaries, ["model", "method", "mode"], ["adversary"], points, words)


def cosines(table: pd.DataFrame, words: Mapping[str, Sequence], names: Names) -> dict[str, list]:
    """Per pair, the angle between the classifier's and the domain's direction.

    Returns
    -------
    dict of str to list
        ``[model, mode, label, train corpus, space, |cosine|]``, the last times 10,000.
    """
    table = table.assign(
        cosine=table["cosine"].abs(),
        train=table["train_corpus"].map(lambda name: names.get(name, name)),
    )
    table = table[table["label"].isin(words["labels"])]
    return _listed(table, ["model", "mode", "label"], ["train", "space"], ["cosine"], words)


def strengths(table: pd.DataFrame, words: Mapping[str, Sequence]) -> dict[str, list]:
    """Per pair, what erasers leave of the domain and the AUCs, along their strength.

    Parameters
    ----------
    table : DataFrame
        What :func:`~audio_debias.evidence.strength.along_strength` gives.
    words : mapping
        What :func:`vocabulary` gives.

    Returns
    -------
    dict of str to list
        ``[model, mode, curve, strength, linear, nonlinear, cross, within]``, the curve by the
        method of full strength.
    """
    # The vocabulary may know a curve that no mode changes under ``any`` alone.
    table = table.assign(
        method=table["curve"], mode=table["mode"].where(table["mode"].isin(words["modes"]), "any")
    ).drop_duplicates(["pair", "model", "mode", "curve", "strength"])
    points = ["strength", "linear", "nonlinear", "cross", "within"]
    return _listed(table, ["model", "mode", "method"], [], points, words)


def _listed(table, coded, plain, points, words) -> dict[str, list]:
    columns = {}
    for key in coded:
        codes = {(o[0] if isinstance(o, list) else o): i for i, o in enumerate(words[key + "s"])}
        columns[key] = [codes.get(value) for value in table[key]]
    columns |= {key: table[key].tolist() for key in plain}
    columns |= {key: _hundredths(table[key]) for key in points}
    found: dict[str, list] = {}
    for pair, *row in zip(table["pair"], *columns.values(), strict=True):
        if None not in row[: len(coded)]:
            found.setdefault(pair, []).append(row)
    return found


def _hundredths(values: pd.Series) -> list:
    scaled = (10_000 * values.astype("Float64")).round().astype("Int64")
    return scaled.astype(object).where(scaled.notna(), None).tolist()

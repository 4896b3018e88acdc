"""What a run left out, counted by reason: nothing is dropped silently."""

from collections.abc import Mapping, Sequence

import pandas as pd

from audio_debias.reports.names import Names, row_name
from audio_debias.reports.page import render
from audio_debias.reports.summary import FEW

_FEW = f"fewer than {FEW} positive test clips"
_CELL = ["pair", "model", "method", "mode"]


def count_exclusions(
    dropped: Mapping[str, pd.DataFrame],
    skipped: Mapping[tuple[str, str], pd.DataFrame],
    excluded: Mapping[tuple[str, str], pd.DataFrame],
    lacking: pd.DataFrame,
    names: Names | None = None,
    few: pd.DataFrame | None = None,
    shared: pd.DataFrame | None = None,
    near: Sequence[pd.DataFrame] = (),
    suspicious: Mapping[tuple[str, str], pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """Count what readers, models, samples and corrections left out.

    Parameters
    ----------
    dropped : mapping of corpus to DataFrame
        ``clip_id, reason, detail`` of clips that the reader left out.
    skipped : mapping of (model, corpus) to DataFrame
        ``clip_id, reason, detail`` of clips that gave no embedding.
    excluded : mapping of (pair, model) to DataFrame
        ``label, reason, detail`` of labels that cannot be compared.
    lacking : DataFrame
        ``pair, model, method, mode, label, genre, reason``: one row per direction that a correction
        lacks; genre is null where it is the direction of all clips.
    names : mapping of str to str, optional
        Display names of models, methods, corpora and pairs of them.
    few : DataFrame, optional
        What :func:`~audio_debias.reports.summary.few_positives` gives.
    shared : DataFrame, optional
        What :func:`~audio_debias.corpora.shared_sounds.shared_sounds` gives.
    near : sequence of DataFrame
        What :func:`~audio_debias.evidence.near_copies.resting_share` gives, with ``pair, model``.
    suspicious : mapping of (model, corpus) to DataFrame, optional
        ``clip_id, reason, detail`` of clips whose sound is odd.

    Returns
    -------
    DataFrame
        ``stage, where, reason, count, example``: one row per reason and place, the example being
        the first clip, label, or label and genre.
    """
    names = names or {}

    def called(name: str) -> str:
        """The display name, if there is one."""
        return names.get(name, name)

    parts = [
        *(("clips dropped", called(corpus), "clip_id", t) for corpus, t in dropped.items()),
        *(
            ("clips without embedding", f"{called(corpus)}, {called(model)}", "clip_id", t)
            for (model, corpus), t in skipped.items()
        ),
        *(
            ("suspicious clips", f"{called(corpus)}, {called(model)}", "clip_id", t)
            for (model, corpus), t in (suspicious or {}).items()
        ),
        *(
            (
                "labels excluded",
                f"{called(pair)}, {called(model)}",
                "label",
                t,
            )
            for (pair, model), t in excluded.items()
        ),
    ]
    rows = [
        (stage, where, reason, len(table), str(table[subject].iloc[0]))
        for stage, where, subject, listed in parts
        for reason, table in listed.groupby("reason", sort=False)
    ]
    for (pair, model, method, mode), part in lacking.groupby(_CELL, sort=False):
        where = f"{called(pair)}, {row_name(model, method, names)}"
        first = part[["label", "genre", "reason"]].iloc[0].dropna()
        rows.append(("directions", f"{where}, {mode}", "not fitted", len(part), ": ".join(first)))
    if few is not None:
        for (pair, corpus), part in few.groupby(["pair", "test_corpus"], sort=False):
            first = f"{part['label'].iloc[0]} ({part['support'].iloc[0]})"
            where = f"{called(pair)}, tested on {called(corpus)}"
            rows.append(("labels judged roughly", where, _FEW, len(part), first))
    if shared is not None:
        for (one, other), part in shared.groupby(["corpus", "other_corpus"], sort=False):
            first = f"{part['clip_id'].iloc[0]} = {part['other_clip_id'].iloc[0]}"
            where = f"{called(one)} and {called(other)}"
            rows.append(("clips in two corpora", where, "same sound", len(part), first))
    for row in (row for table in near for row in table[table["suspects"] > 0].itertuples()):
        where = f"{called(row.train_corpus)} → {called(row.test_corpus)}, {called(row.model)}"
        reason = f"near a training clip: ROC-AUC {row.auc:.3f}, without them {row.auc_without:.3f}"
        rows.append(("suspected copies", where, reason, row.suspects, row.example))
    return pd.DataFrame(rows, columns=["stage", "where", "reason", "count", "example"])


def html_exclusions(counts: pd.DataFrame, title: str = "What was left out") -> str:
    """The counts as one self-contained HTML page.

    Parameters
    ----------
    counts : DataFrame
        What :func:`count_exclusions` gives.
    title : str
        The title of the page.
    """
    return render("exclusions.html", title, rows=counts.to_dict("records"))

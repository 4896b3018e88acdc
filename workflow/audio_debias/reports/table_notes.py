"""What stands below the paper's table: labels left out, and controls."""

import pandas as pd

from audio_debias.evidence import wording as say
from audio_debias.reports.names import Names, transfer_name


def label_notes(left_out: pd.DataFrame | None, pair: str) -> list[str]:
    """Which labels lack a ROC-AUC, in how many means, and why.

    Parameters
    ----------
    left_out : DataFrame, optional
        What :func:`~audio_debias.reports.summary.left_out` gives.
    pair : str
    """
    if left_out is None:
        return []
    here = left_out[left_out["pair"] == pair]
    counted = here.groupby(["label", "reason"], sort=False, as_index=False)["rows"].sum()
    return [
        f"{label}: left out of {rows} mean{'s' * (rows > 1)} ({reason})"
        for label, reason, rows in counted.itertuples(index=False)
    ]


def few_notes(few: pd.DataFrame | None, pair: str, names: Names) -> list[str]:
    """Which labels are judged on a handful of positive test clips.

    Parameters
    ----------
    few : DataFrame, optional
        What :func:`~audio_debias.reports.summary.few_positives` gives.
    pair : str
    names : mapping of str to str
        Display names of corpora.
    """
    if few is None:
        return []
    return [
        f"{row.label}: only {row.support} positive test clip{'' if row.support == 1 else 's'} in "
        f"{names.get(row.test_corpus, row.test_corpus)}; its part of the mean is rough"
        for row in few[few["pair"] == pair].itertuples()
    ]


def control_notes(permuted: pd.DataFrame | None, pair: str, names: Names) -> list[str]:
    """What came out with permuted labels and corpora, where 50 must.

    Parameters
    ----------
    permuted : DataFrame, optional
        ``control, pair, model, train_corpus, test_corpus, auc, low, high, at_chance``.
    pair : str
    names : mapping of str to str
    """
    if permuted is None:
        return []
    notes = []
    here = permuted[permuted["pair"] == pair]
    for model, rows in here.groupby("model", sort=False):
        told = []
        for row in rows.to_dict("records"):
            where = row["control"]
            if pd.notna(row["train_corpus"]):
                where += f" {transfer_name(row['train_corpus'], row['test_corpus'], names)}"
            alarm = "" if row["at_chance"] else " (not at chance!)"
            told.append(f"{where} {say.estimate(row, 'auc', 'low', 'high')}{alarm}")
        notes.append(f"Controls of {names.get(model, model)}, 50 expected: {'; '.join(told)}")
    return notes

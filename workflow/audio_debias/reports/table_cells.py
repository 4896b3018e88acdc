"""The cells of the paper's table as text: AUCs, changes, intervals and verdicts."""

import pandas as pd

from audio_debias.evidence.verdicts import BETTER, OPEN, SAME, WORSE
from audio_debias.experiment.method import REFERENCE

MARKS = {BETTER: "▲", WORSE: "▼", SAME: "=", OPEN: "?"}
"""What stands for a verdict."""

_TONES = {BETTER: "gain", WORSE: "loss"}


def text_cell(text: str) -> dict:
    """A cell of text alone."""
    return {
        **{"text": text, "interval": "", "change": "", "change_interval": ""},
        **{"mark": "", "verdict": "", "tone": "", "count": ""},
    }


def auc_cell(row: pd.Series, key: str, most: int) -> dict:
    """The cell of one mode and transfer.

    Parameters
    ----------
    row : Series
        A row of :func:`~audio_debias.reports.table.wide_table`.
    key : str
        Mode and transfer, such as ``global_a_to_b``.
    most : int
        Labels in a mean that lacks none.

    Returns
    -------
    dict of str to str
        ``text, interval, change, change_interval, mark, verdict, tone, count``. A change is shown
        across corpora. With verdicts only a change that is better or worse has a tone; without,
        every one has that of its sign.
    """
    auc, change, labels = (row[f"{key}_{quantity}"] for quantity in ("auc", "change", "labels"))
    judged = f"{key}_verdict" in row.index
    cell = text_cell(number(auc, 2)) | {"count": f"[{labels}/{most}]" if labels < most else ""}
    if judged:
        cell["interval"] = _bounds(row, key, "low", "high", 1)
    across = key.endswith(("a_to_b", "b_to_a"))
    if not across or row["method"] == REFERENCE or pd.isna(change):
        return cell
    cell["change"] = f"({signed(change)})"
    if not judged:
        return cell | {"tone": ["", "gain", "loss"][_sign(change)]}
    verdict = row[f"{key}_verdict"]
    verdict = "unknown" if pd.isna(verdict) else verdict
    return cell | {
        "change_interval": _bounds(row, key, "change_low", "change_high", 2),
        "mark": MARKS.get(verdict, ""),
        "verdict": verdict,
        "tone": _TONES.get(verdict, "faint"),
    }


def band_cell(band: pd.DataFrame, transfer: tuple[str, str]) -> dict:
    """Where the change by random directions falls; empty within a corpus.

    Parameters
    ----------
    band : DataFrame
        ``low, high`` in [0, 1], indexed by train and test corpus.
    transfer : (str, str)
    """
    if transfer[0] == transfer[1] or transfer not in band.index:
        return text_cell("")
    low, high = (100 * float(band.loc[transfer, bound]) for bound in ("low", "high"))
    return text_cell("") | {"change": f"({signed(low)} to {signed(high)})", "tone": "faint"}


def signed(points: float) -> str:
    """A change or difference in AUC points, such as ``+0.18``; ``0.00`` has no sign."""
    return f"{points:+.2f}" if round(points, 2) else "0.00"


def number(value: float, decimals: int) -> str:
    """A number of the table; a dash for none."""
    return "–" if pd.isna(value) else f"{value:.{decimals}f}"


def arrow(row: pd.Series, key: str, decimals: int) -> str:
    """A measure before and after a correction, such as ``99.1 → 54.0``."""
    return " → ".join(number(row[f"{key}_{when}"], decimals) for when in ("before", "after"))


def _bounds(row: pd.Series, key: str, low: str, high: str, decimals: int) -> str:
    ends = [row[f"{key}_{name}"] for name in (low, high)]
    return "" if any(map(pd.isna, ends)) else f"[{ends[0]:.{decimals}f}, {ends[1]:.{decimals}f}]"


def _sign(change: float) -> int:
    shown = round(change, 2)
    return (shown > 0) - (shown < 0)

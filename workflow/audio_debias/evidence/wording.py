"""How names and numbers are written in sentences."""

from collections.abc import Mapping, Sequence

import pandas as pd

Names = Mapping[str, str]
"""Display names of models, corpora, pairs and methods; a name that is absent stands for itself."""

WIDE_NULL = 0.75
"""Where names permuted reach this domain AUC, there are too few tracks to tell anything."""

_ADVERSARIES = {"rbf": "a nonlinear one", "neighbours": "nearest neighbours"}


def name(own: str, names: Names) -> str:
    """What people read for a name."""
    return names.get(own, own)


def transfer(row: pd.Series, names: Names) -> str:
    """A transfer as ``train → test``."""
    return " → ".join(name(row[f"{end}_corpus"], names) for end in ("train", "test"))


def others(aucs: pd.Series) -> str:
    """The AUCs of the adversaries but for the linear one."""
    known = [one for one in _ADVERSARIES if one in aucs.index]
    return ", ".join(f"{_ADVERSARIES[one]} at {auc(aucs[one])}" for one in known)


def verdict(row: pd.Series) -> str:
    """The verdict of a change."""
    return row["verdict"] if pd.notna(row["verdict"]) else "unknown"


def auc(value: float) -> str:
    """An AUC in points, such as ``99.6``."""
    return "–" if pd.isna(value) else f"{100 * value:.1f}"


def change(value: float) -> str:
    """A change or a drop in points, with a true minus sign; zero has none."""
    return f"{round(100 * value, 2) + 0.0:.2f}".replace("-", "−")


def signed(value: float) -> str:
    """The same with a plus sign; zero has none."""
    points = round(100 * value, 2)
    return f"{points:+.2f}".replace("-", "−") if points else "0.00"


def bounds(low: float, high: float) -> str:
    """The interval of a change, such as ``[−1.20, 0.50]``."""
    if pd.isna(low) or pd.isna(high):
        return "[unknown]"
    return f"[{change(low)}, {change(high)}]"


def estimate(row: pd.Series, name: str, low: str, high: str) -> str:
    """An AUC and its interval, such as ``99.6 [99.1, 99.8]``; a perfect one has none."""
    known = pd.notna(row[low]) and pd.notna(row[high])
    return auc(row[name]) + (f" [{auc(row[low])}, {auc(row[high])}]" if known else "")


def percent(level: float) -> str:
    """The coverage of an interval, such as ``95 %``."""
    return f"{100 * level:g} %"


def plain(value) -> float | None:
    """A number for JSON; null where there is none."""
    return None if pd.isna(value) else round(float(value), 6)


def numbers(row: pd.Series, keys: Sequence[str]) -> dict:
    """Some numbers of a row for JSON."""
    return {key: plain(row[key]) for key in keys}

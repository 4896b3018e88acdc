"""Whether a change is real: a two-sided test, Holm's correction, a margin, a verdict."""

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtr

BETTER, WORSE, SAME, OPEN = "better", "worse", "no difference", "cannot tell"
VERDICTS = (BETTER, WORSE, SAME, OPEN)

POWER = 0.8
"""How surely a change as large as the margin is to be found by the test clips asked for."""


def judge(
    table: pd.DataFrame, sd: np.ndarray, df: np.ndarray, *, level: float, margin: float
) -> pd.DataFrame:
    """Add ``p``, ``p_holm``, ``verdict`` and ``clips_needed`` to a table of changes.

    Parameters
    ----------
    table : DataFrame
        ``pair, label, change, change_low, change_high, change_sd_test, change_sd_training,
        clips``, and what tells its rows apart. Rows that differ by ``mode`` alone are one test.
    sd, df : arrays of float64, shape (rows,)
        Standard deviation of each change and its degrees of freedom.
    level : float
        1 - level is the share of tables with a false *better* or *worse* in them.
    margin : float
        In [0, 1]. An interval inside it is *no difference*.

    Returns
    -------
    DataFrame
        The same rows; null in all four columns where there is no change or nothing known of its
        spread.
    """
    change = table["change"].to_numpy(float)
    p = two_sided_p(change, sd, df)
    # A method that does not depend on the mode stands under each, and is tested once.
    same = table.groupby([name for name in table if name != "mode"], dropna=False).ngroup()
    tested = pd.Series(p, table.index).mask(same.duplicated())
    family = [table["pair"], table["label"] == "mean"]
    p_holm = (
        tested.groupby(family).transform(lambda part: holm(part)).groupby(same).transform("max")
    )
    inside = (table["change_low"] >= -margin) & (table["change_high"] <= margin)
    real = p_holm < 1 - level
    verdict = np.select(
        [np.isnan(p), inside, real & (change > 0), real],
        np.array([None, SAME, BETTER, WORSE], dtype=object),
        OPEN,
    )
    needed = clips_needed(
        table["clips"].to_numpy(float, na_value=np.nan),
        table["change_sd_test"].to_numpy(float),
        table["change_sd_training"].fillna(0).to_numpy(float),
        margin,
        level,
    )
    needed = pd.Series(needed, table.index).where(verdict == OPEN).astype("Int64")
    return table.assign(
        p=p, p_holm=p_holm, verdict=pd.array(verdict, dtype="string"), clips_needed=needed
    )


def two_sided_p(change: np.ndarray, sd: np.ndarray, df: np.ndarray) -> np.ndarray:
    """p of no change, from the bootstrap's standard deviation and Student's distribution.

    Counting resamples cannot give a p below 2 / (resamples + 1), and Holm's correction multiplies
    it by a hundred changes: with 2,000 resamples nothing could ever be found.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(change) / sd
    # Equal in every resample: 0 / 0.
    ratio = np.where((change == 0) & (sd == 0), 0.0, ratio)
    return 2 * stdtr(df, -ratio)


def holm(p: np.ndarray) -> np.ndarray:
    """Holm's step-down adjusted p-values; NaN stays NaN and does not count.

    References
    ----------
    .. [1] S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal
       of Statistics 6, 1979.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p, dtype=float)
    order = np.argsort(p, kind="stable")
    order = order[: np.count_nonzero(~np.isnan(p))]
    adjusted = np.full(len(p), np.nan)
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return adjusted


def clips_needed(
    clips: np.ndarray,
    sd_test: np.ndarray,
    sd_training: np.ndarray,
    margin: float,
    level: float = 0.95,
    power: float = POWER,
) -> np.ndarray:
    """Test clips that find a change as large as the margin, in one comparison, with that power.

    The variance over test clips falls with their number, that over training samples does not:
    where the latter alone is too large, no number will do (NaN).

    Parameters
    ----------
    clips : array
        Test clips at hand.
    sd_test, sd_training : arrays
        Standard deviations of the change, in the unit of `margin`.
    margin, level, power : float
    """
    wanted = margin / (ndtri((1 + level) / 2) + ndtri(power))
    left = wanted**2 - np.asarray(sd_training, dtype=float) ** 2
    enough = np.where(left > 0, left, np.nan)
    return np.ceil(np.asarray(clips, dtype=float) * np.asarray(sd_test, dtype=float) ** 2 / enough)

"""What could explain that two corpora are told apart: properties, genre and labels as factors."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from audio_debias.corpora.properties import PROPERTIES

BINS = 12


@dataclass(frozen=True)
class Factor:
    """One possible cause.

    Attributes
    ----------
    name, kind, group : str
        Kind is ``property``, ``genre`` or ``label``.
    basis : array of float64, shape (n, p)
        What an additive model fits: standardised value and indicators of quantile bins, so that
        steps and curves are seen; indicators of values for what is no number. What is missing has
        an indicator of its own.
    strata : array of int, shape (n,)
        Clips of equal value: the quantile bin, or the value.
    """

    name: str
    kind: str
    group: str
    basis: np.ndarray
    strata: np.ndarray


def factors_of(
    properties: pd.DataFrame, genre: pd.Series | None = None, labels: pd.DataFrame | None = None
) -> list[Factor]:
    """The factors of these clips; what is the same for all of them is none.

    Parameters
    ----------
    properties : DataFrame
        Columns of :data:`~audio_debias.corpora.properties.PROPERTIES`, one row a clip.
    genre : Series of str, optional
        Missing values are a genre of their own.
    labels : DataFrame of bool, optional
        A column a label, together one factor; a missing annotation is a value of its own.

    Returns
    -------
    list of Factor
    """
    factors = []
    for name, one in PROPERTIES.items():
        if name in properties:
            make = _categorical if one.kind is str else _numeric
            factors.append(Factor(name, "property", one.group, *make(properties[name])))
    if genre is not None:
        factors.append(Factor("genre", "genre", "genre", *_categorical(genre)))
    if labels is not None and labels.shape[1]:
        parts = [_categorical(labels[label].astype("Int64").astype("string")) for label in labels]
        basis = np.hstack([basis for basis, _ in parts])
        together = np.column_stack([strata for _, strata in parts])
        strata = np.unique(together, axis=0, return_inverse=True)[1].ravel()
        factors.append(Factor("label", "label", "label", basis, strata))
    return [factor for factor in factors if factor.basis.shape[1]]


def _numeric(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    known = np.isfinite(values)
    if len(np.unique(values[known])) + (~known).any() < 2:
        return np.empty((len(values), 0)), np.zeros(len(values), int)
    edges = np.unique(np.quantile(values[known], np.linspace(0, 1, BINS + 1)[1:-1]))
    strata = np.where(known, np.searchsorted(edges, values, side="right"), BINS + 1)
    # Ranks, so that no outlier bends the line.
    ranks = pd.Series(values).rank(pct=True).fillna(0.5).to_numpy() - 0.5
    return np.column_stack([ranks, _indicators(strata)]), strata


def _categorical(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    strata = pd.factorize(column, sort=True, use_na_sentinel=True)[0]
    return _indicators(strata), strata


def _indicators(codes: np.ndarray) -> np.ndarray:
    """One column a value, centred; none if there is one value."""
    values = np.unique(codes)
    if len(values) < 2:
        return np.empty((len(codes), 0))
    columns = (codes[:, None] == values).astype(np.float64)
    return columns - columns.mean(axis=0)

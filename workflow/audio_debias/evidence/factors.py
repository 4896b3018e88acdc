"""What could explain that two corpora are told apart: properties, genre and labels as factors."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from audio_debias.corpora.properties import PROPERTIES

BINS = 12

_CONSTANT = 0.01
"""A number that varies within corpora by less than this share of their difference is constant."""


@dataclass(frozen=True)
class Factor:
    """One possible cause.

    Attributes
    ----------
    name, kind, group : str
        Kind is ``property``, ``genre``, ``label``, or ``constant`` for any of them that is the same
        for all clips of a corpus: it says no more than the corpus's name.
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
    properties: pd.DataFrame,
    genre: pd.Series | None = None,
    labels: pd.DataFrame | None = None,
    domain: np.ndarray | None = None,
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
    domain : array of int, shape (n,), optional
        The corpus of each clip: with it, what is constant in each corpus is marked so.

    Returns
    -------
    list of Factor
    """
    factors = []
    mono = _mono_against_more(properties, domain)
    for name, one in PROPERTIES.items():
        if name in properties:
            make = _categorical if one.kind is str else _numeric
            constant = _constant(properties[name], domain) or (mono and one.group == "stereo")
            kind = "constant" if constant else "property"
            factors.append(Factor(name, kind, one.group, *make(properties[name])))
    if genre is not None:
        kind = "constant" if _constant(genre, domain) else "genre"
        factors.append(Factor("genre", kind, "genre", *_categorical(genre)))
    if labels is not None and labels.shape[1]:
        parts = [_categorical(labels[label].astype("Int64").astype("string")) for label in labels]
        basis = np.hstack([basis for basis, _ in parts])
        together = np.column_stack([strata for _, strata in parts])
        strata = np.unique(together, axis=0, return_inverse=True)[1].ravel()
        kind = "constant" if _constant(pd.Series(strata), domain) else "label"
        factors.append(Factor("label", kind, "label", basis, strata))
    return [factor for factor in factors if factor.basis.shape[1]]


def _mono_against_more(properties: pd.DataFrame, domain: np.ndarray | None) -> bool:
    """Whether one corpus is mono and the other not.

    Of mono, correlation and width are no measurement: they tell the corpora apart as names do.
    """
    if domain is None or "channels" not in properties:
        return False
    channels = pd.to_numeric(properties["channels"], errors="coerce").to_numpy(float)
    first, second = (set(np.unique(channels[domain == code])) for code in (0, 1))
    return first != second and {1.0} in (first, second) and len(first) == len(second) == 1


def _constant(column: pd.Series, domain: np.ndarray | None) -> bool:
    """Whether all clips of a corpus have one value; numbers may differ by rounding."""
    if domain is None:
        return False
    by_corpus = column.reset_index(drop=True).groupby(domain)
    if by_corpus.nunique(dropna=False).max() == 1:
        return True
    if not pd.api.types.is_float_dtype(column.dtype) or column.isna().any():
        return False
    within = (by_corpus.max() - by_corpus.min()).max()
    return bool(within < _CONSTANT * np.ptp(by_corpus.mean()))


def _numeric(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    # A user's table may hold words under the name of a property.
    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
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

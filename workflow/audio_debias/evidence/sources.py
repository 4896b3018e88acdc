"""Where the bias comes from: how much of what tells two corpora apart each factor explains.

The domain score of a clip says how much it sounds like the second corpus to a model
(:mod:`audio_debias.evidence.domain_scores`). A factor (recording property, genre, labels) explains
a share R² of the score, alone and in addition to all others. That is an association: a cause is
shown by making it (:mod:`audio_debias.corpora.derived`).
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import ndtr
from sklearn.linear_model import RidgeCV
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from audio_debias.evidence.factors import Factor
from audio_debias.evidence.leading import leading
from audio_debias.evidence.resampling import WeightedAuc
from audio_debias.evidence.verdicts import holm

FOLDS = 5
RESAMPLES = 1000
COLUMNS = (
    *("score", "property", "kind", "group"),
    *("r2_alone", "r2_alone_low", "r2_alone_high"),
    *("r2_added", "r2_added_low", "r2_added_high"),
    *("auc", "auc_low", "auc_high"),
    *("auc_within", "overlap", "p", "p_holm", "step", "clips"),
)

NAMED_KINDS = ("property", "genre", "label")
"""Kinds of factors that can be a source."""

LEVEL = 0.05
"""Of the tests by which factors are named, Holm's correction over all of a score."""

LEAST_R2 = 0.05
"""A factor is a source only if it explains more than this of the score."""

_PENALTIES = np.logspace(-3, 3, 13)


def folds_of(domain: np.ndarray, groups: np.ndarray, seed: int = 0) -> list[np.ndarray]:
    """Test rows of each fold: both corpora in each, and a track, or a clip and its derived
    versions, never on both sides."""
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    return [test for _, test in splitter.split(domain, domain, groups)]


def fewest_tracks(domain: np.ndarray, groups: np.ndarray) -> int:
    """Tracks of the corpus that has fewer: below `FOLDS`, no score can be held out."""
    return min(len(np.unique(groups[domain == code])) for code in (0, 1))


def attribute(
    scores: Mapping[str, np.ndarray],
    domain: np.ndarray,
    factors: list[Factor],
    groups: np.ndarray,
    seed: int = 0,
) -> pd.DataFrame:
    """How much of each domain score each factor, and each group of factors, explains.

    Parameters
    ----------
    scores : mapping of str to array of shape (n,)
        Of held-out clips, by the name of what read them.
    domain : array of int, shape (n,)
        0 or 1.
    factors : list of Factor
        See :func:`~audio_debias.evidence.factors.factors_of`.
    groups : array of shape (n,)
        Track, or clip, of each row: neither split over folds nor drawn apart by the bootstrap.
    seed : int

    Returns
    -------
    DataFrame
        `COLUMNS`: one row a score and factor, one a score and group (kind ``group``), and one for
        all factors together (kind ``all``). R² is cross-validated (below 0: worse than the mean),
        of an additive ridge regression; ``r2_added`` is what all factors explain less what all but
        this one do; what is constant in each corpus is no part of them, and adds nothing that has a
        meaning (null). ``auc``: how well the score tells the corpora apart as far as the factor
        predicts it; ``auc_within``: how well the whole score does among clips of equal factor, and
        ``overlap``, the share of clips that have such counterparts. Intervals: 95 %, bootstrap
        over groups of the held-out predictions (sampling of clips, not of fits). ``p``: two-sided,
        of the hypothesis that R² is `LEAST_R2` at most or ``auc`` 0.5, the larger of both, by the
        normal distribution with the bootstrap's standard deviations; ``p_holm`` over the factors
        of a score. ``step``: of factors with ``p_holm`` below `LEVEL`, the place of their group
        among those that add to one another (:func:`~audio_debias.evidence.leading.leading`); null
        where it adds nothing.

    Notes
    -----
    A share of R² may be variance within the corpora; only together with ``auc`` above 0.5 does it
    speak of their difference.
    """
    folds = folds_of(domain, groups, seed)
    weights = _bootstrap_weights(groups, domain, seed)
    bundles = [(factor.name, factor.kind, factor.group, [factor]) for factor in factors]
    varying = [factor for factor in factors if factor.kind != "constant"]
    for group in dict.fromkeys(factor.group for factor in varying):
        members = [factor for factor in varying if factor.group == group]
        if len(members) > 1:
            bundles.append((group, "group", group, members))
    everything = _additive(varying, scores, folds)
    together = {name: _r2(score, everything[name], weights) for name, score in scores.items()}
    rows: dict[str, list[tuple]] = {name: [] for name in scores}
    for name, kind, group, members in bundles:
        alone = _additive(members, scores, folds)
        rest = [factor for factor in varying if factor not in members]
        without = _additive(rest, scores, folds) if kind != "constant" else {}
        for score_name, score in scores.items():
            r2 = _r2(score, alone[score_name], weights)
            auc = _auc(domain, alone[score_name], weights)
            added: tuple = (None,) * 3
            if kind != "constant":
                added = _interval(together[score_name] - _r2(score, without[score_name], weights))
            within: tuple[float | None, float | None] = (None, None)
            p = None
            if len(members) == 1:
                within = auc_within(score, domain, members[0].strata)
            if kind in NAMED_KINDS:
                p = max(_exceeds(r2, LEAST_R2), _exceeds(auc, 0.5))
            measured = (*_interval(r2), *added, *_interval(auc), *within, p, None, None)
            rows[score_name].append((score_name, name, kind, group, *measured, len(score)))
    for name, r2 in together.items():
        told = _interval(_auc(domain, everything[name], weights))
        measured = (*_interval(r2), *(None,) * 3, *told, *(None,) * 5)
        rows[name].append((name, *["all"] * 3, *measured, len(domain)))
    table = pd.DataFrame([row for of_score in rows.values() for row in of_score], columns=COLUMNS)
    table = table.astype(dict.fromkeys(COLUMNS[4:-1], "Float64"))
    for score_name, of_score in table.groupby("score", sort=False):
        p_holm = holm(of_score["p"].to_numpy(float, na_value=np.nan))
        table.loc[of_score.index, "p_holm"] = pd.array(p_holm, dtype="Float64")
        passed = of_score[p_holm < LEVEL]
        steps = _steps(passed["group"].unique(), varying, scores[score_name], folds, weights)
        table.loc[passed.index, "step"] = passed["group"].map(steps).astype("Float64")
    return table


def identification(
    scores: Mapping[str, np.ndarray], domain: np.ndarray, groups: np.ndarray, seed: int = 0
) -> pd.DataFrame:
    """How well each score tells the corpora apart.

    Returns
    -------
    DataFrame
        ``score, auc, auc_low, auc_high`` and ``r2``, the share of the score's variance that lies
        between the corpora: the rest differs within them, and no cause of bias can explain it.
    """
    weights = _bootstrap_weights(groups, domain, seed)
    rows = []
    for name, score in scores.items():
        means = np.bincount(domain, score) / np.bincount(domain)
        between = float(_r2(score, means[domain], weights[:1])[0])
        rows.append((name, *_interval(_auc(domain, score, weights)), between))
    return pd.DataFrame(rows, columns=["score", "auc", "auc_low", "auc_high", "r2"])


def auc_within(
    score: np.ndarray, domain: np.ndarray, strata: np.ndarray
) -> tuple[float | None, float]:
    """ROC-AUC over the pairs of clips of one stratum, and the share of clips in such strata.

    None where no stratum holds two clips of each corpus: then the factor itself tells all apart.
    """
    won, pairs, clips = 0.0, 0, 0
    for stratum in np.unique(strata):
        inside = strata == stratum
        counts = np.bincount(domain[inside], minlength=2)
        if counts.min() >= 2:
            n = int(counts[0] * counts[1])
            won += n * roc_auc_score(domain[inside], score[inside])
            pairs, clips = pairs + n, clips + int(inside.sum())
    return (won / pairs if pairs else None), clips / len(score)


def _steps(groups, factors: list[Factor], score, folds, weights) -> dict[str, int]:
    """The groups that add to one another, counted from 1."""

    def explained(names: list[str]) -> np.ndarray:
        members = [factor for factor in factors if factor.group in names]
        return _r2(score, _additive(members, {"score": score}, folds)["score"], weights)

    return {name: step for step, name in enumerate(leading(groups, explained), 1)}


def _additive(
    factors: list[Factor], scores: Mapping[str, np.ndarray], folds: list[np.ndarray]
) -> dict[str, np.ndarray]:
    """Held-out predictions of each score by an additive model of factors, all in one fit."""
    targets = np.column_stack(list(scores.values()))
    predicted = np.empty_like(targets)
    basis = np.hstack([factor.basis for factor in factors] or [np.empty((len(targets), 0))])
    for test in folds:
        train = np.setdiff1d(np.arange(len(targets)), test)
        if basis.shape[1]:
            model = RidgeCV(alphas=_PENALTIES, alpha_per_target=True)
            fitted = model.fit(basis[train], targets[train])
            predicted[test] = fitted.predict(basis[test]).reshape(len(test), -1)
        else:
            predicted[test] = targets[train].mean(axis=0)
    return dict(zip(scores, predicted.T, strict=True))


def _bootstrap_weights(groups: np.ndarray, domain: np.ndarray, seed: int) -> np.ndarray:
    """How often each row is drawn, groups whole; the first row of ones is the sample itself.

    A resample that lacks one of the corpora is drawn again.

    Raises
    ------
    ValueError
        If there is one corpus alone.
    """
    if len(np.unique(domain)) != 2:
        raise ValueError("a domain score is of two corpora")
    codes, names = pd.factorize(groups)
    rng = np.random.default_rng([seed, len(names)])

    def draw(count: int) -> np.ndarray:
        return rng.multinomial(len(names), np.full(len(names), 1 / len(names)), count)[:, codes]

    drawn = draw(RESAMPLES)
    while (lacking := (drawn @ np.eye(2, dtype=int)[domain] == 0).any(axis=1)).any():
        drawn[lacking] = draw(int(lacking.sum()))
    return np.vstack([np.ones(len(codes)), drawn])


def _r2(score: np.ndarray, predicted: np.ndarray, weights: np.ndarray) -> np.ndarray:
    total = weights.sum(axis=1)
    variance = weights @ score**2 - (weights @ score) ** 2 / total
    return 1 - (weights @ (score - predicted) ** 2) / variance


def _auc(domain: np.ndarray, score: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """ROC-AUC of every resample; pairs of equal score count half."""
    return WeightedAuc(score, domain == 1)(weights.T.astype(np.int32))


def _exceeds(resamples: np.ndarray, least: float) -> float:
    """Two-sided p of the hypothesis that a value is `least`; 1 where it lies below."""
    value, sd = resamples[0], resamples[1:].std(ddof=1)
    if not value > least:
        return 1.0
    return float(2 * ndtr((least - value) / sd)) if sd > 0 else 0.0


def _interval(resamples: np.ndarray) -> tuple[float, float, float]:
    """The value of the sample itself and the 2.5 and 97.5 % quantiles of the resamples."""
    low, high = np.quantile(resamples[1:], [0.025, 0.975])
    return float(resamples[0]), float(low), float(high)

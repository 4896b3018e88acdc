"""From an eraser's name to fitted erasers: one over all rows, or one set of directions a genre."""

import importlib
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from audio_debias.corrections.directions import span
from audio_debias.corrections.eraser import Eraser, identity, projection
from audio_debias.errors import InputError
from audio_debias.plugins import ERASERS, check_options

COMMON_OPTIONS = {"strength": (int, float)}
"""Options that every eraser has."""


@dataclass(frozen=True)
class Fitted:
    """What an eraser's fit gave.

    Attributes
    ----------
    erasers : tuple of Eraser
        One for rows of any domain, or one a domain.
    directions : array of float64, shape (G, D)
        W: what was projected out, one direction per row; empty for an oblique or affine eraser.
    genres : tuple of str
        The genre of each direction; empty where directions are over all genres.
    skipped : tuple of (str, str)
        Genre ("" = all) and the reason why it gave nothing.
    """

    erasers: tuple[Eraser, ...]
    directions: np.ndarray
    genres: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Rows:
    """Rows that an eraser is fitted on.

    Attributes
    ----------
    x : array of float64, shape (n, D)
    domain : array of int, shape (n,)
        Codes 0..n_domains-1.
    y : array, or None
        The label of each row.
    genre : array of object, or None
        The genre of each row; None where it has none.
    n_domains : int
    """

    x: np.ndarray
    domain: np.ndarray
    y: np.ndarray | None
    genre: np.ndarray | None
    n_domains: int

    def of(self, chosen: np.ndarray) -> "Rows":
        """Some of the rows."""
        y, genre = (None if values is None else values[chosen] for values in (self.y, self.genre))
        return Rows(self.x[chosen], self.domain[chosen], y, genre, self.n_domains)

    def lack(self, min_clips: int) -> str:
        """Why they are too few to fit on; empty if they are not."""
        counts = np.bincount(self.domain, minlength=self.n_domains)
        if counts.min() >= min_clips:
            return ""
        *first, last = map(str, counts)
        return f"{', '.join(first)} and {last} clips, {min_clips} needed of each corpus"


def fit_eraser(
    name: str,
    rows: Rows,
    *,
    options: Mapping | None = None,
    per_genre: bool = False,
    min_clips: int = 2,
    one_corpus_genre: str = "skip",
    seed: int = 0,
) -> Fitted:
    """Fit the eraser of that name.

    Parameters
    ----------
    name : str
        A plug-in of :mod:`audio_debias.corrections.erasers`, or ``package.module:Class`` of an
        installed scikit-learn transformer whose ``fit`` takes ``X, y`` and ``domain=``.
    rows : Rows
    options : mapping, optional
        The eraser's own, and ``strength`` between 0 and 1: how much of the correction is applied.
    per_genre : bool
        Directions of each genre on its own, taken out together; genres in sorted order.
    min_clips : int
        Fewer rows than this of a domain, or of a genre in it, give nothing and are reported.
    one_corpus_genre : {"skip", "paper"}
        With "paper", a genre found in one of two corpora only is fitted all the same, as the
        published code does, though it is no domain direction.
    seed : int

    Raises
    ------
    InputError
        If there is no such eraser, or it has no such option.
    """
    own = dict(options or {})
    if ":" in name:
        strength = own.pop("strength", 1.0)
        return _weakened(_fit_transformer(name, rows, own, min_clips), strength)
    module = ERASERS.load(name, "eraser")
    check_options(own, {**module.OPTIONS, **COMMON_OPTIONS}, f"eraser {name}")
    strength = own.pop("strength", 1.0)
    if hasattr(module, "fit"):
        if per_genre:
            raise InputError(f"eraser {name}: per_genre: it gives no directions, one set a genre")
        return _weakened(_fit_whole(module, rows, own, min_clips, seed), strength)
    groups = {"": (rows, min_clips)}
    if per_genre:
        groups = {genre: (part, min_clips) for genre, part in _by_genre(rows).items()}
        if one_corpus_genre == "paper":
            groups = {
                genre: (part, 0 if part.lack(1) else needed)
                for genre, (part, needed) in groups.items()
            }
    found: dict[str, np.ndarray] = {}
    skipped = []
    for genre, (part, needed) in groups.items():
        vectors, reason = _directions(module, part, own, needed, seed)
        if vectors is None:
            skipped.append((genre, reason))
        else:
            found[genre] = vectors
    vectors = np.concatenate([np.empty((0, rows.x.shape[1])), *found.values()])
    genres = tuple(genre for genre, part in found.items() for _ in part if per_genre)
    fitted = Fitted((projection(span(vectors)),), vectors, genres, tuple(skipped))
    return _weakened(fitted, strength)


def _by_genre(rows: Rows) -> dict[str, Rows]:
    genre = np.asarray(rows.genre, dtype=object)
    genres = sorted({name for name in genre.tolist() if isinstance(name, str)})
    return {name: rows.of(np.asarray(genre == name)) for name in genres}


def _directions(
    module: ModuleType, rows: Rows, options: dict, min_clips: int, seed: int
) -> tuple[np.ndarray | None, str]:
    """Directions, or None and why there are none."""
    reason = rows.lack(min_clips)
    if reason:
        return None, reason
    try:
        vectors = np.atleast_2d(
            module.directions(rows.x, rows.domain, y=rows.y, genre=rows.genre, seed=seed, **options)
        )
    except np.linalg.LinAlgError as error:
        return None, str(error)
    return (vectors, "") if vectors.any() else (None, "the corpora's means are equal")


def _fit_whole(module: ModuleType, rows: Rows, options: dict, min_clips: int, seed: int) -> Fitted:
    """An eraser that is no projection of directions."""
    n_features = rows.x.shape[1]
    reason = rows.lack(min_clips)
    if not reason:
        try:
            found = module.fit(
                rows.x, rows.domain, y=rows.y, genre=rows.genre, seed=seed, **options
            )
            erasers = (
                (found,)
                if isinstance(found, Eraser)
                else tuple(found[code] for code in range(rows.n_domains))
            )
            return Fitted(erasers, np.empty((0, n_features)))
        except np.linalg.LinAlgError as error:
            reason = str(error)
    return Fitted((identity(n_features),), np.empty((0, n_features)), skipped=(("", reason),))


def _fit_transformer(name: str, rows: Rows, options: dict, min_clips: int) -> Fitted:
    """An installed scikit-learn transformer, read off as an affine map.

    An affine map is known from its values at 0 and at the unit vectors; only such a one can be
    stored as arrays.
    """
    n_features = rows.x.shape[1]
    none = np.empty((0, n_features))
    if reason := rows.lack(min_clips):
        return Fitted((identity(n_features),), none, skipped=(("", reason),))
    transformer = transformer_class(name, "eraser")(**options)
    if "domain" not in inspect.signature(transformer.fit).parameters:
        raise InputError(f"eraser {name}: its fit takes no domain=")
    transformer.fit(rows.x, rows.y, domain=rows.domain)
    shift = np.asarray(transformer.transform(np.zeros((1, n_features))), dtype=float)[0]
    linear = np.asarray(transformer.transform(np.eye(n_features)), dtype=float) - shift
    expected = np.asarray(transformer.transform(rows.x), dtype=float)
    size = np.abs(expected).max(initial=1.0)
    if np.abs(rows.x @ linear + shift - expected).max() > 1e-8 * size:
        raise InputError(f"eraser {name}: is no affine map; only one can be kept as arrays")
    left, values, right = np.linalg.svd(np.eye(n_features) - linear)
    kept = values > n_features * np.finfo(float).eps * values.max(initial=0)
    eraser = Eraser(
        np.zeros(n_features),
        left[:, kept] * values[kept],
        right[kept].T,
        target=shift if shift.any() else None,
    )
    return Fitted((eraser,), none)


def transformer_class(name: str, field: str) -> type:
    """The class that ``package.module:Class`` names.

    Raises
    ------
    InputError
        If it cannot be imported.
    """
    module, _, attribute = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute)
        if not isinstance(found, type):
            raise ValueError(f"{attribute} is no class")
        return found
    except (ImportError, AttributeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{field}: {name}: {reason}; install it, or mend the name") from None


def _weakened(fitted: Fitted, strength: float) -> Fitted:
    if not 0 <= strength <= 1:
        raise InputError(f"options: strength: is {strength}; it must lie between 0 and 1")
    erasers = tuple(one.weakened(strength) for one in fitted.erasers)
    return Fitted(erasers, fitted.directions, fitted.genres, fitted.skipped)

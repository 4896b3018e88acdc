"""The correction: an optional kernel map, then the directions between the corpora taken out."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from audio_debias.corrections.directions import (
    Directions,
    genre_directions,
    single_direction,
    span,
)
from audio_debias.corrections.kernel import make_kernel_map
from audio_debias.samples.rows import rows_of

METHODS = ("none", "lda", "mlda", "k", "klda", "mklda")
MODES = ("global", "classwise")


class BiasCorrection(TransformerMixin, BaseEstimator):
    """Take the directions between two domains out of embeddings.

    Fitted on rows of known domain; applied to any row without knowing its domain.

    Parameters
    ----------
    method : {"none", "lda", "mlda", "k", "klda", "mklda"}
        ``lda`` takes out one direction, ``mlda`` one per genre; with a ``k``, in the feature
        space of a Gaussian kernel. ``none`` changes nothing, ``k`` only maps.
    mode : {"global", "classwise"}
        Directions from all rows, or from the rows with a true `y` alone.
    kernel : {"fastfood", "rff", "nystroem"}
        The kernel map (kernel methods only).
    one_corpus_genre : {"skip", "paper"}
        See :func:`~audio_debias.corrections.directions.genre_directions`.
    min_clips : int
        The fewest rows of either domain, or of a genre in it, that give a direction.
    domains : pair, optional
        The two domains; directions point from the first to the second. Sorted by default.
    train_domain : optional
        Kernel methods standardise each domain on its own to fit, and need one of the two scalings
        to transform: that of the domain the classifier is trained on. The first by default.
    random_state : int
        Seeds the kernel map.

    Attributes
    ----------
    domains_ : tuple
    means_, scales_ : arrays of float64, shape (domains, D)
        Each domain's scaling (kernel methods only).
    kernel_ : estimator or None
    directions_ : array of float64, shape (G, D')
        W, one direction per row, D' = 8 D for a kernel method and D otherwise.
    genres_ : tuple of str
        The genre of each direction; empty for a single direction.
    skipped_ : tuple of (str, str)
        Genre ("" = all) and the reason why it gave no direction.
    basis_ : array of float64, shape (D', r)
        V, the orthonormal span of the directions.

    References
    ----------
    .. [1] C. Wang, G. Richard, B. McFee, "Transfer learning and bias correction with pre-trained
       audio embeddings", ISMIR 2023.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(60, 3))
    >>> x[30:, 0] += 9
    >>> corrected = BiasCorrection("lda").fit_transform(x, domain=np.repeat([0, 1], 30))
    >>> bool(np.abs(corrected[:30].mean(0) - corrected[30:].mean(0)).max() < 1)
    True
    """

    def __init__(
        self,
        method="lda",
        *,
        mode="global",
        kernel="fastfood",
        one_corpus_genre="skip",
        min_clips=2,
        domains=None,
        train_domain=None,
        random_state=42,
    ):
        self.method = method
        self.mode = mode
        self.kernel = kernel
        self.one_corpus_genre = one_corpus_genre
        self.min_clips = min_clips
        self.domains = domains
        self.train_domain = train_domain
        self.random_state = random_state

    def fit(self, X, y=None, *, domain=None, genre=None):
        """Fit scaling, kernel map and directions.

        Parameters
        ----------
        X : array of shape (n, D)
            Embeddings; a kernel method's map and scaling are fitted on all of them.
        y : array of bool, shape (n,), optional
            Label; needed by mode "classwise" alone.
        domain : array of shape (n,), optional
            The domain of each row; not needed by ``none`` and ``k``.
        genre : array of shape (n,), optional
            The genre of each row (None: no genre); needed by ``mlda`` and ``mklda``.

        Raises
        ------
        ValueError
            If an argument is unknown, or one that the method needs is missing.
        """
        self._check_parameters(y, domain, genre)
        X = validate_data(self, X, dtype=np.float64)
        domain = np.zeros(len(X), dtype=int) if domain is None else np.asarray(domain)
        found = tuple(np.unique(domain).tolist())
        self.domains_ = found if self.domains is None else tuple(self.domains)
        if not set(found) <= set(self.domains_):
            raise ValueError(f"domain: found {found}, expected {self.domains_}")
        mapped = self._fit_map(X, domain)
        self.directions_ = np.empty((0, mapped.shape[1]))
        self.genres_: tuple[str, ...] = ()
        self.skipped_: tuple[tuple[str, str], ...] = ()
        if self.method.endswith("lda"):
            chosen = np.asarray(y, dtype=bool) if self.mode == "classwise" else slice(None)
            genre = None if genre is None else np.asarray(genre)[chosen]
            fitted = self._fit_directions(mapped[chosen], domain[chosen], genre)
            self.directions_, self.genres_ = fitted.vectors, fitted.genres
            self.skipped_ = fitted.skipped
        self.basis_ = span(self.directions_)
        return self

    def _check_parameters(self, y, domain, genre):
        for name, known in (("method", METHODS), ("mode", MODES)):
            if getattr(self, name) not in known:
                raise ValueError(f"{name}: unknown name {getattr(self, name)!r}; known: {known}")
        if self.method.endswith("lda"):
            if domain is None:
                raise ValueError(f"domain: missing; {self.method} needs each row's domain")
            if self.mode == "classwise" and y is None:
                raise ValueError("y: missing; the mode classwise needs each row's label")
        if self.method.startswith("m") and genre is None:
            raise ValueError(f"genre: missing; {self.method} needs each row's genre")

    def _fit_map(self, X, domain):
        """Standardise each domain on its own and fit the kernel map on the result."""
        self.kernel_ = None
        if "k" not in self.method:
            return X
        scaled = X.copy()
        scalers = []
        for name in self.domains_:
            rows = domain == name
            scalers.append(StandardScaler().fit(X[rows]))
            scaled[rows] = scalers[-1].transform(X[rows])
        self.means_ = np.array([scaler.mean_ for scaler in scalers])
        self.scales_ = np.array([scaler.scale_ for scaler in scalers])
        self.kernel_ = make_kernel_map(self.kernel, scaled, self.random_state)
        return self.kernel_.transform(scaled)

    def _fit_directions(self, mapped, domain, genre) -> Directions:
        a, b = (domain == name for name in self.domains_)
        if not self.method.startswith("m"):
            return single_direction(mapped[a], mapped[b], self.min_clips)
        return genre_directions(
            mapped[a],
            mapped[b],
            genre[a],
            genre[b],
            min_clips=self.min_clips,
            one_corpus_genre=self.one_corpus_genre,
        )

    def transform(self, X):
        """Corrected embeddings, shape (n, D')."""
        return self.project(self.map(X, self.train_domain))

    def map(self, X, train_domain=None):
        """Standardise by the scaling of `train_domain` and apply the kernel map.

        Without a kernel the embeddings come back as they are, in float64; with Fastfood, the
        features are float32.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        if self.kernel_ is None:
            return X
        row = 0 if train_domain is None else self.domains_.index(train_domain)
        return self.kernel_.transform((X - self.means_[row]) / self.scales_[row])

    def project(self, mapped):
        """x - V V'x for every row x of `mapped` (n, D')."""
        if not self.basis_.size:
            return mapped
        return mapped - (mapped @ self.basis_) @ self.basis_.T

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags


def fit_corrections(
    samples: pd.DataFrame,
    embeddings: Mapping[str, pd.DataFrame],
    *,
    method: str,
    mode: str = "global",
    kernel: str = "fastfood",
    one_corpus_genre: str = "skip",
    min_clips: int = 2,
    seed: int = 42,
    threads: int | None = None,
) -> dict[str, BiasCorrection]:
    """Fit one correction per label on its matched sample.

    Parameters
    ----------
    samples : DataFrame
        Matched samples (:func:`~audio_debias.samples.matching.match_samples`).
    embeddings : mapping of two corpora to DataFrame
        Rows of float32 embeddings indexed by ``clip_id``; directions point from the first corpus
        to the second.
    method, mode, kernel, one_corpus_genre, min_clips
        As in :class:`BiasCorrection`; the mode "any" is read as "global".
    seed : int
        Every label's kernel map is drawn from it.
    threads : int, optional
        BLAS threads to use at most.

    Raises
    ------
    InputError
        If a sampled clip has no embedding, or one with NaN or infinity.
    """
    corrections = {}
    with threadpool_limits(threads):
        for label, sample in samples.groupby("label", sort=False):
            parts = [sample[sample["corpus"] == corpus] for corpus in embeddings]
            sample = pd.concat(parts)
            x = np.concatenate(
                [
                    rows_of(embeddings[corpus], part["clip_id"], corpus)
                    for corpus, part in zip(embeddings, parts, strict=True)
                ]
            )
            corrections[label] = BiasCorrection(
                method,
                mode="global" if mode == "any" else mode,
                kernel=kernel,
                one_corpus_genre=one_corpus_genre,
                min_clips=min_clips,
                domains=tuple(embeddings),
                random_state=seed,
            ).fit(x, sample["positive"], domain=sample["corpus"], genre=sample["genre"])
    return corrections

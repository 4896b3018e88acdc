"""The correction: a space, then the difference between the domains taken out of it."""

from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from audio_debias.corrections.eraser import Eraser, identity
from audio_debias.corrections.fitting import Fitted, Rows, fit_eraser
from audio_debias.corrections.spaces import SPACES, KernelSpace, domain_codes

MODES = ("global", "classwise")


class BiasCorrection(TransformerMixin, BaseEstimator):
    """Take the difference between domains out of embeddings.

    Fitted on rows of known domain, two or more domains. Applied to any row without knowing its
    domain, unless the eraser moves each domain on its own (``center``, ``zscore``, ``coral``,
    ``combat``).

    With scikit-learn's metadata routing, ``fit`` and ``transform`` request `domain` of themselves;
    `genre` is requested by ``set_fit_request(genre=True)``.

    Parameters
    ----------
    eraser : str, optional
        A module of :mod:`audio_debias.corrections.erasers`, or ``package.module:Class`` of an
        installed scikit-learn transformer whose ``fit`` takes ``X, y`` and ``domain=`` and whose
        ``transform`` is affine. None takes nothing out.
    space : {"linear", "kernel"}
        The embedding's own space, or the feature space of a Gaussian kernel.
    mode : {"global", "classwise"}
        Fitted on all rows, or on the rows with a true `y` alone.
    per_genre : bool
        Directions of each genre on its own, taken out together.
    options : dict, optional
        The eraser's own options, and ``strength`` in [0, 1].
    kernel : {"fastfood", "rff", "nystroem"}
        The kernel map (kernel space only).
    one_corpus_genre : {"skip", "paper"}
        See :func:`~audio_debias.corrections.fitting.fit_eraser`.
    min_clips : int
        The fewest rows of a domain, or of a genre in it, that an eraser is fitted on.
    domains : sequence, optional
        The domains in order; directions point from the first to the others. Sorted by default.
    train_domain : optional
        A kernel space standardises each domain on its own to fit, and needs one of the scalings to
        transform: that of the domain the classifier is trained on. The first by default.
    random_state : int
        Seeds the kernel map, and an eraser that draws.

    Attributes
    ----------
    domains_ : tuple
    space_ : KernelSpace or None
    erasers_ : tuple of Eraser
        One for rows of any domain, or one a domain.
    directions_ : array of float64, shape (G, D')
        W, one direction per row, D' = 8 D for a kernel space and D otherwise; empty for an eraser
        that projects no directions out.
    genres_ : tuple of str
        The genre of each direction; empty where directions are over all genres.
    skipped_ : tuple of (str, str)
        Genre ("" = all) and the reason why it gave nothing.

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

    # Of both: scikit-learn refuses a fit_transform whose halves differ in what they request.
    __metadata_request__fit: ClassVar = {"domain": True}
    __metadata_request__transform: ClassVar = {"domain": True}

    def __init__(
        self,
        eraser="lda",
        *,
        space="linear",
        mode="global",
        per_genre=False,
        options=None,
        kernel="fastfood",
        one_corpus_genre="skip",
        min_clips=2,
        domains=None,
        train_domain=None,
        random_state=42,
    ):
        self.eraser = eraser
        self.space = space
        self.mode = mode
        self.per_genre = per_genre
        self.options = options
        self.kernel = kernel
        self.one_corpus_genre = one_corpus_genre
        self.min_clips = min_clips
        self.domains = domains
        self.train_domain = train_domain
        self.random_state = random_state

    def fit(self, X, y=None, *, domain=None, genre=None):
        """Fit the space and the eraser.

        Parameters
        ----------
        X : array of shape (n, D)
            Embeddings; a kernel map and its scaling are fitted on all of them.
        y : array of shape (n,) or (n, L), optional
            Labels or classes, for erasers that protect them; true or false of each row for the mode
            "classwise".
        domain : array of shape (n,), optional
            The domain of each row; not needed without an eraser.
        genre : array of shape (n,), optional
            The genre of each row (None: no genre); needed by `per_genre`.

        Raises
        ------
        ValueError
            If an argument is unknown, or one that is needed is missing.
        """
        self._check_parameters(y, domain, genre)
        X = validate_data(self, X, dtype=np.float64)
        domain = np.zeros(len(X), dtype=int) if domain is None else np.asarray(domain)
        found = tuple(np.unique(domain).tolist())
        self.domains_ = found if self.domains is None else tuple(self.domains)
        codes = domain_codes(domain, self.domains_)
        self.space_ = None
        mapped = X
        if self.space == "kernel":
            self.space_ = KernelSpace(self.kernel, self.random_state)
            mapped = self.space_.fit_map(X, codes)
        fitted = Fitted((identity(mapped.shape[1]),), np.empty((0, mapped.shape[1])))
        if self.eraser is not None:
            rows = Rows(
                mapped,
                codes,
                None if y is None else np.asarray(y),
                None if genre is None else np.asarray(genre, dtype=object),
                len(self.domains_),
            )
            if self.mode == "classwise":
                rows = rows.of(np.asarray(y, dtype=bool))
            fitted = fit_eraser(
                self.eraser,
                rows,
                options=self.options,
                per_genre=self.per_genre,
                min_clips=self.min_clips,
                one_corpus_genre=self.one_corpus_genre,
                seed=self.random_state,
            )
        self.erasers_, self.directions_ = fitted.erasers, fitted.directions
        self.genres_, self.skipped_ = fitted.genres, fitted.skipped
        return self

    def _check_parameters(self, y, domain, genre):
        for name, known in (("space", SPACES), ("mode", MODES)):
            if getattr(self, name) not in known:
                raise ValueError(f"{name}: unknown name {getattr(self, name)!r}; known: {known}")
        if self.eraser is not None:
            if domain is None:
                raise ValueError(f"domain: missing; {self.eraser} needs each row's domain")
            if self.mode == "classwise" and y is None:
                raise ValueError("y: missing; the mode classwise needs each row's label")
            if self.mode == "classwise" and not np.isin(y, (0, 1)).all():
                raise ValueError("y: must be true or false of each row; classwise fits on the true")
        if self.per_genre and genre is None:
            raise ValueError("genre: missing; per_genre needs each row's genre")

    @property
    def needs_domain(self) -> bool:
        """Whether the domain of a row must be known to correct it."""
        return len(self.erasers_) > 1

    def transform(self, X, domain=None):
        """Corrected embeddings, shape (n, D').

        Parameters
        ----------
        X : array of shape (n, D)
        domain : array of shape (n,), optional
            The domain of each row, if :attr:`needs_domain`.

        Raises
        ------
        ValueError
            If the domain is needed and missing, or was not fitted.
        """
        mapped = self.map(X, self.train_domain)
        if not self.needs_domain:
            return self.erasers_[0].apply(mapped)
        if domain is None:
            raise ValueError(f"domain: missing; {self.eraser} corrects each domain on its own")
        codes = domain_codes(domain, self.domains_)
        corrected = np.empty_like(mapped, dtype=np.float64)
        for code, eraser in enumerate(self.erasers_):
            corrected[codes == code] = eraser.apply(mapped[codes == code])
        return corrected

    def fit_transform(self, X, y=None, *, domain=None, genre=None):
        """Fit, and correct the same rows, each by its own domain where that is needed."""
        return self.fit(X, y, domain=domain, genre=genre).transform(X, domain)

    def map(self, X, train_domain=None):
        """Standardise by the scaling of `train_domain` and apply the kernel map.

        In the linear space the embeddings come back as they are, in float64; with Fastfood, the
        features are float32.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        if self.space_ is None:
            return X
        code = 0 if train_domain is None else self.domains_.index(train_domain)
        return self.space_.map(X, code)

    def eraser_of(self, domain) -> Eraser:
        """The eraser of the rows of one domain, to be applied to mapped rows."""
        if not self.needs_domain:
            return self.erasers_[0]
        return self.erasers_[self.domains_.index(domain)]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags

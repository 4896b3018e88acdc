"""One correction for all domains of a table, and its use on rows in any portions."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from audio_debias.corrections.correction import BiasCorrection
from audio_debias.corrections.per_label import LABEL_FREE
from audio_debias.corrections.spaces import domain_codes
from audio_debias.corrections.store import load_corrections
from audio_debias.errors import InputError
from audio_debias.tables.embedding_table import EmbeddingTable

BLOCK = 4096
"""Rows that are corrected together, always as many: a matrix product of another height may round
otherwise, and no portion of a table must depend on how it was cut."""


def fit_pooled(
    table: EmbeddingTable,
    *,
    eraser: str = "leace",
    options: Mapping | None = None,
    with_labels: bool = False,
    seed: int = 42,
) -> BiasCorrection:
    """Fit one eraser over all domains of the training rows.

    Parameters
    ----------
    table : EmbeddingTable
        With domains, and a split: rows of ``train`` are fitted on.
    eraser, options
        See :class:`BiasCorrection`.
    with_labels : bool
        Let the eraser know the labels; a row without annotation counts as one without the label.
    seed : int

    Raises
    ------
    InputError
        If there is one domain, or a domain has one row, or the eraser cannot be fitted.
    """
    train = training_rows(table)
    names = np.unique(np.asarray(table.domain))
    counts = np.array([(np.asarray(train.domain) == name).sum() for name in names])
    if len(names) < 2:
        raise InputError(f"{table.source}: all rows are of the domain {names[0]!r}; needs two")
    if counts.min() < 2:
        raise InputError(
            f"{table.source}: domain {names[counts.argmin()]!r} has {counts.min()} training rows; "
            "it needs two or more: leave it out, or call it as the domain that it belongs to"
        )
    if with_labels and not train.labels.shape[1]:
        raise InputError(f"{table.source}: has no labels; name a column with --label")
    correction = BiasCorrection(
        eraser,
        options=dict(options or {}),
        random_state=seed,
    )
    labels = train.labels.fillna(False).to_numpy(dtype=bool) if with_labels else None
    try:
        correction.fit(train.x, labels, domain=train.domain)
    except InputError:
        raise
    except ValueError as error:
        raise InputError(f"{table.source}: {eraser}: {' '.join(str(error).split())}") from None
    if correction.skipped_:
        reasons = "; ".join(reason for _, reason in correction.skipped_)
        raise InputError(f"{table.source}: {eraser} found nothing to take out: {reasons}")
    return correction


def training_rows(table: EmbeddingTable) -> EmbeddingTable:
    """The rows of ``train``.

    Raises
    ------
    InputError
        If the table has no domains, or no training row.
    """
    if table.domain is None:
        raise InputError(f"{table.source}: has no column domain; name one with --domain")
    train = np.asarray(table.split) == "train"
    if not train.any():
        raise InputError(f"{table.source}: no row is of the split train")
    return table.of(np.flatnonzero(train))


def load_pooled(path: str | Path) -> tuple[BiasCorrection, dict]:
    """The correction of a file that serves every row, whatever its label, and the metadata.

    A file of ``audio-debias fit``, or of a global method of the workflow.

    Raises
    ------
    InputError
        If `path` is no such file, or holds corrections for single labels alone.
    """
    if not Path(path).is_file():
        raise InputError(f"{path}: no such file")
    corrections, metadata = load_corrections(path)
    if LABEL_FREE not in corrections:
        raise InputError(
            f"{path}: holds a correction for each of {', '.join(corrections) or 'no label'}, and "
            "none for all rows; take the file of a global method of the linear space"
        )
    return corrections[LABEL_FREE], metadata


def apply_pooled(
    correction: BiasCorrection, x: np.ndarray, domain: Sequence[str] | np.ndarray | None = None
) -> np.ndarray:
    """Corrected rows as float32, the same bits in whatever portions rows come.

    Parameters
    ----------
    correction : fitted BiasCorrection
    x : array of shape (n, D)
    domain : sequence of str, optional
        Of each row, if the correction needs it.

    Returns
    -------
    array of float32, shape (n, D')

    Raises
    ------
    ValueError
        If the domain is needed and missing, or was not fitted.
    """
    domains = None if domain is None else np.asarray(domain)
    parts = []
    for start in range(0, len(x), BLOCK):
        rows = x[start : start + BLOCK]
        own = None if domains is None else domains[start : start + BLOCK]
        missing = BLOCK - len(rows)
        if missing:
            rows = np.concatenate([rows, np.repeat(rows[:1], missing, axis=0)])
            own = None if own is None else np.concatenate([own, np.repeat(own[:1], missing)])
        mapped = correction.map(rows, correction.train_domain)
        if correction.needs_domain:
            corrected = _each_by_its_own(correction, mapped, own)
        else:
            corrected = correction.erasers_[0].apply(mapped)
        parts.append(corrected[: BLOCK - missing].astype(np.float32))
    return np.concatenate(parts)


def _each_by_its_own(correction: BiasCorrection, mapped: np.ndarray, domain) -> np.ndarray:
    if domain is None:
        raise ValueError(f"domain: missing; {correction.eraser} corrects each domain on its own")
    codes = domain_codes(domain, correction.domains_)
    corrected = np.empty(mapped.shape)
    for code in np.unique(codes):
        corrected[codes == code] = correction.erasers_[code].apply(mapped)[codes == code]
    return corrected

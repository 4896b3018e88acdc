"""One correction per label, and one that serves all: fitted on matched samples."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from audio_debias.corrections.correction import BiasCorrection
from audio_debias.errors import InputError
from audio_debias.samples.rows import rows_of

LABEL_FREE = "*"
"""The name, beside those of the labels, of the correction that serves all of them; no label can
have it."""


def fit_corrections(
    samples: pd.DataFrame,
    embeddings: Mapping[str, pd.DataFrame],
    *,
    label_free: bool = False,
    threads: int | None = None,
    **parameters,
) -> dict[str, BiasCorrection]:
    """Fit one correction per label on its matched sample.

    Parameters
    ----------
    samples : DataFrame
        Matched samples (:func:`~audio_debias.samples.matching.match_samples`).
    embeddings : mapping of corpora to DataFrame
        Rows of float32 embeddings indexed by ``clip_id``; directions point from the first corpus
        to the others.
    label_free : bool
        One more under the name `LABEL_FREE`, fitted on the sampled clips of all labels together
        without their labels: the one to apply where no label is known.
    threads : int, optional
        BLAS threads to use at most.
    **parameters
        Of :class:`BiasCorrection`.

    Raises
    ------
    InputError
        If a sampled clip has no embedding, or one with NaN or infinity.
    """
    with threadpool_limits(threads):
        corrections = {
            label: _fit(sample, embeddings, parameters, labelled=True)
            for label, sample in samples.groupby("label", sort=False)
        }
        if label_free and len(samples):
            clips = samples.drop_duplicates(["corpus", "clip_id"])
            corrections[LABEL_FREE] = _fit(clips, embeddings, parameters, labelled=False)
    return corrections


def fit_without_labels(
    labels: Sequence[str],
    clips: Mapping[str, pd.DataFrame],
    embeddings: Mapping[str, pd.DataFrame],
    *,
    threads: int | None = None,
    **parameters,
) -> dict[str, BiasCorrection]:
    """Fit one correction, for all labels, on every training clip of the corpora.

    What the clips are labelled is not read: so a target may be adapted to that is not annotated.
    Nothing balances the corpora, and if one label is rarer in one of them, that difference is taken
    out with the domain.

    Parameters
    ----------
    labels : sequence of str
        Those of the matched samples.
    clips : mapping of corpora to DataFrame
        Clip tables; training clips without an embedding are left out.
    embeddings, threads, **parameters
        As :func:`fit_corrections`.

    Returns
    -------
    dict of str to BiasCorrection
        The same one for each label and for `LABEL_FREE`.

    Raises
    ------
    InputError
        If a clip's embedding holds NaN or infinity.
    """
    training = pd.concat(
        [
            table.loc[
                (table["split"] == "train") & table["clip_id"].isin(embeddings[corpus].index),
                ["clip_id", "genre"],
            ].assign(corpus=corpus)
            for corpus, table in clips.items()
        ]
    )
    with threadpool_limits(threads):
        correction = _fit(training, embeddings, parameters, labelled=False)
    return dict.fromkeys([*labels, LABEL_FREE], correction)


def _fit(
    sample: pd.DataFrame, embeddings: Mapping[str, pd.DataFrame], parameters: dict, labelled: bool
) -> BiasCorrection:
    """A correction fitted on sampled clips, in the order of the corpora."""
    parts = [sample[sample["corpus"] == corpus] for corpus in embeddings]
    sample = pd.concat(parts)
    x = np.concatenate(
        [
            rows_of(embeddings[corpus], part["clip_id"], corpus)
            for corpus, part in zip(embeddings, parts, strict=True)
        ]
    )
    correction = BiasCorrection(**parameters, domains=tuple(embeddings))
    y = sample["positive"] if labelled else None
    return correction.fit(x, y, domain=sample["corpus"], genre=sample["genre"])


def check_needs(corrections: Mapping[str, BiasCorrection], needs: str, method: str) -> None:
    """Refuse a method that says of its eraser what is not so.

    Raises
    ------
    InputError
        If the eraser corrects each corpus on its own and `needs` is not "corpus".
    """
    if needs != "corpus" and any(one.needs_domain for one in corrections.values()):
        raise InputError(
            f"resources/methods/{method}.yaml: needs: its eraser moves each corpus on its own; "
            "write needs: corpus"
        )


def lacking_directions(corrections: Mapping[str, BiasCorrection]) -> pd.DataFrame:
    """``label, genre, reason``: what could not be fitted; genre is null where it is all genres."""
    rows = [
        (label, genre or None, reason)
        for label, correction in corrections.items()
        for genre, reason in correction.skipped_
    ]
    return pd.DataFrame(rows, columns=["label", "genre", "reason"], dtype="string")

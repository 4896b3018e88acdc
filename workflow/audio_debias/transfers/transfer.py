"""Train on one corpus, test on both: every transfer of one method over all labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit
from threadpoolctl import threadpool_limits

from audio_debias.corrections.correction import BiasCorrection
from audio_debias.samples.rows import rows_of
from audio_debias.transfers.bias import PROBE_CLIPS, DomainProbe, bias_table
from audio_debias.transfers.classifier import FOLDS, GRID, LogisticGrid, unit_of

BLOCK_ROWS = 512
"""Test clips mapped at a time, so that memory does not grow with the corpus."""

SCORE_COLUMNS = ("train_corpus", "test_corpus", "label", "clip_id", "logit", "score", "truth")


@dataclass(frozen=True)
class Transfers:
    """What :func:`run_transfers` gives.

    Attributes
    ----------
    classifiers : dict of (label, train corpus) to LogisticGrid
        They take what the label's correction gives for that train corpus.
    scores : DataFrame
        ``train_corpus, test_corpus, label, clip_id, logit, score, truth``: the log-odds and the
        probability of the label for every annotated test clip.
    bias : DataFrame
        Columns `audio_debias.transfers.bias.COLUMNS`, one row per label and train corpus.
    """

    classifiers: dict[tuple[str, str], LogisticGrid]
    scores: pd.DataFrame
    bias: pd.DataFrame


def run_transfers(
    samples: pd.DataFrame,
    clips: Mapping[str, pd.DataFrame],
    embeddings: Mapping[str, pd.DataFrame],
    corrections: Mapping[str, Mapping[str, BiasCorrection]],
    *,
    Cs: Sequence[float] = GRID,
    folds: int = FOLDS,
    threads: int | None = None,
) -> Transfers:
    """Train a classifier per label and corpus on corrected embeddings, score both test splits.

    A test clip x has the logit <w, e(m(x))> + b with the kernel map m and the eraser e. That equals
    <w', m(x)> + b', w and b pulled back through e: once, not for every test clip.

    Parameters
    ----------
    samples : DataFrame
        Matched samples; the classifiers train on nothing else.
    clips : mapping of two corpora to DataFrame
        Clip tables; the annotated clips of the test split are scored.
    embeddings : mapping of two corpora to DataFrame
        Rows of float32 embeddings indexed by ``clip_id``, in the order of the pair.
    corrections : mapping of train corpus to mapping of label to fitted BiasCorrection
        Of either train corpus: the same ones, or each fitted without the other corpus. A label
        without a correction is left out.
    Cs, folds
        As in :class:`~audio_debias.transfers.classifier.LogisticGrid`.
    threads : int, optional
        BLAS threads to use at most.

    Raises
    ------
    InputError
        If a sampled or tested clip has no embedding, or one with NaN or infinity.
    """
    corpora = tuple(embeddings)
    classifiers, scores, bias_rows = {}, [], []
    with threadpool_limits(threads):
        for label in samples["label"].unique():
            sampled = samples[samples["label"] == label]
            train = {corpus: sampled[sampled["corpus"] == corpus] for corpus in corpora}
            test = {corpus: _test_clips(clips[corpus], label) for corpus in corpora}
            x_train, x_test = (
                {
                    corpus: rows_of(embeddings[corpus], part["clip_id"], corpus)
                    for corpus, part in parts.items()
                }
                for parts in (train, test)
            )
            probes: dict[tuple, DomainProbe] = {}
            for corpus in (name for name in corpora if label in corrections[name]):
                correction = corrections[corpus][label]
                # Kernel maps are random: no published digit to repeat.
                mapped = correction.map(x_train[corpus], corpus)
                classifier = LogisticGrid(
                    Cs, folds, liblinear=correction.space_ is None, unit=unit_of(mapped)
                )
                corrected = correction.eraser_of(corpus).apply(mapped)
                classifier.fit(corrected, train[corpus]["positive"])
                classifiers[label, corpus] = classifier
                erasers = [correction.eraser_of(name) for name in corpora]
                # A linear space maps the clips of all train corpora alike.
                of = (id(correction), None if correction.space_ is None else corpus)
                if of not in probes:
                    spread = (_spread(x_train[name]) for name in corpora)
                    seen = (correction.map(rows, corpus) for rows in spread)
                    probes[of] = DomainProbe(erasers, *seen)
                probe = probes[of]
                values = {}
                for row, (name, eraser) in enumerate(zip(corpora, erasers, strict=True)):
                    w, b = eraser.pull_back(classifier.coef_, classifier.intercept_)
                    functionals = np.concatenate([w, probe.functionals[row]])
                    values[name] = _apply(correction, x_test[name], corpus, functionals)
                    values[name] += np.concatenate([b, probe.offsets[row]])[:, None]
                scores += [
                    test[name].assign(
                        train_corpus=corpus,
                        test_corpus=name,
                        label=label,
                        logit=values[name][0],
                        score=expit(values[name][0]),
                    )
                    for name in corpora
                ]
                domain_values = (values[name][1:] for name in corpora)
                bias_rows.append((label, corpus, *probe.report(*domain_values)))
    empty = pd.DataFrame(columns=SCORE_COLUMNS)
    scores = pd.concat(scores, ignore_index=True)[list(SCORE_COLUMNS)] if scores else empty
    return Transfers(classifiers, scores, bias_table(bias_rows))


def _test_clips(clips: pd.DataFrame, label: str) -> pd.DataFrame:
    """``clip_id, truth`` of the test clips annotated for `label`."""
    annotated = clips[(clips["split"] == "test") & clips[label].notna()]
    return pd.DataFrame({"clip_id": annotated["clip_id"], "truth": annotated[label].astype(bool)})


def _spread(rows: np.ndarray) -> np.ndarray:
    """At most `PROBE_CLIPS` of the rows, evenly spaced."""
    return rows[np.linspace(0, len(rows) - 1, min(len(rows), PROBE_CLIPS)).astype(int)]


def _apply(
    correction: BiasCorrection, x: np.ndarray, train_corpus: str, functionals: np.ndarray
) -> np.ndarray:
    """Linear functionals (k, D') of the mapped rows of `x` (n, D): shape (k, n).

    Each row is one inner product: equal clips tie exactly, as in a matrix product they may not.
    """
    values = np.empty((len(functionals), len(x)))
    for start in range(0, len(x), BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        mapped = correction.map(x[rows], train_corpus).astype(np.float64, copy=False)
        values[:, rows] = [np.vecdot(mapped, functional) for functional in functionals]
    return values

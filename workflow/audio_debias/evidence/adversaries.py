"""Adversaries: what still tells two corpora apart on clips that nobody has seen."""

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from audio_debias.corrections.correction import BiasCorrection
from audio_debias.corrections.per_label import LABEL_FREE
from audio_debias.evidence.intervals import auc_interval
from audio_debias.evidence.permutations import NullAucs, permuted_domains
from audio_debias.evidence.probes import ADVERSARIES, attack
from audio_debias.evidence.resampling import Resamples, WeightedAuc, resample_seed, tracks_of
from audio_debias.evidence.spaces import frechet_distance, variance_shares
from audio_debias.samples.rows import rows_of

CLIPS = 2000
"""Clips of each corpus and split at most."""

VALUES = 2**22
"""Numbers in the clips of a corpus at most: 512 clips of 8,192 kernel features."""

FACTORS = ("corpus", "label", "genre", "track")
COLUMNS = [
    *("adversary", "auc_before", "auc_after", "null_low", "null_high"),
    *("before_low", "before_high", "after_low", "after_high"),
    *("frechet_before", "frechet_after"),
    *(f"share_{factor}_{when}" for factor in FACTORS for when in ("before", "after")),
    *("labels", "train_clips", "test_clips"),
]


def identify_domains(
    samples: pd.DataFrame,
    clips: Mapping[str, pd.DataFrame],
    embeddings: Mapping[str, pd.DataFrame],
    corrections: Mapping[str, BiasCorrection],
    *,
    labels: int = 3,
    permutations: int = 1000,
    resamples: int = 2000,
    level: float = 0.95,
    seed: int = 42,
    permute: bool = False,
) -> pd.DataFrame:
    """Train adversaries to tell two corpora apart, before and after a correction.

    Each adversary is trained anew on the corrected clips of the train split (as many of either
    corpus, from the union of the matched samples of all labels) and judged on test clips. A
    correction is one per label: AUCs are means over the corrections of `labels` labels.

    Parameters
    ----------
    samples : DataFrame
        Matched samples.
    clips : mapping of two corpora to DataFrame
        Clip tables, restricted to clips that have an embedding.
    embeddings : mapping of two corpora to DataFrame
        Rows of float32 embeddings indexed by ``clip_id``, in the order of the pair.
    corrections : mapping of label to fitted BiasCorrection
    labels : int
        How many labels' corrections to judge, evenly spaced in their order.
    permutations : int
        Permutations of the corpora's names among the test tracks, for the null.
    resamples, level : int, float
        Of the intervals, over test tracks.
    seed : int
        Of what is left out where a corpus has more clips than the bounds `CLIPS` and `VALUES`, of
        permutations and of resamples.
    permute : bool
        A control: permute the names of the corpora among all clips first. Every AUC must then lie
        at 0.5, about 95 in 100 of them inside their null.

    Returns
    -------
    DataFrame
        `COLUMNS`, a row per adversary of :mod:`audio_debias.evidence.probes`: ``auc_before`` and
        ``auc_after`` with their intervals; ``null_low`` and ``null_high``, between which `level`
        of the permutations put ``auc_after``; and, the same in every row, the Fréchet distance
        between the corpora and the shares of variance (:mod:`audio_debias.evidence.spaces`) of the
        training clips.
        Null where unknown; no row without a correction, or without test clips of both corpora.
    """
    return identify_after_each(
        samples,
        clips,
        embeddings,
        [corrections],
        labels=labels,
        permutations=permutations,
        resamples=resamples,
        level=level,
        seed=seed,
        permute=permute,
    )[0]


def identify_after_each(
    samples: pd.DataFrame,
    clips: Mapping[str, pd.DataFrame],
    embeddings: Mapping[str, pd.DataFrame],
    corrections: Iterable[Mapping[str, BiasCorrection]],
    *,
    labels: int = 3,
    permutations: int = 1000,
    resamples: int = 2000,
    level: float = 0.95,
    seed: int = 42,
    permute: bool = False,
) -> list[pd.DataFrame]:
    """:func:`identify_domains` after each of several corrections of one pair and model.

    The clips before correction are the same for all methods of a space: they are attacked once.

    Parameters
    ----------
    samples, clips, embeddings
        As :func:`identify_domains` takes them.
    corrections : iterable of mapping of label to fitted BiasCorrection
        One mapping a method and mode; taken one after the other.
    labels, permutations, resamples, level, seed, permute
        As :func:`identify_domains` takes them.

    Returns
    -------
    list of DataFrame
        `COLUMNS`, one table each, the same as alone.
    """
    with threadpool_limits(1):  # Bits do not depend on the number of cores.
        pair = _Identification(
            samples, clips, embeddings, seed, permute, permutations, resamples, level
        )
        return [
            pair.of(_evenly([item for item in one.items() if item[0] != LABEL_FREE], labels))
            for one in corrections
        ]


class _Identification:
    """The clips of a pair and a model, on which any number of corrections are judged."""

    def __init__(self, samples, clips, embeddings, seed, permute, permutations, resamples, level):
        self.corpora, self.seed, self.level = tuple(embeddings), seed, level
        self.resamples, self.permutations = resamples, permutations
        self.samples, self.clips, self.embeddings = samples, clips, embeddings
        self.permute = permute
        positive = samples[samples["positive"]]
        self._held = pd.crosstab([positive["corpus"], positive["clip_id"]], positive["label"]) > 0
        self._known, self._drawn = {}, {}

    def of(self, corrections) -> pd.DataFrame:
        if not corrections:
            return _table([])
        features = self._features(corrections[0][1])
        bound = min(CLIPS, max(VALUES // features, 1))
        if bound not in self._drawn:
            rng = np.random.default_rng(self.seed)
            train, test = self._draw("train", bound, rng), self._draw("test", bound, rng)
            null = NullAucs(test, self.permutations, rng)
            self._drawn[bound] = train, test, null, self._resampled(test)
        train, test, null, resampled = self._drawn[bound]
        if test["domain"].nunique() < 2:
            return _table([])
        judged = [self._judge(correction, train, test) for _, correction in corrections]
        rows = []
        for name in ADVERSARIES:
            before, after = ([one[when, name] for one in judged] for when in ("before", "after"))
            low, high = null.of(after, self.level)
            row = {"adversary": name, "null_low": low, "null_high": high}
            for when, scores in (("before", before), ("after", after)):
                found = self._interval(scores, test, resampled)
                row |= dict(zip((f"auc_{when}", f"{when}_low", f"{when}_high"), found, strict=True))
            for measure in judged[0]["measures"]:
                row[measure] = np.mean([one["measures"][measure] for one in judged])
            counts = {"train_clips": len(train), "test_clips": len(test)}
            rows.append(row | counts | {"labels": len(judged)})
        return _table(rows)

    def _features(self, correction) -> int:
        first = next(iter(self.embeddings.values())).iloc[:1].to_numpy(float)
        return _in_space(correction, first, self.corpora[0], self.corpora[0])[0].shape[1]

    def _draw(self, split: str, bound: int, rng: np.random.Generator) -> pd.DataFrame:
        """Clips of both corpora: ``corpus, clip_id, genre, track_id, domain``."""
        parts = []
        for corpus in self.corpora:
            table = self.clips[corpus][self.clips[corpus]["split"] == split]
            if split == "train":
                sampled = self.samples[self.samples["corpus"] == corpus]
                table = table[table["clip_id"].isin(sampled["clip_id"])]
            parts.append(table[["clip_id", "genre", "track_id"]].assign(corpus=corpus))
        count = min(bound, *map(len, parts)) if split == "train" else bound
        parts = [
            part.iloc[np.sort(rng.permutation(len(part))[:count])].assign(domain=bool(code))
            for code, part in enumerate(parts)
        ]
        drawn = pd.concat(parts, ignore_index=True)
        drawn["track"] = pd.factorize(
            pd.Series(list(zip(drawn["corpus"], _codes(parts), strict=True)), dtype=object)
        )[0]
        if self.permute:
            drawn["domain"] = permuted_domains(drawn, 1, rng)[0]
        return drawn

    def _judge(self, correction, train: pd.DataFrame, test: pd.DataFrame) -> dict:
        """Scores of the test clips by adversary, and the measures of the training clips."""
        spaces = {
            name: self._rows(correction, part) for name, part in (("train", train), ("test", test))
        }
        # The unit before the correction in both cases: what a projection leaves of a feature may
        # be rounding noise, and no scaling must raise it.
        mapped, domain = spaces["train"][0], train["domain"].to_numpy()
        unit = np.sqrt(np.mean([mapped[domain == value].var(axis=0) for value in (0, 1)], axis=0))
        unit[unit == 0] = 1
        judged: dict = {"measures": {}}
        for when, x, y in zip(("before", "after"), spaces["train"], spaces["test"], strict=True):
            # Equal clips need one attack: all labels before a linear correction, and `none`.
            key = hashlib.sha256(x.tobytes() + y.tobytes() + unit.tobytes()).digest()
            if key not in self._known:
                self._known[key] = (
                    self._measures(x, train),
                    attack(x / unit, domain, y / unit),
                )
            measures, scores = self._known[key]
            judged |= {(when, name): found for name, found in scores.items()}
            judged["measures"] |= {f"{name}_{when}": value for name, value in measures.items()}
        return judged

    def _rows(self, correction, drawn: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        parts = []
        for corpus in self.corpora:
            ids = drawn.loc[drawn["corpus"] == corpus, "clip_id"]
            x = rows_of(self.embeddings[corpus], ids, corpus)
            parts.append(_in_space(correction, x, corpus, self.corpora[0]))
        mapped, corrected = zip(*parts, strict=True)
        return np.concatenate(mapped), np.concatenate(corrected)

    def _measures(self, x: np.ndarray, train: pd.DataFrame) -> dict[str, float]:
        domain = train["domain"].to_numpy()
        keys = pd.MultiIndex.from_frame(train[["corpus", "clip_id"]])
        held = self._held.reindex(keys, fill_value=False).to_numpy(float)
        known = train["track_id"].notna().to_numpy()
        shares = variance_shares(
            x,
            {
                "corpus": domain,
                "label": held,
                "genre": train["genre"].to_numpy(object),
                "track": train["track"].astype(object).where(known, None).to_numpy(),
            },
        )
        distance = frechet_distance(x[~domain], x[domain])
        return {"frechet": distance} | {f"share_{name}": value for name, value in shares.items()}

    def _resampled(self, test: pd.DataFrame) -> list[np.ndarray]:
        """Resamples of the test clips, each corpus on its own: blocks of (clips, R)."""
        draws = [
            Resamples(
                pd.factorize(test["track"][test["corpus"] == corpus])[0],
                resamples=self.resamples,
                seed=resample_seed(self.seed, corpus),
            ).blocks()
            for corpus in self.corpora
        ]
        return [np.concatenate(both) for both in zip(*draws, strict=True)]

    def _interval(
        self, scores: list[np.ndarray], test: pd.DataFrame, resampled: list[np.ndarray]
    ) -> tuple:
        """Mean AUC over `scores` (one array a label) and its interval over test tracks."""
        domain = test["domain"].to_numpy()
        aucs = [WeightedAuc(one, domain) for one in scores]
        mean = np.mean([auc(np.ones((len(test), 1), dtype=np.int32))[0] for auc in aucs])
        drawn = [np.mean([auc(weights) for auc in aucs], axis=0) for weights in resampled]
        sd = np.std(np.concatenate(drawn), ddof=1)
        df = test.groupby("corpus")["track"].nunique().min() - 1
        low, high = auc_interval(mean, sd, df, self.level)
        return mean, float(low), float(high)


def _table(rows: list[dict]) -> pd.DataFrame:
    types = dict.fromkeys(COLUMNS[1:-3], "Float64") | dict.fromkeys(COLUMNS[-3:], "Int64")
    return pd.DataFrame(rows, columns=COLUMNS).astype(types)


def _in_space(correction, x: np.ndarray, corpus: str, train_corpus: str):
    """Rows of a corpus before and after the correction, in the space that it corrects."""
    mapped = np.asarray(correction.map(x, train_corpus), dtype=np.float64)
    return mapped, np.asarray(correction.eraser_of(corpus).apply(mapped), dtype=np.float64)


def _codes(parts: list[pd.DataFrame]) -> np.ndarray:
    return np.concatenate([tracks_of(part) for part in parts])


def _evenly(items: list, count: int) -> list:
    """At most `count` of the items, evenly spaced."""
    return [items[i] for i in np.linspace(0, len(items) - 1, min(len(items), count)).astype(int)]

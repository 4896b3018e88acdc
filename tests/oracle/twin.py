"""The twin: synthetic embeddings under the real clip names, and what the published code gives."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from audio_debias.corpora.registry import read_corpus
from audio_debias.corrections.correction import BiasCorrection
from audio_debias.corrections.per_label import fit_corrections
from audio_debias.models.embeddings_h5 import read_embeddings
from audio_debias.samples.matching import match_samples
from audio_debias.transfers.metrics import METRICS, compute_metrics
from audio_debias.transfers.transfer import Transfers, run_transfers
from methods import parameters

LABELS = [
    "cello",
    "clarinet",
    "flute",
    "guitar",
    "organ",
    "piano",
    "saxophone",
    "trumpet",
    "violin",
    "voice",
]
GENRES = ["pop_rock", "jazz_blue", "classical", "country_folk"]
CORPORA = ("irmas", "openmic")
MODES = ("global", "classwise")


@dataclass(frozen=True)
class Cell:
    """One method and mode over all labels, transfers and both train corpora."""

    corrections: dict[str, BiasCorrection]
    transfers: Transfers
    metrics: pd.DataFrame


@dataclass(frozen=True)
class Twin:
    """The twin's inputs, read by the project's own readers, and the reference."""

    clips: dict[str, pd.DataFrame]
    embeddings: dict[str, pd.DataFrame]
    samples: pd.DataFrame
    results: pd.DataFrame
    directions: dict[str, np.ndarray]

    def compute(self, method: str, mode: str, seed: int = 42) -> Cell:
        """Our numbers, with the paper's own treatment of a genre found in one corpus only."""
        corrections = fit_corrections(
            self.samples,
            self.embeddings,
            **parameters(method),
            mode=mode,
            one_corpus_genre="paper",
            random_state=seed,
            threads=1,
        )
        by_corpus = dict.fromkeys(CORPORA, corrections)
        transfers = run_transfers(self.samples, self.clips, self.embeddings, by_corpus, threads=1)
        metrics = compute_metrics(transfers.scores, LABELS, CORPORA)
        return Cell(corrections, transfers, metrics)

    def beside(self, cell: Cell, method: str, mode: str) -> pd.DataFrame:
        """One row per transfer and label; the reference's metrics end in ``_reference``."""
        chosen = self.results[(self.results["method"] == method) & (self.results["mode"] == mode)]
        keys = ["train_corpus", "test_corpus", "label"]
        assert len(chosen) == 40
        return cell.metrics.astype(dict.fromkeys(METRICS, float)).merge(
            chosen, on=keys, suffixes=("", "_reference"), validate="one_to_one"
        )


def load_twin(shared: Path, root: Path) -> Twin:
    """Read the twin; the layout of the OpenMIC archive is made in the empty folder `root`."""
    for name in ("openmic-2018.npz", "openmic-2018-metadata.csv", "class-map.json"):
        (root / name).symlink_to(shared / "twin" / name)
    (root / "split.csv").symlink_to(shared / "published" / "openmic_split.csv")
    roots = {"irmas": (shared / "published", "irmas_split.csv"), "openmic": (root, "split.csv")}
    clips, embeddings = {}, {}
    for corpus, (folder, split) in roots.items():
        clips[corpus], _ = read_corpus(
            corpus,
            folder,
            labels=LABELS,
            genres=GENRES,
            options={"split": split, "audio": False},
        )
        clip_ids, values = read_embeddings(shared / "twin" / "embeddings.h5", corpus, "vggish")
        embeddings[corpus] = pd.DataFrame(values, index=clip_ids)
    samples, excluded = match_samples(clips, LABELS, GENRES)
    assert excluded.empty
    results = pd.read_csv(shared / "twin" / "reference_results.csv").rename(
        columns={
            "train_domain": "train_corpus",
            "test_domain": "test_corpus",
            "instrument": "label",
        }
    )
    with np.load(shared / "twin" / "reference_directions.npz") as arrays:
        directions = dict(arrays)
    return Twin(clips, embeddings, samples, results, directions)

"""What a cheaper extraction costs: in the embedding, and in a classifier's ROC-AUC.

    python benchmarks/precision.py FOLDER --weights vggish=vggish_1 openl3=weights.h5

FOLDER holds folders of sound files named by label. Each variant of a model (bf16, a longer hop) is
compared with the model as it is defined: the clip embeddings by cosine, and the labels by the mean
over them of the best cross-validated ROC-AUC, one label against the rest. Output is Markdown.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow"))

from audio_debias.corpora.folders import clips_of_folders  # noqa: E402
from audio_debias.models.extraction import extract_shard  # noqa: E402
from audio_debias.transfers.classifier import LogisticGrid  # noqa: E402

VARIANTS = {
    # model: (definition, {variant: what differs from the definition})
    "vggish": ("vggish_raw", {"bf16": {"precision": "bf16"}}),
    "openl3": ("openl3", {"bf16": {"precision": "bf16"}, "hop 0.5 s": {"hop": 0.5}}),
}


def mean_auc(embeddings: np.ndarray, labels: pd.DataFrame) -> float:
    """Mean over labels of the best cross-validated ROC-AUC."""
    scores = [
        LogisticGrid().fit(embeddings, labels[label] == 1).grid_scores_.mean(axis=1).max()
        for label in labels
    ]
    return float(np.mean(scores))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--weights", nargs="+", required=True, metavar="MODEL=PATH")
    parser.add_argument("--every", type=int, default=1, help="take every n-th clip of each label")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()

    clips = clips_of_folders(arguments.folder)
    labels = list(clips.columns.drop("path"))
    clips = clips.groupby(labels).nth(slice(None, None, arguments.every))
    clips = clips.assign(clip_id=clips["path"])
    print(f"{len(clips)} clips, {len(labels)} labels\n")
    print("| model | variant | least cosine | mean cosine | ROC-AUC | of the variant |")
    print("| --- | --- | --- | --- | --- | --- |")
    for model, weights in (pair.split("=", 1) for pair in arguments.weights):
        definition, variants = VARIANTS[model]
        spec = yaml.safe_load((ROOT / f"resources/models/{definition}.yaml").read_text())

        def embed(changes, spec=spec, weights=weights):
            changed = {**spec, **changes}
            return extract_shard(
                clips, arguments.folder, changed, weights, threads=arguments.threads, progress=False
            ).embeddings

        exact = embed({})
        for variant, changes in variants.items():
            other = embed(changes)
            norms = np.linalg.norm(exact, axis=1) * np.linalg.norm(other, axis=1)
            cosines = (exact * other).sum(axis=1) / norms
            auc = mean_auc(exact, clips[labels]), mean_auc(other, clips[labels])
            print(
                f"| {model} | {variant} | {cosines.min():.5f} | {cosines.mean():.5f} "
                f"| {100 * auc[0]:.2f} | {100 * auc[1]:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()

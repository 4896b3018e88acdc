"""What recording properties cost beside the extraction of embeddings.

    python benchmarks/properties.py --weights yamnet_1 --audio recordings/a recordings/b

For each folder: CPU ms a clip, on one thread, of decoding, of `measure_shard` (which decodes too)
and of `extract_shard` with YAMNet, in turns; the least of `--rounds` rounds, since what else runs
on the machine only adds to a time.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import yaml

from audio_debias.corpora.sound_files import find_sounds
from audio_debias.models import extraction
from audio_debias.models.recording import measure_shard
from audio_debias.sound.decoding import decode

ROOT = Path(__file__).resolve().parent.parent


def cpu_seconds(function: Callable[[], object]) -> float:
    start = time.process_time()
    function()
    return time.process_time() - start


def costs(folder: Path, spec: dict, weights: Path, rounds: int) -> tuple[int, pd.Series]:
    """How many clips a folder has, and CPU ms a clip of each part."""
    files = find_sounds(folder).files
    clips = pd.DataFrame({"clip_id": files, "path": files})
    parts = {
        "decode": lambda: [decode(folder / name) for name in files],
        "properties": lambda: measure_shard(clips, folder),
        "yamnet": lambda: extraction.extract_shard(
            clips, folder, spec, weights, threads=1, progress=False
        ),
    }
    times = [{name: cpu_seconds(part) for name, part in parts.items()} for _ in range(rounds)]
    return len(files), pd.DataFrame(times).min() * 1000 / len(files)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", required=True, type=Path, help="YAMNet as a SavedModel")
    parser.add_argument("--audio", nargs="+", required=True, type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    spec = yaml.safe_load((ROOT / "resources" / "models" / "yamnet.yaml").read_text())
    model = extraction.load_model(spec, arguments.weights)
    extraction.load_model = lambda spec, weights: model
    print("| clips | decode | properties | YAMNet | properties / YAMNet |")
    for folder in arguments.audio:
        n_clips, ms = costs(folder, spec, arguments.weights, arguments.rounds)
        row = f"{ms['decode']:.1f} | {ms['properties']:.1f} | {ms['yamnet']:.1f}"
        share = 100 * ms["properties"] / ms["yamnet"]
        print(f"| {n_clips} of {folder.name} | {row} | {share:.0f} % |", flush=True)


if __name__ == "__main__":
    main()

"""How fast embeddings are extracted: ours, the models' documented way, and the limit.

    python benchmarks/extract.py --weights yamnet=yamnet_1 openl3=weights.h5 vggish=vggish_1

makes clips of noise (`--clips` ogg files of 10 s and as many wav files of 3 s, 44.1 kHz stereo),
and for each model times, each in a process of its own with the model loaded and warmed up before:

peer   file by file: soundfile, resampy's kaiser_best, and a call of the SavedModel (yamnet, vggish)
       or `openl3.get_audio_embedding` (openl3); TensorFlow as it comes, on all cores
limit  decoding the files, then the network on ready-made windows in ours' batches
ours   `extract_shard` with the definition in resources/models/

Packages of the peers that are not installed are left out. Seconds are wall seconds; where other
programs run besides, compare CPU seconds.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile
import yaml

ROOT = Path(__file__).resolve().parent.parent
RATE = 44100

VARIANTS = {
    # name: (definition, what differs from it)
    "yamnet": ("yamnet", {}),
    "vggish": ("vggish_raw", {}),
    "vggish bf16": ("vggish_raw", {"precision": "bf16"}),
    "openl3": ("openl3", {}),
    "openl3 bf16": ("openl3", {"precision": "bf16"}),
    "openl3 hop 0.5 s": ("openl3_hop05", {}),
}


def make_clips(folder: Path, n_clips: int) -> None:
    """`n_clips` ogg files of 10 s and as many wav files of 3 s."""
    rng = np.random.default_rng(0)
    for index in range(n_clips):
        for suffix, seconds in (("ogg", 10), ("wav", 3)):
            samples = rng.normal(0, 0.1, (seconds * RATE, 2)).astype(np.float32)
            soundfile.write(folder / f"{index:04}.{suffix}", samples, RATE)


def run_peer(name: str, folder: Path, weights: Path) -> tuple[Callable[[Path], object], list[Path]]:
    """Embed one file the documented way."""
    import resampy

    if name == "openl3":
        import openl3
        from openl3.models import load_audio_embedding_model_from_path

        model = load_audio_embedding_model_from_path(str(weights), "mel128", 512)

        def embed(path):
            samples, rate = soundfile.read(path)
            return openl3.get_audio_embedding(samples, rate, model=model, verbose=False)
    else:
        import tensorflow as tf

        model = tf.saved_model.load(str(weights))

        def embed(path):
            samples, rate = soundfile.read(path)
            mono = resampy.resample(samples.mean(axis=1), rate, 16000, filter="kaiser_best")
            return model(mono.astype(np.float32))

    return embed, sorted(folder.iterdir())


def time_peer(name: str, folder: Path, weights: Path) -> dict:
    embed, paths = run_peer(name, folder, weights)
    for path in paths[:2]:
        embed(path)
    return timed(lambda: [embed(path) for path in paths])


def time_ours(variant: str, folder: Path, weights: Path, threads: int) -> dict:
    """Seconds of our extraction, and of its limit."""
    from audio_debias.models import extraction as extract
    from audio_debias.models.waveforms import load_waveform

    definition, changes = VARIANTS[variant]
    spec = yaml.safe_load((ROOT / "resources" / "models" / f"{definition}.yaml").read_text())
    spec |= changes
    model = extract.load_model(spec, weights)
    extract.load_model = lambda spec, weights: model
    paths = sorted(folder.iterdir())
    clips = pd.DataFrame({"clip_id": [p.name for p in paths], "path": [p.name for p in paths]})

    prepared = [
        model.windows(load_waveform(folder / name, model.sample_rate, spec["resampler"]))
        for name in ("0000.ogg", "0000.wav")
    ]
    n_windows = sum(map(len, prepared)) * len(paths) // 2
    batch = np.resize(np.concatenate(prepared), (spec["batch"], *model.window_shape))
    model.embed(batch)

    def limit():
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(soundfile.read, paths))
            list(pool.map(model.embed, repeat(batch, -(-n_windows // spec["batch"]))))

    def ours():
        extract.extract_shard(clips, folder, spec, weights, threads=threads, progress=False)

    return {"limit": timed(limit), "ours": timed(ours)}


def timed(function: Callable[[], object]) -> dict:
    wall, cpu = time.perf_counter(), time.process_time()
    function()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def in_process(*arguments: str) -> dict | None:
    """What this script prints when called with `arguments`; None if it fails."""
    command = [sys.executable, __file__, *arguments]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        print(f"left out: {run.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    return json.loads(run.stdout.splitlines()[-1])


def report(variant: str, audio_seconds: float, peer: dict | None, result: dict) -> str:
    def cell(seconds):
        if seconds is None:
            return f"{'-':>24}"
        return f"{audio_seconds / seconds['wall']:9.1f} x {seconds['cpu']:8.1f} CPU s"

    ratios = [result["ours"][kind] / result["limit"][kind] for kind in ("wall", "cpu")]
    line = f"{variant:18}{cell(peer)}{cell(result['limit'])}{cell(result['ours'])}"
    line += f"   ours/limit {ratios[0]:.2f} (CPU {ratios[1]:.2f})"
    if peer is not None:
        ratios = [peer[kind] / result["ours"][kind] for kind in ("wall", "cpu")]
        line += f"   peer/ours {ratios[0]:.1f} (CPU {ratios[1]:.1f})"
    return line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", nargs="+", default=[], metavar="MODEL=PATH")
    parser.add_argument("--clips", type=int, default=200, help="of each of the two sorts")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--job", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    weights = dict(pair.split("=", 1) for pair in arguments.weights)

    if arguments.job:
        kind, name, folder = arguments.job
        path = Path(weights[name.split()[0]])
        if kind == "peer":
            print(json.dumps(time_peer(name, Path(folder), path)))
        else:
            print(json.dumps(time_ours(name, Path(folder), path, arguments.threads)))
        return

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: arguments.threads])
    options = ["--threads", str(arguments.threads), "--weights", *arguments.weights]
    print(f"{arguments.clips} ogg of 10 s, {arguments.clips} wav of 3 s, {arguments.threads} cores")
    print(f"{'x realtime, CPU s':18}{'peer':>24}{'limit':>24}{'ours':>24}")
    with tempfile.TemporaryDirectory() as folder:
        make_clips(Path(folder), arguments.clips)
        peers = {}
        for variant in VARIANTS:
            model = variant.split()[0]
            if model not in weights:
                continue
            if model not in peers:
                peers[model] = in_process("--job", "peer", model, folder, *options)
            result = in_process("--job", "ours", variant, folder, *options)
            if result:
                print(report(variant, 13 * arguments.clips, peers[model], result), flush=True)


if __name__ == "__main__":
    main()

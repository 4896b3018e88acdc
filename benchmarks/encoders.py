"""How fast encoders of Hugging Face transformers embed: ours, a plain loop, and the limit.

    python benchmarks/encoders.py --audio DIR [--clips N] [--threads T] [--models ast wav2vec2]

Networks of base size with random weights, on the sound files below DIR; each way in a process of
its own, with the network loaded and warmed up before:

loop   file by file: soundfile, soxr, the feature extractor, the network, the mean over its frames;
       PyTorch as it comes, on T cores
limit  decoding the files, then the network alone on ready-made inputs in ours' batches
ours   `extract_shard`; once more in bf16
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path

import pandas as pd
import soundfile
import soxr

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "workflow"))
WINDOWS = {"ast": 10.24, "wav2vec2": 10.0}
RATE = 16000


def make(name: str, folder: str) -> None:
    """A network of base size with random weights, saved with its feature extractor."""
    import torch
    import transformers

    torch.manual_seed(0)
    cls, extractor = {
        "ast": (transformers.ASTModel, transformers.ASTFeatureExtractor),
        "wav2vec2": (transformers.Wav2Vec2Model, transformers.Wav2Vec2FeatureExtractor),
    }[name]
    cls(cls.config_class()).save_pretrained(folder)
    extractor().save_pretrained(folder)


def time_loop(name: str, folder: str, paths: list[str], threads: int) -> float:
    import torch
    import transformers

    torch.set_num_threads(threads)
    cls = {"ast": transformers.ASTModel, "wav2vec2": transformers.Wav2Vec2Model}[name]
    extractors = {"ast": "ASTFeatureExtractor", "wav2vec2": "Wav2Vec2FeatureExtractor"}
    network = cls.from_pretrained(folder).eval()
    extractor = getattr(transformers, extractors[name]).from_pretrained(folder)

    def embed(path):
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        mono = soxr.resample(samples.mean(axis=1), rate, RATE)
        inputs = extractor(mono, sampling_rate=RATE, return_tensors="pt")
        with torch.inference_mode():
            return network(**inputs).last_hidden_state.mean(dim=1).numpy()

    embed(paths[0])
    return timed(lambda: [embed(path) for path in paths])


def time_ours(name: str, folder: str, paths: list[str], threads: int, precision: str) -> dict:
    from audio_debias.models import extraction
    from audio_debias.models.batches import batches as pack
    from audio_debias.models.waveforms import load_waveform

    spec = {"name": name, "kind": "transformers", "sample_rate": RATE, "window": WINDOWS[name]}
    spec |= {"dim": 768, "batch": 8, "precision": precision}
    model = extraction.load_model(spec, folder)
    extraction.load_model = lambda spec, weights: model
    clips = pd.DataFrame({"clip_id": paths, "path": paths})
    ready = [model.windows(load_waveform(path, RATE)) for path in paths]
    batches = list(pack(enumerate(ready), model.window_shape, spec["batch"]))
    model.embed(batches[0][0])

    def limit():
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(load_waveform, paths, repeat(RATE)))
            list(pool.map(model.embed, [windows for windows, _ in batches]))

    def ours():
        extraction.extract_shard(clips, "/", spec, folder, threads=threads, progress=False)

    return {"limit": timed(limit), "ours": timed(ours)}


def timed(function) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--audio", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--models", nargs="+", default=list(WINDOWS), choices=list(WINDOWS))
    parser.add_argument("--job", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    found = sorted(p for p in arguments.audio.rglob("*") if p.suffix in {".wav", ".ogg", ".flac"})
    # Spread over the folder, so that all corpora in it are there.
    paths = [str(path.resolve()) for path in found[:: max(1, len(found) // arguments.clips)]]
    paths = paths[: arguments.clips]

    if arguments.job:
        way, name, folder = arguments.job
        if way == "loop":
            print(json.dumps({"loop": time_loop(name, folder, paths, arguments.threads)}))
        else:
            print(json.dumps(time_ours(name, folder, paths, arguments.threads, way)))
        return

    print(f"{len(paths)} clips, {arguments.threads} threads")
    for name in arguments.models:
        with tempfile.TemporaryDirectory() as folder:
            make(name, folder)

            def run(way, name=name, folder=folder):
                command = [sys.executable, __file__, *sys.argv[1:], "--job", way, name, folder]
                out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                return json.loads(out.splitlines()[-1])

            loop, exact, half = run("loop")["loop"], run("float32"), run("bf16")
        for precision, result in (("float32", exact), ("bf16", half)):
            print(
                f"{name:9} {precision:8} loop {loop:6.1f} s  limit {result['limit']:6.1f} s  "
                f"ours {result['ours']:6.1f} s   loop/ours {loop / result['ours']:.2f}  "
                f"ours/limit {result['ours'] / result['limit']:.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()

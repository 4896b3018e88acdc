"""IRMAS and OpenMIC-2018 in miniature: true names and layouts, a few clips of made sound."""

import hashlib
import io
import json
import tarfile
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile
import yaml

CODES = {"flu": "flute", "vio": "violin"}
GENRES = {"cla": "Classical", "pop_roc": "Rock"}
CLASSES = [
    *("accordion", "banjo", "bass", "cello", "clarinet", "cymbals", "drums", "flute", "guitar"),
    *("mallet_percussion", "mandolin", "organ", "piano", "saxophone", "synthesizer", "trombone"),
    *("trumpet", "ukulele", "violin", "voice"),
]
TRAIN, TEST = 6, 2  # clips of each label and genre


def sound(label, seed, fmt, seconds=1.0, rate=16000):
    """A tone of two partials for a flute, of eleven for a violin, in noise; as bytes."""
    rng = np.random.default_rng(seed)
    time = np.arange(int(seconds * rate)) / rate
    pitch = rng.uniform(200, 500)
    partials = range(1, 3 if label == "flute" else 12)
    wave = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in partials)
    file = io.BytesIO()
    soundfile.write(file, 0.1 * wave + 0.01 * rng.standard_normal(len(time)), rate, format=fmt)
    return file.getvalue()


def write_irmas(folder: Path) -> dict[str, Path]:
    """The zip of the training data and the two lists of the split, 25 lines a clip."""
    archive = folder / "IRMAS-TrainingData.zip"
    lists = {"train": [], "test": []}
    song = 0
    with zipfile.ZipFile(archive, "w") as file:
        for code, label in CODES.items():
            for genre in GENRES:
                for split in ["train"] * TRAIN + ["test"] * TEST:
                    song += 1
                    name = f"{song:03d}__[{code}][nod][{genre}]{song:04d}__1"
                    path = f"IRMAS-TrainingData/{code}/{name}.wav"
                    file.writestr(path, sound(label, song, "WAV"))
                    lists[split].append(name)
            name = f"{song + 500:03d}__[{code}][nod][lat_sou]{song + 500:04d}__1"
            file.writestr(f"IRMAS-TrainingData/{code}/{name}.wav", sound(label, song, "WAV"))
            lists["train"].append(name)
    files = {archive.name: archive}
    for split, names in lists.items():
        path = folder / f"irmas_{split}.csv"
        path.write_text("".join(f"{name}\n" * 25 for name in names))
        files[path.name] = path
    return files


def write_openmic(folder: Path) -> dict[str, Path]:
    """The tar.gz with annotations, metadata, partitions and sound."""
    archive = folder / "openmic-2018-v1.0.0.tgz"
    keys, truth, mask, metadata, lists = [], [], [], [], {"train": [], "test": []}
    members = {}
    for number, (label, title) in enumerate(
        [(label, title) for label in CODES.values() for title in GENRES.values()] * (TRAIN + TEST)
    ):
        key = f"{number:06d}_{number * 10}"
        split = "test" if number // 4 < TEST else "train"
        keys.append(key)
        truth.append([float(name == label) for name in CLASSES])
        mask.append([name in CODES.values() for name in CLASSES])
        metadata.append((key, str([{"genre_id": "1", "genre_title": title}])))
        lists[split].append(key)
        members[f"audio/{key[:3]}/{key}.ogg"] = sound(label, 1000 + number, "OGG", seconds=1.5)
    arrays = io.BytesIO()
    # The real file holds its keys as an object array, which NumPy can only write by pickling.
    np.savez(
        arrays,
        Y_true=np.array(truth),
        Y_mask=np.array(mask),
        sample_key=np.array(keys, dtype=object),
    )
    members["openmic-2018.npz"] = arrays.getvalue()
    members["class-map.json"] = json.dumps({name: i for i, name in enumerate(CLASSES)}).encode()
    table = pd.DataFrame(metadata, columns=["sample_key", "track_genres"])
    members["openmic-2018-metadata.csv"] = table.to_csv(index=False).encode()
    for split, names in lists.items():
        text = "".join(f"{name}\n" for name in names)
        members[f"partitions/split01_{split}.csv"] = text.encode()
    with tarfile.open(archive, "w:gz") as file:
        for name, content in members.items():
            entry = tarfile.TarInfo(f"openmic-2018/{name}")
            entry.size = len(content)
            file.addfile(entry, io.BytesIO(content))
    return {archive.name: archive}


def point_to(project, files, address):
    """Give the project's corpus definitions the address, checksums and counts of the miniature."""
    for corpus in ("irmas", "openmic"):
        path = project.path / f"resources/corpora/{corpus}.yaml"
        definition = yaml.safe_load(path.read_text())
        for name, spec in definition["files"].items():
            digest = hashlib.sha256(files[name].read_bytes()).hexdigest()
            spec |= {"url": f"{address}/{name}", "checksum": f"sha256:{digest}"}
        definition["expected"] = {"train": 4 * TRAIN, "test": 4 * TEST}
        path.write_text(yaml.safe_dump(definition, sort_keys=False))


def serve(folder: Path):
    """An HTTP server of `folder` on this machine; close it with `.shutdown()`."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"

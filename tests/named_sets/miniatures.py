"""Medley-solos-DB and ESC-50 in miniature: true layouts and indexes, a few clips of made sound."""

import hashlib
import io
import json
import tarfile
import zipfile
from importlib import import_module
from pathlib import Path

import pandas as pd

from workflow.miniature import sound

CLIPS = 16
INSTRUMENTS = {"flute": 3, "violin": 7, "clarinet": 0}
CATEGORIES = {"flute": "dog", "violin": "rain"}


def write_medley_solos_db(folder: Path) -> dict[str, Path]:
    """The archive of sound, the table and the index: the third clip of a song is a test clip."""
    files, rows, tracks = {}, [], {}
    for number in range(CLIPS):
        instrument = list(INSTRUMENTS)[number % 2]
        subset = ("training", "training", "validation", "test")[number // 2 % 4]
        uuid = f"0a{number:06x}-0000-4000-8000-000000000000"
        identity = INSTRUMENTS[instrument]
        name = f"Medley-solos-DB_{subset}-{identity}_{uuid}.wav"
        files[name] = sound(instrument, number, "WAV", seconds=0.5, rate=44100)
        tracks[uuid] = {"audio": [f"audio/{name}", _md5(files[name])]}
        rows.append((subset, instrument, identity, number // 2, uuid))
    archive = folder / "Medley-solos-DB.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            file.addfile(entry, io.BytesIO(content))
    columns = ["subset", "instrument", "instrument_id", "song_id", "uuid4"]
    table = folder / "Medley-solos-DB_metadata.csv"
    pd.DataFrame(rows, columns=columns).to_csv(table, index=False)
    index = folder / "medley_solos_db_index_1.2.json"
    index.write_text(json.dumps({"version": "1.2", "tracks": tracks}))
    return {"audio": archive, "annotations": table, "index": index}


def write_esc50(folder: Path) -> dict[str, Path]:
    """The archive of the repository and the index."""
    members, rows, clips = {}, [], {}
    for number in range(CLIPS):
        label = list(CATEGORIES)[number % 2]
        fold = number // 2 % 5 + 1
        name = f"{fold}-{1000 + number}-A-{number % 2}"
        content = sound(label, 100 + number, "WAV", seconds=0.5, rate=44100)
        members[f"audio/{name}.wav"] = content
        clips[name] = {"audio": [f"audio/{name}.wav", _md5(content)]}
        category = CATEGORIES[label]
        rows.append((f"{name}.wav", fold, number % 2, category, True, 1000 + number, "A"))
    columns = ["filename", "fold", "target", "category", "esc10", "src_file", "take"]
    members["meta/esc50.csv"] = pd.DataFrame(rows, columns=columns).to_csv(index=False).encode()
    archive = folder / "ESC-50-master.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for name, content in members.items():
            file.writestr(f"ESC-50-master/{name}", content)
    index = folder / "esc50_index_2.0.json"
    index.write_text(json.dumps({"version": "2.0", "clips": clips}))
    return {"all": archive, "index": index}


SETS = {
    ("mirdata", "medley_solos_db"): write_medley_solos_db,
    ("soundata", "esc50"): write_esc50,
}


def point_to(address: str, folder: Path) -> None:
    """Give the libraries the addresses and checksums of the miniatures in `folder`, and keep their
    indexes there."""
    for library, name in SETS:
        module = import_module(f"{library}.datasets.{name}")
        index = module.INDEXES[module.INDEXES["default"]]
        index.indexes_dir = index.remote.destination_dir = str(folder / "indexes")
        for remote in (*module.REMOTES.values(), index.remote):
            content = (folder / name / remote.filename).read_bytes()
            remote.url = f"{address}/{name}/{remote.filename}"
            remote.checksum = _md5(content)


def write_all(folder: Path) -> None:
    """Every miniature in a folder of its own."""
    for (_, name), write in SETS.items():
        (folder / name).mkdir(parents=True)
        write(folder / name)


def _md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()

"""The published data's own layout, put together from the shared data folder."""

import csv
from pathlib import Path


def irmas_lists(shared: Path, folder: Path) -> dict[str, str]:
    """Write the authors' IRMAS split, 25 lines a clip; file name to path, as `local:` wants it."""
    rows = list(csv.DictReader((shared / "published/irmas_split.csv").open()))
    files = {}
    for split in ("train", "test"):
        path = folder / f"irmas_{split}.csv"
        names = [row["clip_id"] for row in rows if row["split"] == split]
        path.write_text("".join(f"{name}\n" * 25 for name in names))
        files[path.name] = str(path)
    return files


def twin_openmic(shared: Path, folder: Path) -> Path:
    """Lay the twin's annotations out as the unpacked archive of OpenMIC-2018."""
    root = folder / "openmic-2018-v1.0.0"
    inner = root / "openmic-2018"
    (inner / "partitions").mkdir(parents=True)
    for name in ("openmic-2018.npz", "openmic-2018-metadata.csv", "class-map.json"):
        (inner / name).symlink_to(shared / "twin" / name)
    rows = list(csv.DictReader((shared / "published/openmic_split.csv").open()))
    for split in ("train", "test"):
        names = [row["clip_id"] for row in rows if row["split"] == split]
        path = inner / f"partitions/split01_{split}.csv"
        path.write_text("".join(f"{name}\n" for name in names))
    return root

"""Write the CSV of a `table` corpus from folders of sound files named by label."""

import argparse
import sys
from pathlib import Path

import pandas as pd
import soundfile

from audio_debias.corpora.clips import RESERVED
from audio_debias.errors import InputError
from audio_debias.files import replacing

SUFFIXES = {f".{name.lower()}" for name in soundfile.available_formats()} | {".aif", ".opus"}
SUFFIXES -= {".raw"}  # samples without a header: no rate, no width


def clips_of_folders(root: str | Path) -> pd.DataFrame:
    """List the sound files in ``root/{label}/``, at any depth below the label's folder.

    Each clip carries the label of its folder and none of the others.

    Parameters
    ----------
    root : path
        Folder of folders.

    Returns
    -------
    DataFrame
        ``path`` (relative to `root`); ``clip_id``, the path without its suffix, if two files have
        one name; then a column of 0 and 1 per label; sorted by path.

    Raises
    ------
    InputError
        If there are no two labels with sound files, a folder has the name of a column that every
        clip table has, or a file a name that is not UTF-8.
    """
    root = Path(root)
    if not root.is_dir():
        raise InputError(f"{root}: no such folder")
    found = [
        (path.relative_to(root).as_posix(), folder.name)
        for folder in sorted(root.iterdir())
        if folder.is_dir() and not folder.name.startswith(".")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix.lower() in SUFFIXES
    ]
    clips = pd.DataFrame(found, columns=["path", "label"])
    if clips["label"].nunique() < 2:
        raise InputError(f"{root}: needs at least two folders of sound files, named by label")
    reserved = sorted(set(RESERVED) & set(clips["label"]))
    if reserved:
        raise InputError(f"{root / reserved[0]}: no label may be called so; rename the folder")
    for path in clips["path"]:
        if not path.isprintable():
            raise InputError(f"{root}: {path!r}: the name is no plain UTF-8; rename the file")
    one_hot = pd.get_dummies(clips["label"], dtype=int)
    names = clips[["path"]]
    if clips["path"].map(lambda path: Path(path).stem).duplicated().any():
        names = names.assign(clip_id=[str(Path(path).with_suffix("")) for path in clips["path"]])
    return names.join(one_hot)


def main(arguments: list[str] | None = None) -> None:
    """Command line: ``audio-debias-clips FOLDER`` writes ``FOLDER/clips.csv``."""
    parser = argparse.ArgumentParser(prog="audio-debias-clips", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of folders named by label")
    parser.add_argument("--output", type=Path, help="CSV to write (default: FOLDER/clips.csv)")
    options = parser.parse_args(arguments)
    output = options.output or options.folder / "clips.csv"
    try:
        clips = clips_of_folders(options.folder)
        if output.exists():
            raise InputError(f"{output}: exists already; move it away or give another --output")
    except InputError as error:
        sys.exit(f"error: {error}")
    try:
        with replacing(output) as temporary:
            clips.to_csv(temporary, index=False)
    except OSError as error:
        sys.exit(f"error: {output}: cannot be written: {error.strerror}")
    counts = clips.drop(columns=["path", "clip_id"], errors="ignore").sum()
    labels = ", ".join(f"{label} {count}" for label, count in counts.items())
    print(f"{output}: {len(clips)} clips ({labels})")


if __name__ == "__main__":
    main()

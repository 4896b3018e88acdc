"""Write the CSV of a `table` corpus from folders of sound files named by label."""

import argparse
import sys
from pathlib import Path

import pandas as pd
import soundfile

from audio_debias.atomic import replacing
from audio_debias.errors import InputError

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
        ``path`` (relative to `root`), then a column of 0 and 1 per label; sorted by path.

    Raises
    ------
    InputError
        If there are no two labels with sound files.
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
    one_hot = pd.get_dummies(clips["label"], dtype=int)
    return clips[["path"]].join(one_hot)


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
    with replacing(output) as temporary:
        clips.to_csv(temporary, index=False)
    labels = ", ".join(f"{label} {count}" for label, count in clips.iloc[:, 1:].sum().items())
    print(f"{output}: {len(clips)} clips ({labels})")


if __name__ == "__main__":
    main()

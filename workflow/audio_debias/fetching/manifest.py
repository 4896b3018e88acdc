"""The list of a corpus's files that one job made: what stands for them between jobs."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from audio_debias.fetching.checksums import file_digest
from audio_debias.files import replacing


def write_manifest(files: Iterable[Path], root: str | Path, destination: str | Path) -> None:
    """Write ``path`` (relative to `root`), ``bytes`` and ``sha256`` of each file as CSV."""
    rows = [
        (path.relative_to(root).as_posix(), path.stat().st_size, file_digest(path))
        for path in sorted(files)
    ]
    with replacing(destination) as temporary:
        pd.DataFrame(rows, columns=["path", "bytes", "sha256"]).to_csv(temporary, index=False)

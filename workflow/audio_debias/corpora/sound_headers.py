"""Does a clip's audio exist, and how long is it? Answered from the file headers alone.

Whether the sound behind the header is whole shows when it is decoded, with the models.
"""

from collections.abc import Iterable
from pathlib import Path

from audio_debias.corpora.paths import Files
from audio_debias.sound.decoding import BrokenAudio, duration

UNREADABLE = ("missing", "empty", "undecodable", "truncated", "too_long", "out_of_memory")
"""The reasons for which :func:`probe` drops a clip."""


def probe(
    root: Path, paths: Iterable[tuple[str, str]]
) -> tuple[dict[str, float], list[tuple[str, str, str]]]:
    """Look at the header of every clip's audio.

    Parameters
    ----------
    root : Path
    paths : iterable of (clip_id, path)
        Paths are absolute, or relative to `root`.

    Returns
    -------
    seconds : dict of str to float
        Duration of every clip whose audio can be opened.
    dropped : list of (clip_id, reason, detail)
        The other clips; the reasons are `UNREADABLE`.
    """
    seconds, dropped, files = {}, [], Files(root)
    for clip_id, path in paths:
        try:
            seconds[clip_id] = duration(root / path)
        except BrokenAudio as error:
            missing = error.reason == "missing"
            detail = files.missing(path) if missing else f"{path}: {error.detail}"
            dropped.append((clip_id, error.reason, detail))
        except (OSError, TypeError, ValueError) as error:
            dropped.append((clip_id, "undecodable", f"{path}: {error}"))
    return seconds, dropped

"""Does a clip's audio exist, and how long is it? Answered from the file headers alone.

Whether the sound behind the header is whole shows when it is decoded, with the models.
"""

from collections.abc import Iterable
from pathlib import Path

import soundfile

from audio_debias.corpora.paths import Files

UNREADABLE = ("missing", "empty", "undecodable")
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
            seconds[clip_id] = _duration(root / path)
        except FileNotFoundError:
            dropped.append((clip_id, "missing", files.missing(path)))
        except EOFError:
            dropped.append((clip_id, "empty", f"{path}: holds no sound"))
        except (OSError, TypeError, ValueError, soundfile.SoundFileError) as error:
            detail = str(error).rpartition(": ")[2]
            dropped.append((clip_id, "undecodable", f"{path}: {detail}"))
    return seconds, dropped


def _duration(path: Path) -> float:
    if path.stat().st_size == 0:
        raise EOFError
    info = soundfile.info(path)
    if info.frames == 0:
        raise EOFError
    return info.frames / info.samplerate

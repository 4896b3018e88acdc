"""What the config's ``local:`` names: a copy on this disk of something that would be fetched."""

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from audio_debias.errors import InputError


def local_path(local: str | Path) -> Path:
    """A path, or a ``file:`` address of this machine, as a path; ``~`` is the user's home.

    Raises
    ------
    InputError
        If it is an address elsewhere.
    """
    parts = urlsplit(str(local))
    if parts.scheme in ("http", "https"):
        raise InputError(f"local: {local}: is an address; name a path on this disk")
    if parts.scheme == "file":
        if parts.netloc not in ("", "localhost"):
            raise InputError(f"local: {local}: names another machine; write file:///path")
        return Path(url2pathname(parts.path))
    return Path(local).expanduser()

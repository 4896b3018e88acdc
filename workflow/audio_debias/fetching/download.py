"""Fetch a file over HTTP(S) or take it from disk: whole and checked, or not at all."""

import fcntl
import json
import logging
import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import requests
import urllib3
from requests.exceptions import InvalidSchema, SSLError
from tqdm import tqdm
from urllib3.exceptions import InvalidHeader, MaxRetryError, NewConnectionError
from urllib3.util import Retry

from audio_debias.errors import InputError
from audio_debias.fetching.checksums import (
    Checksum,
    file_digest,
    parse_checksum,
    read_pin,
    write_pin,
)
from audio_debias.fetching.local import local_path
from audio_debias.fetching.space import full_disk_explained, human_size, require_space
from audio_debias.files import replacing

_log = logging.getLogger(__name__)

_CHUNK = 1 << 20
# An attempt that brought this much was no failure in a row: a bad line may cut a large file often.
_PROGRESS = 1 << 20
_LONGEST_WAIT = 300.0
_TRANSIENT_STATUS = {408, 425, 429, 500, 502, 503, 504}
_FIRST_BYTES = {
    ".zip": b"PK",
    ".whl": b"PK",
    ".npz": b"PK",
    ".gz": b"\x1f\x8b",
    ".tgz": b"\x1f\x8b",
    ".h5": b"\x89HDF",
    ".hdf5": b"\x89HDF",
}


class _Refused(Exception):
    """This address cannot give the file; another one may."""


class _Interrupted(Exception):
    """The attempt failed in a way that may pass; `response` may say how long to wait."""

    def __init__(self, reason: str, response: urllib3.BaseHTTPResponse | None = None):
        super().__init__(reason)
        self.response = response


@dataclass(frozen=True)
class _Origin:
    """Where the bytes of a partial file came from, and the server's name for that version."""

    url: str = ""
    validator: str | None = None


@dataclass(frozen=True)
class _Wanted:
    """What the file must be."""

    name: str
    checksum: Checksum | None
    size: int | None

    def fault(self, path: Path) -> str | None:
        """Say what is wrong with the file at `path`; None where it is the one wanted."""
        size = path.stat().st_size
        mismatch = self.checksum.mismatch(path) if self.checksum else None
        if self.checksum and not mismatch and self.size in (None, size):
            return None
        if foreign := _foreign_content(path, self.name):
            return foreign
        if self.size not in (None, size):
            return f"has {size} bytes, expected {self.size}; correct the file or its `size:`"
        return mismatch


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
    wanted = _Wanted(destination.name, declared or read_pin(destination), size)
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
        _partial_file(destination) as partial,
        requests.Session() as session,
    ):
        download = _Download(session, partial, wanted, timeout, progress)
        for url in urls:
            try:
                download.complete(url, patience)
            except _Refused as refusal:
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


class _Partial:
    """The file that a download grows in, with a note of its origin beside it."""

    def __init__(self, file: BinaryIO, path: Path):
        self.file = file
        self.path = path
        self.note = path.with_name(f"{path.name}.json")
        # Whether the bytes may be pieces of different versions, or end too soon.
        self.doubtful = False

    @property
    def size(self) -> int:
        return self.file.seek(0, os.SEEK_END)

    @property
    def origin(self) -> _Origin:
        try:
            return _Origin(**json.loads(self.note.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return _Origin()

    def restart(self, origin: _Origin) -> None:
        """Forget the bytes, then note where the next ones come from: never the other way round."""
        self.file.truncate(0)
        self.doubtful = False
        with replacing(self.note) as temporary:
            temporary.write_text(json.dumps(asdict(origin)), encoding="utf-8")


@contextmanager
def _partial_file(destination: Path) -> Iterator[_Partial]:
    """Open the partial file of `destination` for this process alone; remove it when empty."""
    path = destination.with_name(f".{destination.name}.part")
    with open(path, "ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            mine = path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat())
        except BlockingIOError:
            mine = False
        except OSError:  # a file system without locks
            mine = True
        if not mine:
            raise InputError(f"{destination}: another process is fetching it; wait for its end")
        partial = _Partial(file, path)
        try:
            yield partial
        finally:
            if not partial.size:
                path.unlink(missing_ok=True)
            if not path.exists():
                partial.note.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Download:
    """Requests for one file, from one address after another."""

    session: requests.Session
    partial: _Partial
    wanted: _Wanted
    timeout: float
    progress: bool

    def complete(self, url: str, fresh: Retry) -> None:
        """Fill the partial file from `url` and verify it."""
        partial, retry = self.partial, fresh
        while True:
            before = partial.size
            try:
                self._request(url)
            except _Interrupted as interruption:
                trouble = interruption
                if partial.size - before >= _PROGRESS:
                    retry = fresh
            else:
                fault = self.wanted.fault(partial.path)
                if fault is None:
                    return
                doubtful = partial.doubtful
                partial.restart(_Origin())
                if not doubtful:
                    raise _Refused(fault)
                trouble = _Interrupted(fault)
            _log.info("%s: %s", url, trouble)
            try:
                retry = retry.increment("GET", url, error=urllib3.exceptions.HTTPError(trouble))
            except MaxRetryError:
                raise _Refused(
                    f"{trouble} (last of {(fresh.total or 0) + 1} tries in a row)"
                ) from None
            try:
                retry.sleep(trouble.response)
            except InvalidHeader:  # a Retry-After that is neither seconds nor a date
                retry.sleep()

    def _request(self, url: str) -> None:
        """Ask once, from where the partial file ends if that is safe, and append the answer."""
        partial = self.partial
        origin = partial.origin
        validator = origin.validator if origin.url == url else None
        if partial.size and validator is None and not self.wanted.checksum:
            partial.restart(_Origin())
        # Without 'identity' a server may compress, and ranges would count compressed bytes.
        headers = {"Accept-Encoding": "identity"}
        if partial.size:
            headers["Range"] = f"bytes={partial.size}-"
            if validator is not None:
                headers["If-Range"] = validator
        try:
            with self.session.get(
                url, headers=headers, stream=True, timeout=self.timeout
            ) as response:
                _refuse_downgrade(response)
                total = self._prepare(url, response)
                if total != partial.size:
                    self._append(response.raw, total)
        except InvalidSchema as error:
            raise _Refused(f"redirects to neither http nor https ({error})") from error
        except SSLError as error:
            raise _Interrupted("no secure connection (is its certificate known here?)") from error
        except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
            raise _Interrupted(f"no answer within {self.timeout:g} s") from error
        except requests.ConnectionError as error:
            cause = getattr(error.args[0] if error.args else None, "reason", None)
            if isinstance(cause, NewConnectionError):
                raise _Interrupted("the server cannot be reached (no network?)") from error
            raise _Interrupted("the connection was closed without an answer") from error
        except urllib3.exceptions.HTTPError as error:
            raise _Interrupted(
                f"the connection was cut after {human_size(partial.size)}"
            ) from error
        except requests.RequestException as error:
            raise _Refused(f"{type(error).__name__}: {error}") from error

    def _prepare(self, url: str, response: requests.Response) -> int | None:
        """Judge an answer's head; return the size of the whole file, None where it is not said.

        A whole answer empties the partial file, an answer to `Range` must continue it exactly.
        """
        partial, status = self.partial, response.status_code
        if status in _TRANSIENT_STATUS:
            raise _Interrupted(f"the server answered {status} {response.reason}", response.raw)
        if status in (401, 402, 403):
            raise _Refused(
                f"the server answered {status} {response.reason}: it may want an account or an "
                "accepted licence; download the file by hand"
            )
        if status not in (200, 206, 416):
            raise _Refused(f"the server answered {status} {response.reason}")
        # Some servers announce a .tgz as a compressed .tar: its bytes are right as they come.
        encoding = response.headers.get("Content-Encoding", "identity")
        if encoding != "identity" and not self.wanted.name.endswith("gz"):
            raise _Refused("the server compresses the file although asked not to")

        if status == 200:
            length = response.headers.get("Content-Length", "")
            total = int(length) if length.isdecimal() else None
            partial.restart(_Origin(url, _validator(response)))
            if total is None and not response.raw.chunked:
                if not self.wanted.checksum and self.wanted.size is None:
                    raise _Refused("the server does not say how long the file is: declare its size")
                partial.doubtful = True
        else:
            total = _continued(response, partial.size)
            if total is None:
                partial.restart(_Origin())
                raise _Interrupted("the server did not go on where the download stopped")
            partial.doubtful = True
        if total is not None:
            if self.wanted.size not in (None, total):
                partial.restart(_Origin())
                raise _Refused(f"has {total} bytes, expected {self.wanted.size}")
            require_space(partial.path, total - partial.size)
        return total

    def _append(self, raw: urllib3.BaseHTTPResponse, total: int | None) -> None:
        """Append the body as it arrives: what a cut leaves is kept for the next attempt."""
        partial, limit = self.partial, self.wanted.size
        with tqdm(
            desc=self.wanted.name,
            total=total or limit,
            initial=partial.size,
            unit="B",
            unit_scale=True,
            mininterval=0.5 if sys.stderr.isatty() else 10,
            disable=not self.progress,
        ) as bar:
            while chunk := raw.read1(_CHUNK, decode_content=False):
                partial.file.write(chunk)
                bar.update(len(chunk))
                if limit is not None and partial.size > limit:
                    partial.restart(_Origin())
                    raise _Refused(f"sends more than the expected {limit} bytes")
        partial.file.flush()
        if limit is not None and partial.size < limit:
            raise _Interrupted(f"the connection was cut after {human_size(partial.size)}")


def _refuse_downgrade(response: requests.Response) -> None:
    schemes = [urlsplit(step.url).scheme for step in (*response.history, response)]
    if ("https", "http") in pairwise(schemes):
        raise _Refused("redirects from https to http")


def _validator(response: requests.Response) -> str | None:
    """What `If-Range` may name (RFC 9110, 13.1.5): a strong ETag, else the date of last change."""
    etag = response.headers.get("ETag", "")
    return etag if etag.startswith('"') else response.headers.get("Last-Modified")


def _continued(response: requests.Response, offset: int) -> int | None:
    """The whole size from a `Content-Range` that goes on at `offset`, or ends there; else None."""
    content_range = response.headers.get("Content-Range", "")
    pattern = r"bytes \*/(\d+)" if response.status_code == 416 else rf"bytes {offset}-\d+/(\d+)"
    match = re.fullmatch(pattern, content_range.strip())
    if match is None or (response.status_code == 416 and int(match[1]) != offset):
        return None
    return int(match[1])


def _foreign_content(path: Path, name: str) -> str | None:
    """Say that a file is an HTML page, or not the archive that its name promises."""
    suffix = Path(name).suffix.lower()
    with open(path, "rb") as file:
        head = file.read(1024)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if (
        suffix not in (".html", ".htm")
        and text.startswith(b"<")
        and (b"<html" in text or b"<!doctype html" in text)
    ):
        return "is an HTML page, not the file: the address may lead to a login or a licence page"
    expected = _FIRST_BYTES.get(suffix)
    if expected and not head.startswith(expected):
        return f"is no {suffix} file: it begins with {head[:8]!r}"
    return None


def _pin_if_unknown(wanted: _Wanted, path: Path, destination: Path) -> None:
    if wanted.checksum is None:
        write_pin(destination, file_digest(path))


def _link_local(source: Path, destination: Path, wanted: _Wanted) -> None:
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

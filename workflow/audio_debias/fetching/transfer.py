"""Requests for one file: continued where they were cut, judged by their head, tried again."""

import logging
import math
import re
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

import requests
import urllib3
from requests.exceptions import InvalidSchema, SSLError
from tqdm import tqdm
from urllib3.exceptions import InvalidHeader, MaxRetryError, NewConnectionError
from urllib3.util import Retry

from audio_debias.fetching.partial import Origin, Partial
from audio_debias.fetching.space import human_size, require_space
from audio_debias.fetching.wanted import Wanted

_log = logging.getLogger(__name__)

_CHUNK = 1 << 20
# An attempt that brought this much was no failure in a row: a bad line may cut a large file often.
_PROGRESS = 1 << 20
LARGEST = 200 * 2**30
"""Bytes of a file whose size nobody declares: more than any corpus's archive."""

LEAST_SPEED = 1000
"""Bytes a second, over `SPEED_WINDOW` seconds: a line that brings less has failed."""

SPEED_WINDOW = 120.0

_TRANSIENT_STATUS = {408, 425, 429, 500, 502, 503, 504}


class Refused(Exception):
    """This address cannot give the file; another one may."""


class Interrupted(Exception):
    """The attempt failed in a way that may pass; `response` may say how long to wait."""

    def __init__(self, reason: str, response: urllib3.BaseHTTPResponse | None = None):
        super().__init__(reason)
        self.response = response


@dataclass(frozen=True)
class Download:
    """Requests for one file, from one address after another."""

    session: requests.Session
    partial: Partial
    wanted: Wanted
    timeout: float
    progress: bool
    deadline: float = math.inf

    def complete(self, url: str, fresh: Retry) -> None:
        """Fill the partial file from `url` and verify it."""
        partial, retry = self.partial, fresh
        while True:
            before = partial.size
            try:
                self._request(url)
            except Interrupted as interruption:
                trouble = interruption
                if partial.size - before >= _PROGRESS:
                    retry = fresh
            else:
                fault = self.wanted.fault(partial.path)
                if fault is None:
                    return
                doubtful = partial.doubtful
                partial.restart(Origin())
                if not doubtful:
                    raise Refused(fault)
                trouble = Interrupted(fault)
            _log.info("%s: %s", url, trouble)
            try:
                retry = retry.increment("GET", url, error=urllib3.exceptions.HTTPError(trouble))
            except MaxRetryError:
                raise Refused(
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
            partial.restart(Origin())
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
                refuse_downgrade(response)
                total = self._prepare(url, response)
                if total != partial.size:
                    self._append(response.raw, total)
        except InvalidSchema as error:
            raise Refused(f"redirects to neither http nor https ({error})") from error
        except SSLError as error:
            raise Interrupted("no secure connection (is its certificate known here?)") from error
        except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
            raise Interrupted(f"no answer within {self.timeout:g} s") from error
        except requests.ConnectionError as error:
            cause = getattr(error.args[0] if error.args else None, "reason", None)
            if isinstance(cause, NewConnectionError):
                raise Interrupted("the server cannot be reached (no network?)") from error
            raise Interrupted("the connection was closed without an answer") from error
        except urllib3.exceptions.HTTPError as error:
            raise Interrupted(f"the connection was cut after {human_size(partial.size)}") from error
        except requests.RequestException as error:
            raise Refused(f"{type(error).__name__}: {error}") from error

    def _prepare(self, url: str, response: requests.Response) -> int | None:
        """Judge an answer's head; return the size of the whole file, None where it is not said.

        A whole answer empties the partial file, an answer to `Range` must continue it exactly.
        """
        partial, status = self.partial, response.status_code
        if status in _TRANSIENT_STATUS:
            raise Interrupted(f"the server answered {status} {response.reason}", response.raw)
        if status in (401, 402, 403):
            raise Refused(
                f"the server answered {status} {response.reason}: it may want an account or an "
                "accepted licence; download the file by hand"
            )
        if status not in (200, 206, 416):
            raise Refused(f"the server answered {status} {response.reason}")
        # Some servers announce a .tgz as a compressed .tar: its bytes are right as they come.
        encoding = response.headers.get("Content-Encoding", "identity")
        if encoding != "identity" and not self.wanted.name.endswith("gz"):
            raise Refused("the server compresses the file although asked not to")

        if status == 200:
            length = response.headers.get("Content-Length", "")
            total = int(length) if length.isdecimal() else None
            partial.restart(Origin(url, _validator(response), total))
            if total is None and not response.raw.chunked:
                if not self.wanted.checksum and self.wanted.size is None:
                    raise Refused("the server does not say how long the file is: declare its size")
                partial.doubtful = True
        else:
            total = _continued(response, partial.size)
            if total is None or partial.origin.total not in (None, total):
                partial.restart(Origin())
                raise Interrupted("the server did not go on where the download stopped")
            partial.doubtful = True
        if total is not None:
            if self.wanted.size not in (None, total):
                partial.restart(Origin())
                raise Refused(f"has {total} bytes, expected {self.wanted.size}")
            if self.wanted.size is None and total > LARGEST:
                partial.restart(Origin())
                raise Refused(
                    f"has {human_size(total)}, more than {human_size(LARGEST)}: declare its size"
                )
            require_space(partial.path, total - partial.size)
        return total

    def _append(self, raw: urllib3.BaseHTTPResponse, total: int | None) -> None:
        """Append the body as it arrives: what a cut leaves is kept for the next attempt."""
        partial, limit = self.partial, self.wanted.size
        most = LARGEST if limit is None else limit
        speed = _Speed(self.deadline)
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
                if partial.size > most:
                    partial.restart(Origin())
                    raise Refused(f"sends more than the expected {most} bytes")
                speed.check(len(chunk))
        partial.file.flush()
        if limit is not None and partial.size < limit:
            raise Interrupted(f"the connection was cut after {human_size(partial.size)}")


class _Speed:
    """What a line brings, and whether that is too little or takes too long.

    A server that sends a byte now and then never lets a read time out.
    """

    def __init__(self, deadline: float):
        self._deadline = deadline
        self._since, self._bytes = time.monotonic(), 0

    def check(self, n_bytes: int) -> None:
        """Count bytes; raise where they come too slowly."""
        now = time.monotonic()
        self._bytes += n_bytes
        if now > self._deadline:
            raise Refused("takes longer than the time that is given for it")
        if now - self._since >= SPEED_WINDOW:
            speed = self._bytes / (now - self._since)
            if speed < LEAST_SPEED:
                raise Interrupted(f"the server sends {speed:.0f} bytes a second")
            self._since, self._bytes = now, 0


def refuse_downgrade(response: requests.Response) -> None:
    """Refuse an answer that a redirect from https to http led to."""
    schemes = [urlsplit(step.url).scheme for step in (*response.history, response)]
    if ("https", "http") in pairwise(schemes):
        raise Refused("redirects from https to http")


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

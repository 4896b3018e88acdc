"""Fetching, against a server on this machine that does everything a bad line or host can do."""

import hashlib
import io
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections import namedtuple
from functools import partial
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer

import pytest

from audio_debias.errors import InputError
from audio_debias.fetching import transfer
from audio_debias.fetching.download import fetch


def zip_of(data: bytes) -> bytes:
    """The same archive whenever it is made: ZipInfo dates it 1980."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("data.bin"), data)
    return buffer.getvalue()


BODY = zip_of(random.Random(0).randbytes(300_000))
SHA256 = "sha256:" + hashlib.sha256(BODY).hexdigest()
MD5 = "md5:" + hashlib.md5(BODY).hexdigest()
HTML = b"\n<!DOCTYPE html>\n<html><title>Sign in</title></html>"


def answer(
    handler,
    body=BODY,
    *,
    status=200,
    ranges=True,
    etag='"1"',
    cut=None,
    stall=None,
    length=True,
    chunked=False,
    headers=(),
):
    """Send `body` as told: from the range asked for, up to byte `cut`, or still at `stall`."""
    start = 0
    asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
    current = handler.headers.get("If-Range", etag) == etag
    if status == 200 and asked and ranges and current:
        start = int(asked[1])
        status = 206 if start < len(body) else 416
    handler.send_response(status)
    handler.send_header("Connection", "close")
    for name, value in headers:
        handler.send_header(name, value)
    if etag:
        handler.send_header("ETag", etag)
    if status == 416:
        handler.send_header("Content-Range", f"bytes */{len(body)}")
        body, start = b"", 0
    if status == 206:
        handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
    if chunked:
        handler.send_header("Transfer-Encoding", "chunked")
    elif length:
        handler.send_header("Content-Length", str(len(body) - start))
    handler.end_headers()
    sent = body[start : min(len(body), stall or cut or len(body))]
    handler.wfile.write(b"%x\r\n%b\r\n" % (len(sent), sent) if chunked else sent)
    if stall:
        handler.server.released.wait(20)
    elif chunked and cut is None:
        handler.wfile.write(b"0\r\n\r\n")


class Server(ThreadingTCPServer):
    """`plans[path]` is a list of answers: each is given once, the last one for ever."""

    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.server_port = self.server_address[1]
        self.plans, self.requests, self.released = {}, [], threading.Event()

    def url(self, path, *answers):
        self.plans[path] = list(answers)
        return f"http://127.0.0.1:{self.server_port}{path}"

    def handle_error(self, *_):
        """A client that goes away is part of the tests."""

    @property
    def ranges(self):
        return [headers.get("Range") for headers in self.requests]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self.server.requests.append(dict(self.headers))
        plan = self.server.plans[self.path]
        (plan.pop(0) if len(plan) > 1 else plan[0])(self)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with Server() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.released.set()
        server.shutdown()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


quick = partial(fetch, backoff=0.001, timeout=10, progress=False)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def assert_refused(match, urls, destination, *, left=(), **options):
    """Refused in one line; beside the destination only what is `left`."""
    with pytest.raises(InputError, match=match) as refusal:
        quick(urls, destination, **options)
    assert "\n" not in str(refusal.value)
    assert destination.name in str(refusal.value)
    assert names(destination.parent) == sorted(left)


@pytest.mark.parametrize("checksum", [SHA256, MD5, SHA256.upper()])
def test_fetches_the_file_and_leaves_nothing_beside_it(server, tmp_path, checksum):
    url = server.url("/a.zip", answer)
    path = quick(url, tmp_path / "new" / "a.zip", checksum=checksum, size=len(BODY))
    assert path.read_bytes() == BODY
    assert names(path.parent) == ["a.zip"]


def test_a_file_in_place_is_verified_and_not_fetched(server, tmp_path):
    (tmp_path / "a.zip").write_bytes(BODY)
    quick(server.url("/a.zip", answer), tmp_path / "a.zip", checksum=SHA256)
    assert server.requests == []


def test_a_file_in_place_that_does_not_verify_is_replaced(server, tmp_path):
    (tmp_path / "a.zip").write_bytes(BODY[:-1])
    quick(server.url("/a.zip", answer), tmp_path / "a.zip", checksum=SHA256)
    assert (tmp_path / "a.zip").read_bytes() == BODY


def test_a_file_in_place_survives_a_failed_replacement(server, tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK mine")
    url = server.url("/a.zip", partial(answer, status=404))
    assert_refused("404", url, tmp_path / "a.zip", checksum=SHA256, left=["a.zip"])
    assert (tmp_path / "a.zip").read_bytes() == b"PK mine"


def test_503_twice_is_tried_a_third_time(server, tmp_path):
    busy = partial(answer, body=b"busy", status=503)
    quick(server.url("/a.zip", busy, busy, answer), tmp_path / "a.zip", checksum=SHA256)
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert len(server.requests) == 3


def test_retry_after_is_respected(server, tmp_path):
    busy = partial(answer, body=b"", status=429, headers=[("Retry-After", "1")])
    start = time.monotonic()
    quick(server.url("/a.zip", busy, answer), tmp_path / "a.zip", checksum=SHA256)
    assert time.monotonic() - start >= 1


def test_a_nonsensical_retry_after_is_ignored(server, tmp_path):
    busy = partial(answer, body=b"", status=503, headers=[("Retry-After", "soon")])
    quick(server.url("/a.zip", busy, answer), tmp_path / "a.zip", checksum=SHA256)


def test_503_for_ever_is_given_up(server, tmp_path):
    url = server.url("/a.zip", partial(answer, body=b"busy", status=503))
    assert_refused("503 .*last of 3 tries", url, tmp_path / "a.zip", checksum=SHA256, retries=2)
    assert len(server.requests) == 3


@pytest.mark.parametrize("guard", [{"checksum": SHA256}, {}], ids=["checksum", "ETag alone"])
def test_a_connection_cut_at_random_bytes_is_resumed(server, tmp_path, guard):
    cuts = sorted(random.Random(2).sample(range(1, len(BODY)), 5))
    url = server.url("/a.zip", *(partial(answer, cut=cut) for cut in cuts), answer)
    quick(url, tmp_path / "a.zip", **guard)
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert server.ranges == [None, *(f"bytes={cut}-" for cut in cuts)]


def test_attempts_that_bring_much_are_no_failures_in_a_row(server, tmp_path, monkeypatch):
    monkeypatch.setattr(transfer, "_PROGRESS", 50_000)
    cuts = [partial(answer, cut=cut) for cut in range(50_000, 300_000, 50_000)]
    quick(server.url("/a.zip", *cuts, answer), tmp_path / "a.zip", retries=1)
    assert (tmp_path / "a.zip").read_bytes() == BODY


def test_a_chunked_body_that_is_cut_is_resumed(server, tmp_path):
    cut = partial(answer, chunked=True, cut=70_000)
    quick(server.url("/a.zip", cut, answer), tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert server.ranges[1] is not None


def test_a_stalled_connection_is_resumed(server, tmp_path):
    url = server.url("/a.zip", partial(answer, stall=100_000), answer)
    quick(url, tmp_path / "a.zip", checksum=SHA256, timeout=0.5)
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert server.ranges == [None, "bytes=100000-"]


def test_a_server_that_always_stalls_is_given_up_and_resumed_by_a_later_call(server, tmp_path):
    url = server.url("/a.zip", partial(answer, stall=100_000))
    left = [".a.zip.part", ".a.zip.part.json"]
    assert_refused(
        "no answer within 0.3 s", url, tmp_path / "a.zip", retries=1, timeout=0.3, left=left
    )
    quick(server.url("/a.zip", answer), tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert server.ranges == [None, "bytes=100000-", "bytes=100000-"]
    assert names(tmp_path) == ["a.zip", "a.zip.sha256"]


def test_a_killed_download_is_resumed(server, tmp_path):
    url = server.url("/a.zip", partial(answer, stall=200_000), answer)
    code = "import sys; from audio_debias.fetching.download import fetch; fetch(*sys.argv[1:])"
    process = subprocess.Popen([sys.executable, "-c", code, url, tmp_path / "a.zip"])
    part = tmp_path / ".a.zip.part"
    deadline = time.monotonic() + 20
    while not (part.exists() and part.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert names(tmp_path) == [".a.zip.part", ".a.zip.part.json"]
    kept = part.stat().st_size
    quick(url, tmp_path / "a.zip", checksum=SHA256)
    assert server.ranges == [None, f"bytes={kept}-"]
    assert (tmp_path / "a.zip").read_bytes() == BODY


def test_a_download_killed_just_before_the_rename_is_not_repeated(server, tmp_path):
    (tmp_path / ".a.zip.part").write_bytes(BODY)
    quick(server.url("/a.zip", answer), tmp_path / "a.zip", checksum=SHA256)
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert server.ranges == [f"bytes={len(BODY)}-"]


def test_a_server_that_ignores_range_starts_afresh(server, tmp_path):
    url = server.url(
        "/a.zip", partial(answer, cut=100_000, ranges=False), partial(answer, ranges=False)
    )
    quick(url, tmp_path / "a.zip", checksum=SHA256)
    assert (tmp_path / "a.zip").read_bytes() == BODY


def test_a_server_that_answers_another_range_starts_afresh(server, tmp_path):
    other = partial(
        answer,
        body=BODY[5:],
        status=206,
        etag=None,
        headers=[("Content-Range", f"bytes 5-{len(BODY) - 1}/{len(BODY)}")],
    )
    url = server.url("/a.zip", partial(answer, cut=100_000), other, answer)
    quick(url, tmp_path / "a.zip", checksum=SHA256)
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert server.ranges == [None, "bytes=100000-", None]


def test_a_version_that_changed_meanwhile_is_not_mixed_with_the_old_one(server, tmp_path):
    old = zip_of(random.Random(9).randbytes(300_000))
    url = server.url("/a.zip", partial(answer, body=old, cut=100_000), partial(answer, etag='"2"'))
    quick(url, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == BODY


def test_without_etag_or_checksum_nothing_is_resumed(server, tmp_path):
    url = server.url("/a.zip", partial(answer, cut=100_000, etag=None), partial(answer, etag=None))
    quick(url, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert server.ranges == [None, None]


def test_a_weak_etag_guards_no_resumption(server, tmp_path):
    url = server.url("/a.zip", partial(answer, cut=100_000, etag='W/"1"'), answer)
    quick(url, tmp_path / "a.zip")
    assert server.ranges == [None, None]


def test_pieces_that_do_not_fit_are_fetched_again_in_one_piece(server, tmp_path):
    (tmp_path / ".a.zip.part").write_bytes(b"PK something else")
    quick(server.url("/a.zip", answer), tmp_path / "a.zip", checksum=SHA256)
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert server.ranges == ["bytes=17-", None]


def test_one_wrong_byte_is_refused_at_once(server, tmp_path):
    wrong = bytearray(BODY)
    wrong[123_456] ^= 1
    url = server.url("/a.zip", partial(answer, body=bytes(wrong)))
    assert_refused("sha256 is .*, expected", url, tmp_path / "a.zip", checksum=SHA256)
    assert len(server.requests) == 1


def test_a_mirror_is_asked_when_the_first_address_fails(server, tmp_path):
    urls = [
        server.url("/gone", partial(answer, body=b"", status=404)),
        server.url("/wrong", partial(answer, body=zip_of(b"wrong"))),
        server.url("/cut", partial(answer, cut=100_000)),
        server.url("/right", partial(answer, etag='"another"')),
    ]
    quick(urls, tmp_path / "a.zip", checksum=SHA256, retries=0)
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert server.ranges == [None, None, None, "bytes=100000-"]


def test_when_every_address_fails_each_is_named(server, tmp_path):
    urls = [server.url(path, partial(answer, body=b"", status=404)) for path in ("/one", "/two")]
    assert_refused("/one: .*404.*/two: .*404.*`local:`", urls, tmp_path / "a.zip")


@pytest.mark.parametrize("options", [{}, {"checksum": SHA256}, {"size": len(HTML)}])
@pytest.mark.parametrize("name", ["a.zip", "a.tgz", "a.h5", "a.csv", "weights"])
def test_an_html_page_instead_of_the_file_is_refused(server, tmp_path, name, options):
    url = server.url("/a", partial(answer, body=HTML, headers=[("Content-Type", "text/html")]))
    assert_refused("is an HTML page, not the file", url, tmp_path / name, **options)


def test_an_html_page_is_fetched_where_one_is_wanted(server, tmp_path):
    quick(server.url("/a", partial(answer, body=HTML)), tmp_path / "a.html")
    assert (tmp_path / "a.html").read_bytes() == HTML


@pytest.mark.parametrize("name", ["a.zip", "a.whl", "a.tar.gz", "a.tgz", "a.h5.gz", "a.h5"])
def test_anything_else_instead_of_an_archive_is_refused(server, tmp_path, name):
    url = server.url("/a", partial(answer, body=b'{"error": "quota"}'))
    assert_refused("is no .* file: it begins with b'{", url, tmp_path / name)


@pytest.mark.parametrize(("status", "match"), [(404, "404"), (410, "410"), (403, "by hand")])
def test_a_final_status_is_refused_without_a_retry(server, tmp_path, status, match):
    url = server.url("/a.zip", partial(answer, body=HTML, status=status))
    assert_refused(match, url, tmp_path / "a.zip")
    assert len(server.requests) == 1


def test_no_network_is_said_so(server, tmp_path):
    url = f"http://127.0.0.1:{server.server_port}/a.zip"
    server.server_close()
    assert_refused(r"cannot be reached \(no network\?\).*`local:`", url, tmp_path / "a.zip")


def test_a_server_that_hangs_up_is_given_up(server, tmp_path):
    url = server.url("/a.zip", lambda handler: setattr(handler, "close_connection", True))
    assert_refused("closed without an answer", url, tmp_path / "a.zip", retries=1)
    assert len(server.requests) == 2


def test_a_server_that_speaks_no_http_is_given_up(server, tmp_path):
    url = server.url("/a.zip", lambda handler: handler.wfile.write(b"220 FTP\r\n\r\n"))
    assert_refused("a.zip: cannot be fetched", url, tmp_path / "a.zip", retries=1)


def test_an_https_address_without_a_certificate_is_given_up(server, tmp_path):
    url = server.url("/a.zip", answer).replace("http:", "https:")
    assert_refused("no secure connection", url, tmp_path / "a.zip", retries=0)


def test_redirects_are_followed_and_keep_the_range(server, tmp_path):
    target = server.url("/real", partial(answer, cut=100_000), answer)
    moved = partial(answer, body=b"", status=302, headers=[("Location", target)])
    quick(server.url("/a.zip", moved), tmp_path / "a.zip", checksum=SHA256)
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert server.ranges[-1] == "bytes=100000-"


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/a", "data:,a"])
def test_redirects_to_another_scheme_are_refused(server, tmp_path, target):
    url = server.url("/a", partial(answer, body=b"", status=302, headers=[("Location", target)]))
    assert_refused("redirects to neither http nor https", url, tmp_path / "a")


def test_redirects_in_a_circle_are_refused(server, tmp_path):
    url = server.url("/a", partial(answer, body=b"", status=302, headers=[("Location", "/a")]))
    assert_refused("TooManyRedirects", url, tmp_path / "a")


def test_a_redirect_from_https_to_http_is_refused():
    Step = namedtuple("Step", "url history", defaults=[()])
    transfer.refuse_downgrade(Step("https://a", [Step("http://a"), Step("https://b")]))
    with pytest.raises(transfer.Refused, match="from https to http"):
        transfer.refuse_downgrade(Step("http://a", [Step("https://a")]))


@pytest.mark.parametrize("url", ["ftp://host/a", "file:///etc/passwd", "/etc/passwd", "host/a", ""])
def test_addresses_of_another_scheme_are_refused(tmp_path, url):
    assert_refused("neither http nor https", url, tmp_path / "a")


@pytest.mark.parametrize("url", ["http://", "http://[::1", "http://127.0.0.1:port/a"])
def test_malformed_addresses_are_refused(tmp_path, url):
    assert_refused("cannot be fetched", url, tmp_path / "a")


def test_another_size_than_declared_is_refused_before_the_body(server, tmp_path):
    url = server.url("/a.zip", answer)
    assert_refused("has 3.* bytes, expected 7", url, tmp_path / "a.zip", size=7)


def test_a_body_longer_than_declared_is_cut_off(server, tmp_path):
    url = server.url("/a.zip", partial(answer, length=False))
    assert_refused("more than the expected 7 bytes", url, tmp_path / "a.zip", size=7)


@pytest.mark.parametrize("guard", [{"checksum": SHA256}, {"size": len(BODY)}])
def test_a_cut_body_of_unsaid_length_is_noticed_by_checksum_or_size(server, tmp_path, guard):
    url = server.url(
        "/a.zip", partial(answer, length=False, cut=9000), partial(answer, length=False)
    )
    quick(url, tmp_path / "a.zip", **guard)
    assert (tmp_path / "a.zip").read_bytes() == BODY


def test_a_body_of_unsaid_length_is_refused_when_nothing_can_tell_a_cut(server, tmp_path):
    url = server.url("/a.zip", partial(answer, length=False))
    assert_refused("declare its size", url, tmp_path / "a.zip")


def test_a_compressed_answer_is_refused(server, tmp_path):
    url = server.url("/a.csv", partial(answer, headers=[("Content-Encoding", "gzip")]))
    assert_refused("compresses the file", url, tmp_path / "a.csv")


def test_too_little_space_is_said_before_the_body(server, tmp_path, monkeypatch):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1000))
    url = server.url("/a.zip", answer)
    assert_refused("needs 300.1 kB, the disk has 1.0 kB free", url, tmp_path / "a.zip")


def test_a_disk_that_fills_up_is_said_so_and_the_download_resumed(server, tmp_path):
    url = server.url("/a.zip", answer)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        assert_refused(
            "the disk is full", url, tmp_path / "a.zip", left=[".a.zip.part", ".a.zip.part.json"]
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    quick(url, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert server.ranges == [None, "bytes=100000-"]


def test_two_fetches_of_one_file_do_not_meet(server, tmp_path):
    url = server.url("/a.zip", partial(answer, stall=100_000), answer)
    first = threading.Thread(target=quick, args=(url, tmp_path / "a.zip"))
    first.start()
    while not server.requests:
        time.sleep(0.01)
    with pytest.raises(InputError, match="another process is fetching"):
        quick(url, tmp_path / "a.zip")
    server.released.set()
    first.join()
    assert (tmp_path / "a.zip").read_bytes() == BODY


def test_without_a_checksum_the_observed_one_is_printed_recorded_and_checked(
    server, tmp_path, capsys
):
    path, digest = tmp_path / "a.zip", SHA256.removeprefix("sha256:")
    quick(server.url("/a.zip", answer), path)
    assert SHA256 in capsys.readouterr().err
    assert (tmp_path / "a.zip.sha256").read_text() == f"{digest}  a.zip\n"
    path.unlink()
    changed = server.url("/a.zip", partial(answer, body=zip_of(b"changed")))
    assert_refused("recorded on first use: delete ", changed, path, left=["a.zip.sha256"])
    (tmp_path / "a.zip.sha256").unlink()
    quick(changed, path)
    assert path.read_bytes() == zip_of(b"changed")


def test_a_pinned_file_that_was_changed_on_disk_is_fetched_again(server, tmp_path):
    url = server.url("/a.zip", answer)
    quick(url, tmp_path / "a.zip")
    (tmp_path / "a.zip").write_bytes(BODY[:-1])
    quick(url, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == BODY


def test_a_record_that_holds_no_checksum_is_refused(tmp_path):
    (tmp_path / "a.zip.sha256").write_text("")
    assert_refused(
        "holds no sha256", "http://127.0.0.1/", tmp_path / "a.zip", left=["a.zip.sha256"]
    )


@pytest.mark.parametrize(
    "checksum", ["", "sha256:", "abc", SHA256[:-1], SHA256 + "0", "md5:" + "g" * 32, SHA256[7:]]
)
def test_a_malformed_checksum_is_refused(tmp_path, checksum):
    with pytest.raises(InputError, match=r"checksum: .*correct it"):
        quick("http://127.0.0.1/", tmp_path / "a.zip", checksum=checksum)


def test_local_file_is_verified_and_linked_without_the_network(server, tmp_path):
    (tmp_path / "mine.zip").write_bytes(BODY)
    (tmp_path / "out").mkdir()
    for name, local in [
        ("a.zip", tmp_path / "mine.zip"),
        ("b.zip", (tmp_path / "mine.zip").as_uri()),
    ]:
        path = quick(
            server.url("/a.zip", answer), tmp_path / "out" / name, checksum=MD5, local=local
        )
        assert path.read_bytes() == BODY
        assert path.readlink() == tmp_path / "mine.zip"
    assert names(tmp_path / "out") == ["a.zip", "b.zip"]
    assert server.requests == []


def test_local_path_may_be_relative(tmp_path, monkeypatch):
    (tmp_path / "mine.zip").write_bytes(BODY)
    monkeypatch.chdir(tmp_path)
    path = quick([], tmp_path / "out" / "a.zip", checksum=SHA256, local="mine.zip")
    assert path.read_bytes() == BODY


def test_local_file_already_in_its_place_stays(tmp_path):
    (tmp_path / "a.zip").write_bytes(BODY)
    quick([], tmp_path / "a.zip", checksum=SHA256, local=tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert not (tmp_path / "a.zip").is_symlink()


def test_local_file_is_copied_where_the_disk_knows_no_links(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "symlink", refuse)
    (tmp_path / "mine.zip").write_bytes(BODY)
    path = quick([], tmp_path / "a.zip", checksum=SHA256, local=tmp_path / "mine.zip")
    assert path.read_bytes() == BODY
    assert not path.is_symlink()


def test_local_file_without_a_checksum_is_pinned(tmp_path):
    (tmp_path / "mine.zip").write_bytes(BODY)
    quick([], tmp_path / "out" / "a.zip", local=tmp_path / "mine.zip")
    assert SHA256[7:] in (tmp_path / "out" / "a.zip.sha256").read_text()
    (tmp_path / "mine.zip").write_bytes(zip_of(b"changed"))
    with pytest.raises(InputError, match="recorded on first use"):
        quick([], tmp_path / "out" / "a.zip", local=tmp_path / "mine.zip")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"PK wrong", "sha256 is"),
        (HTML, "is an HTML page"),
        (b"", "is empty"),
        (None, "does not exist; correct the path"),
    ],
)
def test_local_file_that_does_not_verify_is_refused(tmp_path, content, match):
    if content is not None:
        (tmp_path / "mine").write_bytes(content)
    (tmp_path / "out").mkdir()
    assert_refused(match, [], tmp_path / "out" / "a.zip", checksum=SHA256, local=tmp_path / "mine")


@pytest.mark.parametrize(
    ("local", "match"),
    [
        (os.curdir, "is a folder"),
        ("https://host/a.zip", "is an address"),
        ("file://host/a.zip", "another machine"),
    ],
)
def test_local_must_be_a_file_of_this_disk(tmp_path, local, match):
    with pytest.raises(InputError, match=match):
        quick([], tmp_path / "a.zip", local=local)
    assert names(tmp_path) == []


def test_the_first_declared_size_is_remembered_where_a_cut_is_said_to_be_the_end(server, tmp_path):
    """A cut file whose server then answers 416 with the cut's own length is not whole."""

    def at_its_end(handler):
        if "Range" not in handler.headers:
            return answer(handler)
        handler.send_response(416)
        handler.send_header("Content-Range", "bytes */100000")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    quick(server.url("/a.zip", partial(answer, cut=100_000), at_its_end), tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert server.ranges == [None, "bytes=100000-", None]


@pytest.mark.parametrize("name", ["a.csv", "weights", "a.zip"])
def test_an_empty_body_is_never_pinned(server, tmp_path, name):
    assert_refused("is empty", server.url("/a", partial(answer, body=b"")), tmp_path / name)


@pytest.mark.parametrize("body", [b'{"error": "quota"}', b'\xef\xbb\xbf ["no"]'])
def test_a_json_message_is_never_pinned(server, tmp_path, body):
    assert_refused("JSON message", server.url("/a", partial(answer, body=body)), tmp_path / "a.csv")


def test_json_is_fetched_where_it_is_wanted(server, tmp_path):
    quick(server.url("/a", partial(answer, body=b"{}")), tmp_path / "a.json")


def test_a_file_of_undeclared_size_has_a_largest_one(server, tmp_path, monkeypatch):
    monkeypatch.setattr(transfer, "LARGEST", 100_000)
    assert_refused("declare its size", server.url("/a.zip", answer), tmp_path / "a.zip")
    url = server.url("/b.zip", partial(answer, chunked=True))
    assert_refused("sends more than the expected 100000", url, tmp_path / "b.zip")
    quick(server.url("/c.zip", answer), tmp_path / "c.zip", size=len(BODY))


def drip(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(BODY)))
    handler.end_headers()
    while not handler.server.released.wait(0.02):
        handler.wfile.write(b"P")


def test_a_server_that_drips_is_given_up(server, tmp_path, monkeypatch):
    monkeypatch.setattr(transfer, "SPEED_WINDOW", 0.3)
    url = server.url("/a.zip", drip)
    left = [".a.zip.part", ".a.zip.part.json"]
    assert_refused("bytes a second", url, tmp_path / "a.zip", retries=1, left=left)


def test_a_download_has_a_total_time(server, tmp_path):
    url = server.url("/a.zip", drip)
    left = [".a.zip.part", ".a.zip.part.json"]
    assert_refused("longer than the time", url, tmp_path / "a.zip", total_time=0.3, left=left)


@pytest.mark.parametrize("kind", ["link", "dangling", "fifo", "folder"])
@pytest.mark.parametrize("name", [".a.zip.part", ".a.zip.part.json"])
def test_what_lies_where_a_download_grows_is_not_trusted(server, tmp_path, kind, name):
    mine = tmp_path / "mine"
    mine.write_bytes(b"mine")
    odd = tmp_path / name
    if kind == "fifo":
        os.mkfifo(odd)
    elif kind == "folder":
        odd.mkdir()
    else:
        odd.symlink_to(mine if kind == "link" else tmp_path / "nothing")
    assert_refused(
        "is no plain file", server.url("/a.zip", answer), tmp_path / "a.zip", left=["mine", name]
    )
    assert mine.read_bytes() == b"mine"


@pytest.mark.parametrize(
    "note",
    ["[" * 100_000, '{"url": {}}', "[1, 2]", '{"url": "x", "total": "many"}', "{}", "\x00"],
)
def test_an_odd_note_is_none(server, tmp_path, note):
    (tmp_path / ".a.zip.part").write_bytes(BODY[:1000])
    (tmp_path / ".a.zip.part.json").write_text(note)
    quick(server.url("/a.zip", answer), tmp_path / "a.zip", checksum=SHA256)
    assert (tmp_path / "a.zip").read_bytes() == BODY

"""Fixtures `chromium` and `page`: a headless browser without a network.

conftest.py gives them to every test of this folder.
"""

import os
import shutil

import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """A browser context; CHROMIUM names the program where it is not found by itself."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not program:
        pytest.skip("no chromium on this machine, and CHROMIUM names none")
    with sync_api.sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("chromium"),
            executable_path=program,
            headless=True,
            args=FLAGS,
            offline=True,
            viewport={"width": 1280, "height": 900},
        )
        yield context
        context.close()


@pytest.fixture(name="page")
def offline_page(chromium):
    """A fresh page that fails the test on any request for more than local files."""
    page = chromium.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    yield page
    page.close()
    abroad = [url for url in asked if not url.startswith(("file:", "data:", "blob:", "about:"))]
    assert not abroad, f"asked the network for {abroad}"

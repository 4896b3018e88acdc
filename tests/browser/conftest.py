"""The browser, one for all tests of pages."""

from browser.chromium import chromium, offline_page  # noqa: F401

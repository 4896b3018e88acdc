"""What a reader must see in a Snakemake report that was opened from disk."""

from collections.abc import Mapping, Sequence
from pathlib import Path


def check_report(page, path: str | Path, results: Mapping[str, Sequence[str]]) -> None:
    """Open every result of a report and check that it shows.

    A figure must be drawn and fit the window; a page must hold a table with numbers and not be
    wider than its frame; each must have a caption.

    Parameters
    ----------
    page : playwright.sync_api.Page
        Its errors fail the check.
    path : path
        The single-file ``report.html``.
    results : mapping of str to sequence of str
        Per category, a text in the row of each result that must be there.
    """
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_viewport_size({"width": 1440, "height": 900})
    for category, texts in results.items():
        for text in texts:
            _open_category(page, path, category)
            rows = page.locator("table tbody tr")
            row = rows.filter(has_text=text).first
            assert row.count(), f"{category}: no {text!r} in {rows.all_inner_texts()}"
            view, inform = row.locator("a").all()
            view.click()
            page.locator("iframe, img[src^='data:image']").first.wait_for()
            if page.locator("iframe").count():
                _check_frame(page, f"{category}: {text}")
            else:
                _check_image(page, f"{category}: {text}")
            inform.click()
            page.get_by_text("Description", exact=True).wait_for()
    assert not errors, errors


def _open_category(page, path, category) -> None:
    page.goto("about:blank")
    page.goto(Path(path).resolve().as_uri())
    page.locator("li > a", has=page.get_by_text(category, exact=True)).click()
    page.locator("table tbody tr").first.wait_for()


def _check_frame(page, name) -> None:
    frame = page.frame_locator("iframe")
    cell = frame.locator("table td", has_text="0").first
    cell.wait_for()
    assert cell.is_visible(), name
    width, room = frame.locator("html").evaluate("e => [e.scrollWidth, e.clientWidth]")
    assert width <= room, f"{name}: {width} px wide in a frame of {room} px"


def _check_image(page, name) -> None:
    image = page.locator("img[src^='data:image']").last
    image.evaluate("e => e.decode()")
    box = image.bounding_box()
    assert box["width"] > 300, f"{name}: {box}"
    assert box["y"] >= 0, f"{name}: cut off at the top, {box}"

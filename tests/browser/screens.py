"""`bin/screens`: takes the screenshots of the README anew, from a running `bin/run` with the sample."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from foia_tracker.embedded import place

from .chrome import DESK, PHONE, chromium, launch
from .walking import RUTH, day_it_lapsed, fill_extension, open_log_form, open_request, passwords, sign_in

FOLDER = place.REPOSITORY / "docs" / "screens"
MOST_BYTES = 250_000
LATE_AND_OURS = "Plate readers: Lake Plain"
JUST_LAPSED = "Plate readers: Kaskaskia Bend"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/screens", description=__doc__)
    parser.add_argument("--address", default="http://localhost:8000", help="where bin/run is")
    address = parser.parse_args(arguments).address.rstrip("/")
    if chromium() is None:
        sys.exit("There is no Chromium: install it, or name it with CHROMIUM.")
    password = passwords(place.var_folder())[RUTH]
    with sync_playwright() as playwright:
        browser = launch(playwright)
        _public(browser, address)
        _signed_in(browser, address, password)
        browser.close()
    return 0


def _public(browser: Browser, address: str) -> None:
    with _page(browser) as page:
        page.goto(f"{address}/")
        _take(page, "dashboard", 1180)
        page.goto(f"{address}/laws/us-il/")
        _take(page, "law", 1180)
        page.goto(f"{address}/laws/")
        _take(page, "laws", 1180)
        page.goto(f"{address}/laws/us-pa/print/")
        _take(page, "sheet", 620, of=".sheet", above=8)
        page.goto(f"{address}/campaigns/")
        page.get_by_role("main").get_by_role("link", name="License-plate readers").first.click()
        _take(page, "matrix", 1180)
        page.goto(f"{address}/calculator/?law=us-il&received=2017-02-10")
        for reason in page.locator("details.why").all():
            chosen = "February 21" in reason.locator("summary").inner_text()
            reason.evaluate("(reason, chosen) => { reason.open = chosen }", chosen)
        _take(page, "calculator", 1180, of="#answer")
    with _page(browser, dark=True) as page:
        page.goto(f"{address}/")
        _take(page, "dashboard-dark", 1180)


def _signed_in(browser: Browser, address: str, password: str) -> None:
    with _page(browser) as page:
        sign_in(page, address, RUTH, password)
        open_request(page, address, LATE_AND_OURS)
        _take(page, "request", 1180)
        open_request(page, address, JUST_LAPSED)
        lapsed = day_it_lapsed(page)
        open_log_form(page, "Extension")
        fill_extension(page, sent_on=lapsed)
        page.get_by_role("button", name="Show what this changes").click()
        _take(page, "event", 1000)
    with _page(browser, phone=True) as page:
        sign_in(page, address, RUTH, password)
        open_request(page, address, LATE_AND_OURS)
        _take(page, "request-phone", 1000)


@contextmanager
def _page(browser: Browser, *, dark: bool = False, phone: bool = False) -> Iterator[Page]:
    context = browser.new_context(
        viewport=PHONE if phone else DESK,
        color_scheme="dark" if dark else "light",
        locale="en-US",
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def _take(page: Page, name: str, height: int, *, of: str | None = None, above: int = 24) -> None:
    """The first `height` pixels of the page, or from just above the element `of`."""
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": size["width"], "height": height})
    page.evaluate("window.scrollTo(0, 0)")
    if of is not None:
        top = page.locator(of).first.bounding_box()
        assert top is not None
        page.mouse.wheel(0, max(0, top["y"] - above))
        page.wait_for_timeout(300)
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    page.set_viewport_size(size)
    print(f"{path.relative_to(place.REPOSITORY)}  {path.stat().st_size // 1000} kB")
    if path.stat().st_size > MOST_BYTES:
        sys.exit(f"{path.name} is over {MOST_BYTES // 1000} kB: show less of the page.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`bin/screens`: one screenshot of each screen at both widths, from a running `bin/run` with the sample; of the public
pages also in both themes, in a folder of their own.

It signs in as the sample's owner, and through the pages makes a request that is refused and appealed, and a wave that
is read and not sent; `manage.py remove_sample` takes them out again with everything else.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from foia_tracker.embedded import place

from .chrome import chromium, launch
from .living import refused_and_appealed, wave_in_the_making
from .walking import RUTH, day_it_lapsed, fill_extension, open_log_form, open_request, passwords, sign_in

FOLDER = place.REPOSITORY / "docs" / "screens"
# Less tall than the windows of the tests: all screens together stay light.
DESK = {"width": 1280, "height": 660}
PHONE = {"width": 390, "height": 660}
MOST_BYTES = 120_000
MOST_BYTES_OF_ALL = 6_000_000
# Pages of type and rules: as many colors show them as they are, at a third of the weight.
COLORS = 96
LATE_AND_OURS = "Plate readers: Lake Plain"
JUST_LAPSED = "Plate readers: Kaskaskia Bend"
PUBLIC = {
    "dashboard": "/",
    "dashboard-of-a-state": "/?jurisdiction=us-il",
    "method": "/method/",
    "requests": "/requests/",
    "requests-late": "/requests/?late=1",
    "requests-refused": "/requests/?late=perhaps&page=0",
    "campaigns": "/campaigns/",
    "agencies": "/agencies/",
    "centers": "/centers/",
    "brief": "/brief/",
    "documents": "/documents/",
    "search": "/search/?q=plate",
    "laws": "/laws/",
    "law": "/laws/us-il/",
    "sheet": "/laws/us-pa/print/",
    "calculator": "/calculator/?law=us-il&received=2017-02-10#answer",
    "kits": "/kits/",
    "corrections": "/corrections/",
    "report": "/report/?about=/requests/",
    "embed": "/embed/",
    "open-data": "/data/",
    "api": "/api/v1/docs/",
    "not-found": "/requests/not-there/",
    "sign-in": "/accounts/login/",
    "sign-up": "/accounts/signup/",
}
MEMBERS = {
    "today": "/today/",
    "requests": "/requests/",
    "calendar": "/calendar/",
    "search": "/search/?q=plate",
    "campaigns": "/campaigns/",
    "kits": "/kits/",
    "kit": "/kits/plate-readers/",
    "letters": "/letters/",
    "follow-ups": "/follow-ups/",
    "appeals": "/remedies/",
    "withholdings": "/withholdings/",
    "imports": "/imports/",
    "settings": "/settings/",
    "security": "/settings/security/",
    "mail": "/mail/",
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/screens", description=__doc__)
    parser.add_argument("--address", default="http://localhost:8000", help="where bin/run is")
    address = parser.parse_args(arguments).address.rstrip("/")
    if chromium() is None:
        sys.exit("There is no Chromium: install it, or name it with CHROMIUM.")
    password = passwords(place.var_folder())[RUTH]
    (FOLDER / "public").mkdir(parents=True, exist_ok=True)
    for old in FOLDER.rglob("*.png"):
        old.unlink()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        with _page(browser, DESK) as page:
            sign_in(page, address, RUTH, password)
            signed_in = page.context.storage_state()
            theirs = {**MEMBERS, **_of_members(page, address)}
            _take_event(page, address)
        with _page(browser, DESK) as page:
            public = {**PUBLIC, **_of_everybody(page, address)}
        for width, window in ((1280, DESK), (390, PHONE)):
            for theme in ("light", "dark"):
                with _page(browser, window, dark=theme == "dark") as page:
                    _take_all(page, address, public, f"{width}-{theme}", "public/")
            with _page(browser, window, signed_in) as page:
                _take_all(page, address, theirs, str(width))
        with _page(browser, DESK, signed_in, dark=True) as page:
            _take_all(page, address, {"request-dark": theirs["request"]}, "1280")
        browser.close()
    sizes = [path.stat().st_size for path in FOLDER.rglob("*.png")]
    whole = sum(sizes)
    print(f"{len(sizes)} screens, {whole // 1000} kB")
    if whole > MOST_BYTES_OF_ALL:
        sys.exit(f"They are over {MOST_BYTES_OF_ALL // 1000} kB together: show less.")
    return 0


def _of_members(page: Page, address: str) -> dict[str, str]:
    """Pages whose addresses hold a name that is made by chance: name of the screen → address."""
    appealed = refused_and_appealed(page, address)
    wave = wave_in_the_making(page, address)
    found = {
        "withheld": appealed["withholdings"],
        "appeal": appealed["remedy"],
        "fees": appealed["fees"],
        "notes": appealed["people"],
        "documents": appealed["documents"],
        "plan": wave["plan"],
        "wave": wave["wave"],
        "letter": wave["letter"],
    }
    open_request(page, address, LATE_AND_OURS)
    found["request"] = page.url
    found["windows"] = f"{page.url}remedies/"
    page.goto(f"{address}/campaigns/")
    page.get_by_role("main").get_by_role("link", name="License-plate readers").first.click()
    found["matrix"] = page.url
    page.goto(f"{address}/settings/")
    for name, words in (("members", "Members"), ("requesters", "Requester of record"), ("audit", "Audit")):
        href = page.get_by_role("main").get_by_role("link", name=words, exact=True).get_attribute("href")
        found[name] = f"{address}{href}"
    return {name: where.removeprefix(address) for name, where in found.items()}


def _of_everybody(page: Page, address: str) -> dict[str, str]:
    """Public pages whose addresses hold a name that is made by chance."""

    def first(listed: str, part: str) -> str:
        page.goto(f"{address}{listed}")
        found = page.locator(f'main tbody th > a[href^="{part}"]').first.get_attribute("href")
        assert found is not None, f"{listed} shows none of {part}"
        return found

    request = first("/requests/?q=plate", "/requests/")
    campaign = first("/campaigns/", "/campaigns/")
    center = first("/requests/?kind=fusion_center", "/requests/")
    page.goto(f"{address}{center}")
    agency = page.locator('main a[href^="/agencies/"]').first.get_attribute("href")
    assert agency is not None, "no request names its agency"
    on = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=10)
    return {"request": request, "request-on-a-day": f"{request}?on={on}", "campaign": campaign, "agency": agency}


def _take_event(page: Page, address: str) -> None:
    for width, window in ((1280, DESK), (390, PHONE)):
        page.set_viewport_size(window)  # type: ignore[arg-type]
        open_request(page, address, JUST_LAPSED)
        lapsed = day_it_lapsed(page)
        open_log_form(page, "Extension")
        fill_extension(page, sent_on=lapsed)
        page.get_by_role("button", name="Show what this changes").click()
        if width < 1000:
            page.locator(".effect").scroll_into_view_if_needed()
        _shoot(page, f"event-{width}")


def _take_all(page: Page, address: str, screens: dict[str, str], how: str, folder: str = "") -> None:
    for name, where in screens.items():
        page.goto(f"{address}{where}")
        _shoot(page, f"{folder}{name}-{how}")


@contextmanager
def _page(browser: Browser, window: Any, signed_in: Any = None, *, dark: bool = False) -> Iterator[Page]:
    context = browser.new_context(
        viewport=window,
        color_scheme="dark" if dark else "light",
        locale="en-US",
        reduced_motion="reduce",
        storage_state=signed_in,
    )
    yield context.new_page()
    context.close()


def _shoot(page: Page, name: str) -> None:
    """What the window shows, no more."""
    page.evaluate("document.fonts.ready")
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as whole:
        few = whole.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(place.REPOSITORY)}  {size // 1000} kB")
    if size > MOST_BYTES:
        sys.exit(f"{path.name} is over {MOST_BYTES // 1000} kB: show less of the page.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""By the Tab key alone: each stop is seen and ringed, in the order of the page, and the last one lets go."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from .conftest import Open
from .living import wave_in_the_making
from .walking import RUTH

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST = 250
# null: the focus has left the page. `at`: the element's place among all of them.
STOP = """
() => {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement) return null;
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  return {
    what: `${e.tagName.toLowerCase()} ${e.name || ''} ${(e.innerText || '').trim().slice(0, 30)}`,
    at: [...document.querySelectorAll('*')].indexOf(e),
    ringed: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || e.id === 'main',
    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth && e.checkVisibility(),
  };
}
"""


def tabbed(page: Page, address: str) -> int:
    """How many stops there are."""
    page.goto(address)
    page.wait_for_load_state()
    before, stops = -1, 0
    for _ in range(MOST):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or stop["at"] < before:  # round the browser's own bar, and to the top again
            return stops
        assert stop["ringed"], f"{page.url}: no ring around {stop['what']}"
        assert stop["seen"], f"{page.url}: out of sight: {stop['what']}"
        before, stops = stop["at"], stops + 1
    raise AssertionError(f"{page.url}: the focus does not come to the end of the page in {MOST} stops")


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "390"])
def test_filing_logging_writing_and_planning_are_walked_by_the_tab_key(opened: Open, phone: bool) -> None:
    page = opened(RUTH, phone=phone, js=True)
    made = wave_in_the_making(page)
    page.goto("/requests/?q=Kaskaskia")
    page.locator("main tbody tr", has_text="Kaskaskia").first.get_by_role("link").first.click()
    request = page.url
    for address in (
        "/requests/new/",
        f"{request}log/extension_noticed/",
        made["letter"],
        made["plan"],
        made["wave"],
    ):
        assert tabbed(page, address) > 20

"""What is printed can be filed: the words and dates of the page, whole, and nothing that only a screen needs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from .conftest import Open
from .living import refused_and_appealed, wave_in_the_making
from .walking import RUTH

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# A sheet of letter paper between its margins, at 96 dots an inch; the matrix lies on its side.
UPRIGHT, ACROSS = 695, 965
CONTROLS = "nav, form, button, input, select, textarea, .btn, .crumbs, .subnav, .pager, .menu, .skip"
SHOWN = """
(what) => [...document.querySelectorAll(what)]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().height > 0 && !e.closest('.vh'))
  .map(e => `${e.tagName.toLowerCase()}.${e.className}`)
"""
CUT = """
() => {
  const wide = document.documentElement.clientWidth;
  return [...document.querySelectorAll('main table, main pre, main .words, main svg, main h1, main li, main p')]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > wide + 1)
    .map(e => `${e.tagName.toLowerCase()}.${e.className}: ${Math.round(e.getBoundingClientRect().right)} of ${wide}`);
}
"""


def printed(page: Page, address: str, *, width: int = UPRIGHT) -> None:
    page.set_viewport_size({"width": width, "height": 960})
    page.emulate_media(media="print")
    page.goto(address)
    page.wait_for_load_state()
    assert page.evaluate(SHOWN, CONTROLS) == [], page.url
    assert page.evaluate(CUT) == [], page.url


def test_what_a_lawyer_files_is_printed_whole_and_without_controls(opened: Open) -> None:
    page = opened(RUTH, js=True)
    made = refused_and_appealed(page) | wave_in_the_making(page)
    page.goto("/campaigns/")
    matrix = page.get_by_role("main").get_by_role("link", name="License-plate readers").first
    across = matrix.get_attribute("href")
    assert across
    for address in ("/today/", "/calendar/", "/remedies/", "/withholdings/", "/fees/"):
        printed(page, address)
    for name in ("request", "withholdings", "remedy", "fees", "letter"):
        printed(page, made[name])
    printed(page, f"{made['request']}remedies/")
    printed(page, across, width=ACROSS)


def test_a_draft_is_printed_with_its_words_and_reasons_are_open(opened: Open) -> None:
    page = opened(RUTH, js=True)
    letter = wave_in_the_making(page)["letter"]
    printed(page, letter)
    assert (
        page.locator("article.sheet .words")
        .inner_text()
        .startswith(("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"))
    )
    page.emulate_media(media="screen")
    assert not page.locator("article.sheet").is_visible()


def test_a_printed_reason_is_open(opened: Open) -> None:
    page = opened(RUTH)
    page.goto("/requests/?q=Kaskaskia")
    page.locator("main tbody tr", has_text="Kaskaskia").first.get_by_role("link").first.click()
    page.emulate_media(media="print")
    reasons = page.locator("details.why ol.trail")
    assert reasons.count()
    assert all(reason.is_visible() for reason in reasons.all())
    assert page.get_by_text("As of").is_visible()

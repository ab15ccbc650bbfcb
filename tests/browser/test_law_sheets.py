"""What goes into a file: each law on one sheet of either format, the table of all on few."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from requests_app.laws.registry import library

from .conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LAWS = [entry.id for entry in library().laws]
MOST_SHEETS_OF_ALL = 8
FORMATS = ("Letter", "A4")


def sheets(page: Page, form: str) -> int:
    pdf = page.pdf(format=form)
    return len(re.findall(rb"/Type\s*/Page[^s]", pdf))


def test_each_law_is_one_sheet_of_letter_and_of_a4(opened: Open) -> None:
    page = opened()
    wrong = {}
    for law_id in LAWS:
        page.goto(f"/laws/{law_id}/print/")
        found = {form: sheets(page, form) for form in FORMATS}
        if set(found.values()) != {1}:
            wrong[law_id] = found
    assert wrong == {}


def test_nothing_of_a_sheet_is_cut_off_at_its_edge(opened: Open) -> None:
    page = opened(js=True)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})  # 186 mm
    wide = []
    for law_id in LAWS:
        page.goto(f"/laws/{law_id}/print/")
        if page.evaluate("document.documentElement.scrollWidth") > 703:
            wide.append(law_id)
    assert wide == []


def test_the_table_of_all_laws_fits_few_sheets_each_with_its_heads(opened: Open) -> None:
    page = opened()
    page.goto("/laws/")
    assert 1 < sheets(page, "Letter") <= MOST_SHEETS_OF_ALL
    page.emulate_media(media="print")
    heads = page.locator("table.laws thead")
    assert heads.evaluate("head => getComputedStyle(head).display") == "table-header-group"
    assert not page.locator("form.filters").is_visible()


def test_a_phone_shows_a_law_as_a_card_and_the_sheet_without_scrolling_aside(opened: Open) -> None:
    page = opened(phone=True, js=True)
    for address in ("/laws/", "/laws/us-tx/", "/laws/us-tx/print/", "/laws/us-tx/report/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
    page.goto("/laws/")
    assert (
        not page.locator("table.laws thead").is_visible()
        or page.locator("table.laws thead").bounding_box()["width"] <= 1
    )  # type: ignore[index]

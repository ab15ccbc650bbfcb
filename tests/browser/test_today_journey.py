"""A morning at the desk by the keyboard alone: the day's rows, a row opened, many chosen, an act undone."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import Page, expect

from .conftest import Open
from .test_journeys import tab_to
from .walking import DELLA
from .watching import barriers, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def look(page: Page) -> None:
    assert [*too_wide(page), *barriers(page)] == [], page.url


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "390"])
def test_the_day_is_read_by_keys(opened: Open, phone: bool) -> None:
    page = opened(DELLA, phone=phone, js=True)
    page.goto("/today/")
    look(page)
    rows = page.locator("main ul.list > li")
    assert rows.count() >= 2
    page.keyboard.press("j")
    expect(rows.nth(0)).to_have_class("on")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_have_class("on")
    expect(page.locator("main li.on")).to_have_count(1)
    page.keyboard.press("k")
    expect(rows.nth(0)).to_have_class("on")
    page.keyboard.press("?")
    keys = page.locator("dialog.keys-help")
    expect(keys).to_be_visible()
    look(page)
    page.keyboard.press("Escape")
    expect(keys).not_to_be_visible()
    # The focus went along with the row: Enter is the link's own.
    leads = rows.nth(0).locator("[data-open]").get_attribute("href")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{leads}")
    # g, then t: back to the day. The letter on the button of a row acts.
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url("**/today/")
    act = rows.nth(0).locator("[data-act]")
    acts, letter = act.get_attribute("href"), act.get_attribute("data-act")
    assert acts and letter
    page.keyboard.press("j")
    page.keyboard.press(letter)
    page.wait_for_url(f"**{acts.partition('#')[0].partition('?')[0]}**")


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "390"])
def test_many_are_chosen_and_tagged_by_keys_and_the_act_is_undone(opened: Open, phone: bool) -> None:
    page = opened(DELLA, phone=phone, js=True)
    tag = f"morning {secrets.token_hex(4)}"
    page.goto("/requests/?q=Grants+and+spending")
    look(page)
    boxes = page.locator("main tbody input[type=checkbox]")
    assert boxes.count() >= 2
    for key in ("j", "x", "j", "x", "j", "x", "x"):
        page.keyboard.press(key)
    expect(boxes.nth(0)).to_be_checked()
    expect(boxes.nth(1)).to_be_checked()
    expect(page.locator("main tbody input:checked")).to_have_count(2)
    expect(page.locator("[data-keys-said]")).to_have_text("Not chosen any more.")
    tab_to(page, "act")
    page.keyboard.type("Put a tag on")
    tab_to(page, "Go on")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("tag")
    tab_to(page, "tag")
    page.keyboard.type(tag)
    page.keyboard.press("Enter")
    expect(page.locator(".effect")).to_contain_text("2 requests will change")
    look(page)
    tab_to(page, "Do it")
    page.keyboard.press("Enter")
    expect(page.locator("main .lead")).to_contain_text("2 requests were changed.")
    look(page)
    tab_to(page, "Undo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("Put back.")
    look(page)

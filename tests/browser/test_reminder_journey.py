"""A reminder is answered from the mail that the catcher holds, and everybody sees who has it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Open
from .walking import RUTH
from .watching import barriers, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def look(page: Page) -> None:
    assert [*too_wide(page), *barriers(page)] == [], page.url


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "390"])
def test_from_the_mail_in_the_catcher_to_the_answer(opened: Open, phone: bool) -> None:
    page = opened(RUTH, phone=phone, js=True)
    page.goto("/mail/")
    reminders = page.locator("main table.t a", has_text=re.compile("Lapsed on|left, until|Last day"))
    assert reminders.count() >= 2, "the sample has reminders that went out"
    # One for each width: a link works once.
    reminders.nth(1 if phone else 0).click()
    link = page.locator("pre.mail a[href*='/r/']").get_attribute("href")
    assert link
    path = "/r/" + link.partition("/r/")[2]
    nobody = opened(phone=phone, js=True)
    nobody.goto(path)
    look(nobody)
    expect(nobody.get_by_role("button", name="I have it")).to_be_visible()
    nobody.get_by_role("button", name="Hand it on").click()
    expect(nobody.locator(".errors")).to_contain_text("Write who is to be told instead.")
    look(nobody)
    nobody.get_by_role("button", name="I have it").click()
    expect(nobody.locator(".said")).to_contain_text("has it")
    look(nobody)
    page.goto(path)
    expect(page.locator(".said")).to_contain_text("has it")
    expect(page.get_by_role("button", name="I have it")).to_have_count(0)
    page.goto("/inbox/")
    look(page)
    expect(page.locator("ul.inbox > li").first).to_be_visible()
    page.locator("ul.inbox a", has_text="Answer").first.click()
    look(page)
    page.goto("/settings/absence/")
    look(page)

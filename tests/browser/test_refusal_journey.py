"""A refusal, its grounds, the appeal: from the agency's letter to the reviewer's clock, with scripts and without."""

from __future__ import annotations

import datetime as dt
import secrets

import pytest
from playwright.sync_api import Page, expect

from .conftest import Open
from .walking import RUTH, typed
from .watching import barriers, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def ago(days: int) -> str:
    return (dt.datetime.now(dt.UTC).date() - dt.timedelta(days=days)).isoformat()


def tab(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="This request").get_by_role("link", name=name).click()


@pytest.mark.parametrize(
    ("phone", "js"), [(False, True), (True, True), (True, False)], ids=["1280", "390", "390 without scripts"]
)
def test_from_a_refusal_to_the_reviewers_clock(opened: Open, phone: bool, js: bool) -> None:
    page = opened(RUTH, phone=phone, js=js)
    title = f"Audit logs {secrets.token_hex(4)}"

    def look() -> None:
        if js:
            assert [*too_wide(page), *barriers(page)] == [], page.url

    page.goto("/requests/new/")
    page.get_by_label("Agency", exact=True).fill("Genesee Shelf Fusion Center")
    page.get_by_label("Public title").fill(title)
    page.get_by_label("Numbered parts").fill("A1 Contracts\nA2 Audits")
    page.get_by_label("Day it was sent").fill(ago(10))
    page.get_by_label("Day the agency received it").fill(ago(10))
    page.get_by_role("button", name="Show the dates first").click()
    look()
    page.get_by_role("button", name="File this request").click()
    expect(page.locator("main .lead")).to_have_text(title)
    request = page.url
    look()

    # The refusal of one part.
    page.locator("#log").get_by_role("link", name="Decision", exact=True).click()
    page.get_by_label("Date on the letter").fill(ago(3))
    page.get_by_label("Day it reached us").fill(ago(2))
    page.get_by_label("Outcome").select_option(label="Denied")
    page.get_by_label("A2 Audits").check()
    page.get_by_role("button", name="Show what this changes").click()
    expect(page.locator(".effect")).to_contain_text("opens a window of ours")
    look()
    page.get_by_role("button", name="Save event").click()

    # Its grounds, asked for at once.
    expect(page.get_by_role("heading", level=1)).to_have_text("Record what was withheld")
    look()
    ground = page.locator("[data-row]").first
    ground.get_by_label("Part").first.select_option("A2")
    ground.get_by_label("Section, from the law’s list").select_option(index=1)
    ground.get_by_label("Pages withheld in full").fill("12")
    ground.get_by_label("Reason given").fill("It would reveal techniques.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("12 pages withheld in full")
    look()

    # The appeal: drafted from the record, filed, and the other side's clock runs.
    tab(page, "Appeals and suits")
    look()
    page.get_by_role("main").get_by_text("Draft the appeal", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Appeal")
    expect(page.locator("#letter")).to_contain_text("It would reveal techniques.")
    expect(page.locator("#letter")).to_contain_text("part A2 was denied")
    remedy = page.url
    look()
    page.get_by_role("link", name="Record that the appeal was filed").click()
    page.get_by_role("button", name="Show what this changes").click()
    expect(page.locator(".effect")).to_contain_text("A clock begins: “Decide the appeal, part A2”")
    look()
    fields = typed(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".hero")).to_contain_text("Decide the appeal")
    look()

    # Back, and the same form sent again: what was sent once is written once.
    page.request.post(f"{remedy}file/", form={**fields, "step": "save"})
    page.goto(remedy)
    expect(page.locator("#steps ol.timeline > li")).to_have_count(1)
    page.goto(request)
    expect(page.locator(".hero")).to_contain_text("Decide the appeal, part A2")
    expect(page.locator("ol.stages")).to_contain_text("Appeal or review")
    look()

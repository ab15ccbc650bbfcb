"""Two people at one draft, and at one event: both versions are shown, and nothing that was typed is lost."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import Page, expect

from .conftest import Open
from .postbox import until
from .walking import DELLA, IKE
from .watching import barriers, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def look(page: Page) -> None:
    assert [*too_wide(page), *barriers(page)] == [], page.url


def a_draft(page: Page) -> str:
    page.goto("/letters/new/?kit=plate-readers")
    page.get_by_label("Agency", exact=True).fill("Pecos Draw Information Exchange")
    page.get_by_role("button", name="Show the letter").click()
    page.get_by_role("button", name="Keep this letter").click()
    page.get_by_role("link", name="Change it").click()
    expect(page.get_by_label("Subject")).to_be_visible()
    return page.url


def a_request(page: Page) -> str:
    page.goto("/requests/new/")
    page.get_by_label("Agency", exact=True).fill("Pecos Draw Information Exchange")
    page.get_by_label("Public title").fill(f"Two desks {secrets.token_hex(4)}")
    page.get_by_label("Day it was sent").fill("2026-03-02")
    page.get_by_role("button", name="Show the dates first").click()
    page.get_by_role("button", name="File this request").click()
    expect(page.locator("main .lead")).to_contain_text("Two desks")
    return page.url


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "390"])
def test_a_draft_that_two_people_write_keeps_both_versions(opened: Open, phone: bool) -> None:
    della, ike = opened(DELLA, phone=phone), opened(IKE, phone=phone)
    draft = a_draft(della)
    ike.goto(draft)
    della.get_by_label("Subject").fill("Della’s subject")
    della.get_by_role("button", name="Save", exact=True).click()
    ike.get_by_label("Subject").fill("Ike’s subject")
    ike.get_by_label("Letter", exact=True).fill("Ike’s words, which took an hour.")
    ike.get_by_role("button", name="Save", exact=True).click()
    expect(ike.get_by_role("heading", level=1)).to_have_text("Two versions of this letter")
    expect(ike.get_by_role("main")).to_contain_text("Della’s subject")
    expect(ike.get_by_label("Letter", exact=True)).to_have_value("Ike’s words, which took an hour.")
    # Left alone, the letter stays as Della saved it, and what Ike typed is kept beside it.
    ike.goto(draft)
    expect(ike.get_by_label("Subject")).to_have_value("Della’s subject")
    expect(ike.get_by_role("main")).to_contain_text("Typed upon an older version")
    expect(ike.locator("details.why pre.mail").first).to_contain_text("Ike’s words, which took an hour.")


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "390"])
def test_what_saves_itself_stops_where_somebody_else_has_saved(opened: Open, phone: bool) -> None:
    della, ike = opened(DELLA, phone=phone, js=True), opened(IKE, phone=phone, js=True)
    draft = a_draft(della)
    ike.goto(draft)
    look(ike)
    della.get_by_label("Subject").fill("Della’s subject")
    expect(della.locator("[data-autosave-said]")).to_contain_text("Saved at")
    with ike.expect_response(lambda answer: answer.url == draft and answer.status == 409):
        ike.get_by_label("Subject").fill("Ike’s subject")
    ike.get_by_role("button", name="Save", exact=True).click()
    expect(ike.get_by_role("heading", level=1)).to_have_text("Two versions of this letter")
    look(ike)
    ike.get_by_role("button", name="Save mine on top").click()
    until(lambda: ike.goto(draft) and ike.get_by_label("Subject").input_value() == "Ike’s subject")


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "390"])
def test_an_event_that_two_people_log_is_shown_to_the_second(opened: Open, phone: bool) -> None:
    della, ike = opened(DELLA, phone=phone, js=True), opened(IKE, phone=phone, js=True)
    request = a_request(della)
    for page in (della, ike):
        page.goto(f"{request}log/acknowledged/")
    for page, day in ((della, "2026-03-10"), (ike, "2026-03-11")):
        page.get_by_label("Day it reached us").fill(day)
        page.get_by_label("Our note").fill(f"Typed for {day}")
        page.get_by_role("button", name="Show what this changes").click()
        expect(page.locator(".effect")).to_be_visible()
    della.get_by_role("button", name="Save event").click()
    expect(della.locator(".saids")).to_contain_text("Saved: Acknowledgment.")
    ike.get_by_role("button", name="Save event").click()
    conflict = ike.locator("section.conflict")
    expect(conflict).to_contain_text("Not saved: something was recorded meanwhile")
    expect(conflict).to_contain_text("logged by Della Voss")
    expect(conflict).to_contain_text("Typed for 2026-03-11")
    expect(ike.get_by_label("Our note")).to_have_value("Typed for 2026-03-11")
    look(ike)
    conflict.get_by_role("link", name="Drop mine").click()
    expect(ike.locator("ol.timeline > li", has_text="Acknowledgment")).to_have_count(1)

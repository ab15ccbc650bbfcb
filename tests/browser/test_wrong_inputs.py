"""Wrong and unusual words, as people type them: each has its sentence, stands where it was typed, and loses nothing."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import Page, expect

from .conftest import Open
from .living import ago
from .postbox import link, mails, until
from .tree import Site
from .walking import DELLA, RUTH
from .watching import barriers, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONES = pytest.mark.parametrize("phone", [False, True], ids=["1280", "390"])
WORDS = "Camera reports: דוחות מצלמה · تقارير الكاميرات 🎥👩🏽‍⚖️"


def look(page: Page) -> None:
    assert [*too_wide(page), *barriers(page)] == [], page.url


def file_one(page: Page, title: str, *, days: int) -> str:
    page.goto("/requests/new/")
    page.get_by_label("Agency", exact=True).fill("Taconic Gap Analysis Center")
    page.get_by_label("Public title").fill(title)
    page.get_by_label("Day it was sent").fill(ago(days))
    page.get_by_label("Day the agency received it").fill(ago(days))
    page.get_by_role("button", name="Show the dates first").click()
    page.get_by_role("button", name="File this request").click()
    expect(page.locator("main .lead")).to_contain_text(title)
    return page.url


def deny(page: Page, request: str, *, days: int) -> None:
    page.goto(f"{request}log/determined/")
    page.get_by_label("Date on the letter").fill(ago(days))
    page.get_by_label("Day it reached us").fill(ago(days))
    page.get_by_label("Outcome").select_option(label="Denied")
    page.get_by_role("button", name="Show what this changes").click()


@PHONES
def test_a_title_of_3000_letters_is_refused_and_kept(opened: Open, phone: bool) -> None:
    page = opened(RUTH, phone=phone, js=True)
    page.goto("/requests/new/")
    page.get_by_label("Agency", exact=True).fill("Taconic Gap Analysis Center")
    # A script or an extension may fill in more than the field lets a hand type.
    page.get_by_label("Public title").evaluate("e => e.removeAttribute('maxlength')")
    page.get_by_label("Public title").fill("T" * 3000)
    page.get_by_label("Numbered parts").fill("A1 Contracts")
    page.get_by_role("button", name="Show the dates first").click()
    expect(page.locator(".field.bad").first).to_contain_text("300")
    expect(page.get_by_label("Public title")).to_have_value("T" * 3000)
    expect(page.get_by_label("Numbered parts")).to_have_value("A1 Contracts")
    look(page)


@PHONES
def test_letters_from_right_to_left_and_emoji_are_names_like_others(opened: Open, phone: bool) -> None:
    page = opened(RUTH, phone=phone, js=True)
    title = f"{WORDS} {secrets.token_hex(2)}"
    file_one(page, title, days=3)
    look(page)
    page.goto(f"/requests/?q={title[-4:]}")
    expect(page.locator("main tbody")).to_contain_text(title)
    look(page)
    # Where other words stand beside it, it is set apart, or they would change places.
    page.locator("main tbody tr").first.get_by_role("link").first.click()
    page.get_by_role("navigation", name="This request").get_by_role("link", name="Fees").click()
    expect(page.locator("main bdi", has_text=title)).to_be_visible()


@PHONES
def test_a_denial_before_the_request_is_named_and_nothing_is_lost(opened: Open, phone: bool) -> None:
    page = opened(RUTH, phone=phone, js=True)
    request = file_one(page, f"Denied early {secrets.token_hex(2)}", days=10)
    deny(page, request, days=20)
    expect(page.locator(".err, .errors").first).to_contain_text("nothing about it can be dated")
    expect(page.get_by_label("Date on the letter")).to_have_value(ago(20))
    expect(page.get_by_label("Outcome")).to_have_value("denied")
    look(page)
    page.goto(request)
    expect(page.locator(".timeline")).not_to_contain_text("Denied")


@PHONES
def test_an_appeal_a_day_late_is_recorded_marked_and_warned_of(opened: Open, phone: bool) -> None:
    page = opened(RUTH, phone=phone, js=True)
    request = file_one(page, f"Appealed late {secrets.token_hex(2)}", days=60)
    deny(page, request, days=45)
    page.get_by_role("button", name="Save event").click()
    page.goto(f"{request}remedies/")
    expect(page.get_by_role("main")).to_contain_text("Closed")
    look(page)
    page.goto(f"{request}remedies/new/")
    page.get_by_label("What it is").select_option("appeal")
    page.get_by_label("Which window").select_option(index=1)
    page.get_by_role("main").get_by_role("button", name="Draft it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Appeal")
    remedy = page.url
    look(page)
    page.goto(f"{remedy}file/")
    page.get_by_role("button", name="Show what this changes").click()
    expect(page.get_by_role("main")).to_contain_text("late")
    look(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("late")
    look(page)


@PHONES
def test_an_agency_without_any_address_gets_no_mail_and_the_letter_stays(opened: Open, phone: bool) -> None:
    page = opened(DELLA, phone=phone, js=True)
    page.goto("/letters/new/?kit=plate-readers")
    page.get_by_label("Agency", exact=True).fill("Pecos Draw Information Exchange")
    page.get_by_role("button", name="Show the letter").click()
    page.get_by_role("button", name="Keep this letter").click()
    page.get_by_role("link", name="Change it").click()
    page.get_by_label("Address").fill("")
    page.get_by_label("Subject").fill("Words that took an hour")
    page.get_by_role("button", name="Save and look at it").click()
    expect(page.get_by_role("main")).to_contain_text("address")
    expect(page.get_by_role("button", name="Send by e-mail")).to_have_count(0)
    look(page)
    expect(page.get_by_role("main")).to_contain_text("Words that took an hour")


@PHONES
def test_an_invitation_opens_nothing_for_another_address(opened: Open, site: Site, phone: bool) -> None:
    ruth, della = opened(RUTH, phone=phone), opened(DELLA, phone=phone, js=True)
    address = f"guest.{secrets.token_hex(4)}@newsroom.example"
    ruth.goto("/settings/")
    ruth.get_by_role("main").get_by_role("link", name="Members").click()
    if "reauthenticate" in ruth.url:
        ruth.get_by_label("Password").fill(site.password(RUTH))
        ruth.get_by_role("main").get_by_role("button").first.click()
    ruth.get_by_label("E-mail address").fill(address)
    ruth.get_by_role("button", name="Send the invitation").click()
    expect(ruth.locator(".saids")).to_contain_text(address)
    sent = until(lambda: mails(site.var, to=address))
    della.goto(link(sent[0], "/invitations/"))
    look(della)
    della.get_by_role("main").get_by_role("button", name="Accept").click()
    expect(della.get_by_role("heading", level=1)).to_have_text("This invitation is for another address")
    look(della)

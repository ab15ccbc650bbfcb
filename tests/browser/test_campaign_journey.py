"""From an address to a filed campaign: sign up, prove who one is, ask six centers, and see six rows."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import Page, expect

from .conftest import Open
from .postbox import code_of_now, link, mails, text, until
from .tree import Site
from .watching import barriers, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIX = (
    "Kaskaskia Bend Fusion Center",
    "Blackhawk Ferry Analysis Center",
    "Driftless Fork Fusion Center",
    "Lake Plain Intelligence Center",
    "Genesee Shelf Fusion Center",
    "Caprock Rim Fusion Center",
)
PASSWORD = "seven herons over the weir"


def button(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "390"])
def test_from_an_address_to_a_filed_campaign(opened: Open, site: Site, phone: bool) -> None:
    page = opened(phone=phone, js=True)
    mark = secrets.token_hex(4)
    address = f"ada.{mark}@newsroom.example"
    name = f"The Ledger {mark}"

    def look() -> None:
        assert [*too_wide(page), *barriers(page)] == [], page.url

    # An account, and the address proved by the mail that was caught.
    page.goto("/accounts/signup/")
    look()
    page.get_by_label("Your name").fill("Ada Reyes")
    page.get_by_label("Email", exact=True).fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password (again)").fill(PASSWORD)
    button(page, "Create account")
    expect(page.get_by_role("main")).to_contain_text(address)
    look()
    first = until(lambda: mails(site.var, to=address))
    page.goto(link(first[0], "/accounts/confirm-email/"))
    look()
    page.get_by_role("main").get_by_role("button").first.click()
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    button(page, "Sign in")

    # An organization, and the second factor that it asks of its owner.
    expect(page.get_by_role("heading", level=1)).to_have_text("Start an organization")
    look()
    page.get_by_label("Name of the organization").fill(name)
    button(page, "Start it")
    page.goto("/settings/second-factor/")
    look()
    page.get_by_role("link", name="Use an app").click()
    look()
    page.get_by_label("Authenticator code").fill(code_of_now(page.locator("code.secret").inner_text()))
    button(page, "Turn it on")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    look()

    # In whose name it asks.
    page.goto("/settings/")
    look()
    page.get_by_role("main").get_by_role("link", name="Requester of record").click()
    look()
    page.get_by_role("link", name="Add a requester").first.click()
    page.get_by_label("Name", exact=True).first.fill("Ada Reyes")
    page.get_by_label("Organization, as it signs").first.fill(name)
    page.get_by_label("Postal address").first.fill("12 Mill Lane\nSpringfield, IL 62701")
    page.get_by_label("Use for new requests").check()
    look()
    button(page, "Save")

    # A campaign: one kit, six centers.
    page.goto("/campaigns/")
    page.get_by_role("main").get_by_role("link", name="Begin a campaign").click()
    look()
    page.get_by_label("Public title").fill(f"Plate readers {mark}")
    page.get_by_label("License plate readers").check()
    button(page, "Begin")
    look()
    page.get_by_text("Paste a list", exact=True).click()
    page.get_by_label("Or paste a list").fill("\n".join(SIX))
    button(page, "Add them")
    expect(page.get_by_text("6 agencies added.")).to_be_visible()
    look()
    button(page, "Write letters to 6 agencies")

    # Read before it goes.
    expect(page.get_by_role("heading", level=1)).to_contain_text("Wave 1")
    look()
    expect(page.locator("main tbody tr")).to_have_count(6)
    for center in SIX:
        expect(page.locator("main tbody tr", has_text=center)).to_have_count(1)
    page.get_by_text("One letter in full").click()
    expect(page.locator("pre.mail")).to_contain_text("Ada Reyes")
    assert mails(site.var, says=name) == []
    wave = page.url
    for tick in page.locator("input[name=accepted]").all():
        tick.check()
    button(page, "Queue 6 letters")

    # They arrive by themselves; the same click once more sends nothing again.
    until(lambda: len(mails(site.var, says=name)) >= 6)
    until(lambda: page.goto(wave) and "6 sent by e-mail" in page.locator("main .lead").inner_text())
    look()
    arrived = mails(site.var, says=name)
    assert len(arrived) == 6
    assert len({mail["To"] for mail in arrived}) == len({mail["Message-ID"] for mail in arrived}) == 6
    assert all("Ada Reyes" in text(mail) for mail in arrived)

    # The matrix: six rows, each with its date.
    page.goto("/campaigns/")
    page.get_by_role("main").get_by_role("link", name=f"Plate readers {mark}").click()
    for center in SIX:
        expect(page.locator("table.matrix tbody tr", has_text=center)).to_have_count(1)
    look()

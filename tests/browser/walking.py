"""Ways through the pages, told once: the tests, the tour and the screenshots walk the same ones."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Page, TimeoutError, expect

RUTH = "ruth.okafor@harbor-rights.example"
LINA = "lina.haddad@harbor-rights.example"
SAM = "sam.tran@harbor-rights.example"
DELLA = "della.voss@prairie-watch.example"
IKE = "ike.navarro@prairie-watch.example"

# What an import's page shows once every row was looked at, and once they are made.
LOOKED, MADE = "main .effect", "main dl.stats"


def passwords(var: Path) -> dict[str, str]:
    """What `bin/run` printed, by address."""
    lines = (var / "sample-sign-ins.txt").read_text(encoding="utf-8").splitlines()
    return {line.split()[0]: line.split()[1] for line in lines if line.strip()}


def sign_in(page: Page, address: str, email: str, password: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("contentinfo").get_by_role("link", name="Sign out")).to_be_visible()


def open_request(page: Page, address: str, title: str) -> None:
    """From the list, by its title."""
    page.goto(f"{address}/requests/")
    page.get_by_label("Agency, title or number").fill(title)
    page.get_by_role("button", name="Show").click()
    page.locator("main tbody tr", has_text=title).get_by_role("link").first.click()
    expect(page.locator("main .lead")).to_have_text(title)


def open_log_form(page: Page, kind: str) -> None:
    page.locator("#log").get_by_role("link", name=kind, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Log: {kind}")


def typed(page: Page) -> dict[str, str]:
    """What the form of the page would send, as a second click or the way back sends it once more."""
    return {
        str(field.get_attribute("name")): field.input_value()
        for field in page.locator("main form [name]:not(button)").all()
        if field.get_attribute("type") not in ("checkbox", "radio", "file")
    }


def day_it_lapsed(page: Page) -> str:
    """On a request page: the day in the signal color of *late*, as an ISO date."""
    day = page.locator(".hero .bigdate.late time").first.get_attribute("datetime")
    assert day is not None
    return day


def fill_extension(page: Page, *, sent_on: str) -> None:
    page.get_by_label("Day the agency sent or mailed it").fill(sent_on)
    page.get_by_label("How many days more").fill("5")
    page.get_by_label("Reason the agency gave").fill("The records are in another building")


def until_it_is_done(page: Page, shows: str, *, seconds: float = 300) -> None:
    """The page of an import's progress, asked again and again as a person does, until it `shows` what it came to."""
    further = page.get_by_role("link", name="See how far it is")
    end = time.monotonic() + seconds
    while True:
        expect(page.locator(shows).or_(further).first).to_be_visible()
        if page.locator(shows).count():
            return
        assert time.monotonic() < end, f"The import was not done within {seconds:.0f} seconds."
        # Where scripts run the page goes on by itself, and takes the link away while it is looked for.
        with suppress(TimeoutError):
            further.click(timeout=2_000)
        page.wait_for_timeout(250)

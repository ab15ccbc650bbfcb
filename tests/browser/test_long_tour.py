"""docs/tour.md, word for word: from the imported log to the appeal, as a newcomer walks it on a first run."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from foia_tracker.embedded.place import REPOSITORY

from .conftest import Open
from .postbox import until
from .test_tour import Step, steps_of
from .tree import Site
from .walking import LOOKED, MADE, RUTH, until_it_is_done

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK, REMINDERS, COALITION = re.split(
    r"\n## (?:Reminders|A coalition)", (REPOSITORY / "docs" / "tour.md").read_text(encoding="utf-8")
)
STEPS = steps_of(DESK)
SIX = re.findall(r"^   ([A-Z].+)$", STEPS[3], re.M)


def test_the_tour_of_the_desk_is_walked_word_for_word(opened: Open, site: Site) -> None:
    page = opened()
    menu, main = page.get_by_role("banner"), page.get_by_role("main")
    campaign = "Plate readers, second round"

    def today(zone: str) -> str:
        """The day where the agency is: the letter to it goes out on its own day."""
        return dt.datetime.now(ZoneInfo(zone)).date().isoformat()

    def step(number: int) -> Step:
        return Step(page, number, STEPS)

    page.goto("/")
    at = step(1)
    at.link("Sign in", menu).click()
    page.get_by_label("Email").fill(at.types(RUTH))
    page.get_by_label("Password").fill(site.password(RUTH))
    main.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_title(re.compile(at.says("Today")))
    at.ends()

    at = step(2)
    at.link("Requests", menu).click()
    at.link("Imports", main).click()
    at.link("Import a log", main).click()
    at.field("File").set_input_files(REPOSITORY / at.types("requests_app/data/sample/federal_log.csv"))
    at.field("Name of the log").fill(at.types("Tour"))
    at.button("Read the file")
    at.button("Look at every row")
    at.says("See how far it is")
    until_it_is_done(page, LOOKED)
    at.button("Import 298 rows")
    until_it_is_done(page, MADE)
    expect(page.locator("dl.stats")).to_contain_text("298 of 298")
    imported = urlsplit(page.url).path
    at.ends()

    at = step(3)
    at.link("Campaigns", menu).click()
    at.link("Begin a campaign", main).click()
    at.field("Public title").fill(at.types(campaign))
    at.field("License plate readers").check()
    at.button("Begin")
    main.get_by_text(at.says("Paste a list"), exact=True).click()
    page.get_by_label("Or paste a list").fill("\n".join(SIX))
    at.button("Add them")
    expect(main).to_contain_text("0 of 6 agencies have a letter")
    at.ends()

    at = step(4)
    at.button("Write letters to 6 agencies")
    expect(page.locator("main tbody tr")).to_have_count(6)
    main.get_by_text(at.says("One letter in full")).click()
    expect(page.locator("pre.mail")).to_contain_text("Harbor Rights Clinic")
    at.ends()

    at = step(5)
    at.field("Send all the same").check()
    at.button("Queue 6 letters")
    at.says("See how far it is")
    wave, lead = page.url, page.locator("main .lead")
    until(lambda: page.goto(wave) and "6 sent by e-mail" in lead.inner_text())
    at.ends()

    at = step(6)
    at.link("Campaigns", menu).click()
    at.link(campaign, main).click()
    for center in SIX:
        expect(page.locator("table.matrix tbody tr", has_text=center)).to_have_count(1)
    at.ends()

    at = step(7)
    at.link("Prairie Line Intelligence Center", main).click()
    expect(page.locator("#log")).to_contain_text(at.says("Log what happened"))
    at.link("Extension", page.locator("#log")).click()
    at.field("Day the agency sent or mailed it").fill(today("America/Chicago"))
    at.field("How many days more").fill(at.types("5"))
    at.field("Reason the agency gave").fill(at.types("The records are in another building"))
    at.button("Show what this changes")
    expect(page.locator(".effect")).to_contain_text(at.says("If you save this"))
    expect(page.locator(".effect s").first).to_be_visible()
    at.button("Save event")
    at.ends()

    at = step(8)
    at.link("Campaigns", menu).click()
    at.link(campaign, main).click()
    at.link("Genesee Shelf Fusion Center", main).click()
    at.link("Decision", page.locator("#log")).click()
    at.field("Date on the letter").fill(today("America/New_York"))
    at.field("Outcome").select_option(label=at.says("Denied"))
    at.field("A2").check()
    at.button("Show what this changes")
    expect(page.locator(".effect")).to_contain_text("opens a window of ours")
    at.button("Save event")
    at.ends()

    at = step(9)
    at.field("Part").select_option("A2")
    at.field("Section, from the law’s list").select_option(index=1)
    at.field("Pages withheld in full").fill(at.types("12"))
    at.field("Reason given, in the words of the letter").fill(at.types("It would reveal techniques"))
    at.button("Save")
    expect(main).to_contain_text("12 pages withheld in full")
    at.ends()

    at = step(10)
    at.link("Appeals and suits", main).click()
    main.get_by_text(at.says("Draft the appeal"), exact=True).first.click()
    expect(page.locator("#letter")).to_contain_text("It would reveal techniques")
    at.link("Record that the appeal was filed", main).click()
    at.button("Show what this changes")
    at.button("Save")
    expect(page.locator(".hero")).to_contain_text(at.says("Decide the appeal"))
    at.ends()

    at = step(11)
    at.link("Today", menu).click()
    expect(page.locator("section.grp").first).to_be_visible()
    for key in ("j", "k", "?"):
        at.types(key)
    expect(page.locator("p.keys")).to_be_visible()
    for number in page.locator("section.grp a.n").all():
        assert (number.get_attribute("href") or "").startswith("/today/")
    at.ends()

    at = step(12)
    at.link("Requests", menu).click()
    at.link("Imports", main).click()
    # Somebody else may bring in the same file meanwhile.
    main.locator(f"a[href='{imported}']", has_text=at.says("federal_log.csv")).click()
    at.button("Undo this import")
    expect(page.locator("dl.stats")).to_contain_text("taken out again")
    at.ends()


def test_every_step_of_the_tour_of_the_desk_is_walked() -> None:
    assert list(STEPS) == list(range(1, 13))
    assert len(SIX) == 6

"""The README's five minutes, word for word: a step that changes without its words fails here."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from foia_tracker.embedded.place import REPOSITORY

from .conftest import Open
from .postbox import mails, until
from .tree import Site
from .walking import LOOKED, MADE, RUTH, day_it_lapsed, until_it_is_done

pytestmark = [pytest.mark.browser, pytest.mark.slow]

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
TOUR = README.split("## A five-minute tour")[1].split("\n## ")[0]


def steps_of(tour: str) -> dict[int, str]:
    found = re.findall(r"^(\d+)\. (.+?)(?=^\d+\. |^\| |\Z)", tour, re.M | re.S)
    return {int(number): words for number, words in found}


STEPS = steps_of(TOUR)


class Step:
    """The words of one step of a tour; each bold one is used, or the step says more than is there."""

    def __init__(self, page: Page, number: int, steps: dict[int, str] = STEPS) -> None:
        self.page = page
        self.words = steps[number]
        title, *bold = re.findall(r"\*\*(.+?)\*\*", self.words)
        self.left = [title.removesuffix("."), *bold]
        self.heading = self.left.pop(0)

    def says(self, words: str) -> str:
        assert words in self.left, f"“{words}” is not in bold in: {self.words}"
        self.left.remove(words)
        return words

    def types(self, words: str) -> str:
        assert f"`{words}`" in self.words
        return words

    def link(self, words: str, within: Locator | None = None) -> Locator:
        return (within or self.page.locator("body")).get_by_role("link", name=self.says(words)).first

    def button(self, words: str) -> None:
        self.page.get_by_role("main").get_by_role("button", name=self.says(words)).click()

    def field(self, words: str) -> Locator:
        return self.page.get_by_role("main").get_by_label(self.says(words)).first

    def ends(self) -> None:
        assert self.left == []


def test_the_tour_is_walked_word_for_word(opened: Open, site: Site) -> None:
    page = opened()
    menu = page.get_by_role("banner")

    page.goto("/")
    step = Step(page, 1)
    expect(page.locator("dl.stats > div")).to_have_count(4)
    for link in page.locator("dl.stats dd a").all():
        assert (link.get_attribute("href") or "").startswith(("/requests/", "#"))
    which = page.get_by_label("Which requests")
    expect(which.locator("option").last).to_contain_text("298")
    which.select_option("log")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("html")).to_contain_text("of 298")
    step.ends()

    step = Step(page, 2)
    step.link("Sign in", menu).click()
    page.get_by_label("Email").fill(step.types(RUTH))
    page.get_by_label("Password").fill(site.password(RUTH))
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    step.ends()

    step = Step(page, 3)
    step.link("Requests", menu).click()
    step.field("Whose move").select_option(label=step.says("our move"))
    step.field("Next date within").select_option(label=step.says("7 days"))
    step.button("Show")
    step.link("Catskill Hollow Fusion Center").click()
    # Three, or more where that day is a holiday.
    expect(page.locator(".hero .first")).to_contain_text(re.compile(r"in [345] days"))
    step.ends()

    step = Step(page, 4)
    step.link("Why this date?").click()
    expect(page.locator("details.why[open]")).to_contain_text(step.says("Ready to paste into a letter"))
    step.ends()

    step = Step(page, 5)
    step.link("Requests", menu).click()
    step.field("Agency, title or number").fill(step.types("Kaskaskia"))
    step.button("Show")
    page.locator("main tbody tr").first.get_by_role("link").first.click()
    request = page.url
    expect(page.locator(".hero")).to_contain_text(step.says("Agency, late"))
    lapsed = day_it_lapsed(page)
    expect(page.locator("#log")).to_contain_text(step.says("Log what happened"))
    step.link("Extension", page.locator("#log")).click()
    step.field("Day the agency sent or mailed it").fill(lapsed)
    step.field("How many days more").fill(step.types("5"))
    step.field("Reason the agency gave").fill(step.types("The records are in another building"))
    step.button("Show what this changes")
    effect = page.locator(".effect")
    expect(effect).to_contain_text(step.says("If you save this"))
    expect(effect.locator("s").first.locator("time")).to_have_attribute("datetime", lapsed)
    expect(effect).to_contain_text("The law wants a date certain")
    # Only what was announced is said to have moved; on a slow machine the announcement may still be on its way.
    announced = not _before_eight()
    if announced:
        until(lambda: mails(site.var, to=RUTH, says="Kaskaskia Bend"))
    step.button("Save event")
    expect(page.locator(".saids")).to_contain_text("Saved: Extension.")
    step.ends()

    step = Step(page, 6)
    step.link("Mail").click()
    moved, lapse = step.says("A date moved"), step.says("Lapsed on")
    # Others who are at work send mail meanwhile: ours is not the newest of all.
    told = page.locator("main tbody tr", has_text="Kaskaskia Bend")
    if announced:
        until(lambda: told.filter(has_text=moved).count() or (page.reload() and False))
        expect(told.filter(has_text=lapse)).to_have_count(1)
    else:
        assert "before eight" in step.words
    step.ends()

    step = Step(page, 7)
    step.link("Requests", menu).click()
    page.get_by_label("Agency, title or number").fill(step.types("Kaskaskia"))
    page.get_by_role("button", name="Show").click()
    page.locator("main tbody tr").first.get_by_role("link").first.click()
    assert page.url == request
    step.link("Logged by mistake?", page.locator(".timeline li", has_text="Extension")).click()
    step.field("Why is it taken back?").fill(step.types("A rehearsal"))
    step.button("Take it back")
    expect(page.locator(".timeline li.gone")).to_contain_text("A rehearsal")
    assert day_it_lapsed(page) == lapsed
    step.ends()

    step = Step(page, 8)
    step.link("Campaigns", menu).click()
    step.link("License-plate readers", page.get_by_role("main")).click()
    expect(page.locator("table.matrix")).to_contain_text("Kaskaskia Bend")
    step.ends()

    step = Step(page, 9)
    step.link("Deadline calculator", page.get_by_role("contentinfo")).click()
    step.field("Law").select_option(label="Illinois: Illinois Freedom of Information Act")
    step.field("Day the agency received the request").fill("2017-02-10")
    step.button("Count")
    expect(page.get_by_role("main")).to_contain_text("Monday, February 13 (Lincoln's Birthday, observed)")
    step.ends()

    step = Step(page, 10)
    step.link("Laws", menu).click()
    step.field("Silence means").select_option(label=step.says("Denied"))
    step.button("Show")
    step.link("Pennsylvania", page.get_by_role("main")).click()
    for words in ("If refused", "If silent", "Clock by clock"):
        expect(page.get_by_role("heading", name=step.says(words))).to_have_count(1)
    step.link("One page for the file").click()
    expect(page.locator(".sheet h1")).to_contain_text("Pennsylvania")
    step.ends()

    step = Step(page, 11)
    step.link("Requests", menu).click()
    step.link("Imports", page.get_by_role("main")).click()
    step.link("Import a log", page.get_by_role("main")).click()
    step.field("File").set_input_files(REPOSITORY / step.types("requests_app/data/sample/federal_log.csv"))
    # Unnamed, it takes the name of the last log with these columns; that of the other tour may be at work beside this.
    page.get_by_label("Name of the log").fill("Five minutes")
    step.button("Read the file")
    step.button("Look at every row")
    until_it_is_done(page, LOOKED)
    step.button("Import 298 rows")
    step.says("See how far it is")
    until_it_is_done(page, MADE)
    step.button("Undo this import")
    expect(page.locator("dl.stats")).to_contain_text("taken out again")
    step.ends()
    command = next(line for line in step.words.splitlines() if "manage.py" in line).split("manage.py ")[1]
    done = site.manage(*command.split())
    assert "298 requests made" in done.stdout, done.stdout + done.stderr
    last = re.search(r"--undo (\w+)", done.stdout.splitlines()[-1])
    assert last is not None
    undone = site.manage("import_log", "--undo", last[1], "--as", RUTH)
    assert "298 requests taken out" in undone.stdout, undone.stdout + undone.stderr


def _before_eight() -> bool:
    return datetime.now(ZoneInfo("America/New_York")).hour < 8


def test_every_step_of_the_tour_is_walked() -> None:
    assert list(STEPS) == list(range(1, 13))

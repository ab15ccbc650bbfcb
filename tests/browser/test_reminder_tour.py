"""The second tour of docs/tour.md: a time that lapses, its mail, the answer, the calendar, and a date that moves."""

from __future__ import annotations

import re
import urllib.request

import pytest
from playwright.sync_api import expect

from .conftest import Open
from .postbox import mails, until
from .test_long_tour import REMINDERS
from .test_tour import Step, steps_of
from .tree import Site
from .walking import RUTH, day_it_lapsed

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STEPS = steps_of(REMINDERS)
REHEARSAL = "Plate readers: Driftless Fork, a rehearsal"


def test_the_tour_of_the_reminders_is_walked_word_for_word(opened: Open, site: Site) -> None:
    page = opened(RUTH)
    main = page.get_by_role("main")

    def step(number: int) -> Step:
        return Step(page, number, STEPS)

    at = step(1)
    (command,) = re.findall(r"manage\.py (.+)", at.words)
    done = site.manage(*command.split())
    (request,) = re.findall(r"The request: \S+?(/requests/\S+)", done.stdout)
    at.ends()

    at = step(2)
    at.says("Sign in")
    mail = until(lambda: mails(site.var, to=RUTH, says=request))[0]
    page.goto("/")
    at.link("Mail", page.get_by_role("contentinfo")).click()
    subject = str(mail["Subject"])
    assert at.says("Lapsed on") in subject
    main.get_by_role("link", name=subject).first.click()
    at.ends()

    at = step(3)
    assert "I have it, later, somebody else, or no more of these" in at.words
    main.locator("pre.mail a[href*='/r/']").click()
    at.button("I have it")
    expect(page.locator(".said")).to_contain_text("has it")
    at.ends()

    at = step(4)
    at.link("Open the request", main).click()
    at.link("Reminders", main).click()
    for heading in ("To come", "What was sent"):
        expect(main.get_by_role("heading", name=at.says(heading))).to_be_visible()
    expect(main.locator("section", has_text="What was sent").last).to_contain_text(at.says("Sent"))
    at.ends()

    at = step(5)
    page.goto("/")
    at.link("Settings", page.get_by_role("contentinfo")).click()
    at.link("Calendar feeds", main).click()
    at.field("What it shows").select_option(label=at.says("What is assigned to me"))
    at.field("Name").fill(at.types("Rehearsal"))
    at.button("Make the feed")
    feed = main.locator("code.secret.address").inner_text()
    at.ends()

    at = step(6)
    page.goto(request)
    at.says("Overview")
    lapsed = day_it_lapsed(page)
    (before,) = [one for one in entries(feed, request).values() if one["DTSTART"] == lapsed.replace("-", "")]
    expect(page.locator("#log")).to_contain_text(at.says("Log what happened"))
    at.link("Extension", page.locator("#log")).click()
    at.field("Day the agency sent or mailed it").fill(lapsed)
    at.field("How many days more").fill(at.types("5"))
    at.field("Reason the agency gave").fill(at.types("The records are in another building"))
    at.button("Show what this changes")
    at.button("Save event")
    after = entries(feed, request)[before["UID"]]
    assert int(after["SEQUENCE"]) == int(before["SEQUENCE"]) + 1
    assert after["DTSTART"] > before["DTSTART"]
    moved = at.says("A date moved")
    until(lambda: [one for one in mails(site.var, to=RUTH, says=request) if moved in str(one["Subject"])])
    at.ends()


def entries(feed: str, request: str) -> dict[str, dict[str, str]]:
    """What a feed has of one request, unfolded, by its UID."""
    with urllib.request.urlopen(feed) as answer:
        lines = answer.read().decode().replace("\r\n ", "").split("\r\n")
    one: dict[str, str] = {}
    found = {}
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            one = {}
        elif line == "END:VEVENT":
            found[one["UID"]] = one
        else:
            one[name.partition(";")[0]] = value
    return {uid: one for uid, one in found.items() if request in "".join(one.values())}

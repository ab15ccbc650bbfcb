"""The third tour of docs/tour.md: shared at status, looked at as the partner, one request in full, taken back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Open
from .test_long_tour import COALITION
from .test_tour import Step, steps_of
from .tree import Site
from .walking import RUTH

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STEPS = steps_of(COALITION)
DELLA = "della.voss@prairie-watch.example"


def test_the_tour_of_a_coalition_is_walked_word_for_word(opened: Open, site: Site) -> None:
    page, partner = opened(), opened(DELLA)
    menu, main = page.get_by_role("banner"), page.get_by_role("main")
    theirs = partner.get_by_role("main")

    def step(number: int) -> Step:
        return Step(page, number, STEPS)

    def row() -> Locator:
        return main.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile("^Prairie Watch")))

    def given(at: Step, words: str) -> None:
        main.get_by_label("What Prairie Watch is given").select_option(label=at.says(words))

    def campaign(who: Page) -> None:
        who.get_by_role("banner").get_by_role("link", name="Campaigns").click()
        who.get_by_role("main").get_by_role("link", name="Face searches").click()

    at = step(1)
    page.goto(at.types("/sample/"))
    for who in (RUTH, DELLA):
        expect(main).to_contain_text(at.types(who))
    at.link("Sign in", main).click()
    page.get_by_label("Email").fill(RUTH)
    page.get_by_label("Password").fill(site.password(RUTH))
    main.get_by_role("button", name="Sign in", exact=True).click()
    partner.goto("/")
    partner.get_by_role("banner").get_by_role("link", name=at.says("Campaigns")).click()
    expect(theirs).not_to_contain_text("Face searches")
    at.ends()

    at = step(2)
    at.link("Campaigns", menu).click()
    at.link("Face searches", main).click()
    at.link("Who sees what", main).click()
    assert at.says("What Prairie Watch is given")
    given(at, "Status")
    main.get_by_label(at.says("Why")).first.fill(at.types("They ask the same centers"))
    at.button("See what this changes")
    expect(main).to_contain_text("Nothing is saved yet")
    at.button("Save")
    expect(row()).to_contain_text("They ask the same centers")
    at.ends()

    at = step(3)
    row().get_by_role("link", name=at.says("See as they do")).click()
    at.link("Hudson Narrows Fusion Center", main).click()
    expect(main.get_by_role("heading", name="Clocks")).to_be_visible()
    expect(main.get_by_role("heading", name=at.says("Documents"))).to_have_count(0)
    for private in ("HN-F-58", "the log for the hearing", "The log of searches as a table"):
        expect(page.locator("body")).not_to_contain_text(private)
    assert "Campaigns" in at.left
    at.says("Campaigns")
    campaign(partner)
    theirs.get_by_role("link", name="Hudson Narrows Fusion Center").click()
    expect(theirs.get_by_role("heading", name="Clocks")).to_be_visible()
    expect(theirs).not_to_contain_text("HN-F-58")
    at.ends()

    at = step(4)
    at.link("Back to your own pages").click()
    at.link("Campaigns", menu).click()
    at.link("Face searches", main).click()
    at.link("Hudson Narrows Fusion Center", main).click()
    at.link("Who sees what", main).click()
    given(at, "Status, documents")
    at.button("See what this changes")
    at.button("Save")
    partner.reload()
    expect(theirs.get_by_role("heading", name=at.says("Documents"))).to_be_visible()
    with partner.expect_download() as fetched:
        theirs.get_by_role("link", name=at.says("Face searches by month")).click()
    assert fetched.value.path().read_text(encoding="utf-8").startswith("month,agency")
    for other in ("Tule Basin Intelligence Center", "Prairie Line Intelligence Center"):
        campaign(partner)
        theirs.get_by_role("link", name=other).click()
        expect(theirs.get_by_role("heading", name="Clocks")).to_be_visible()
        expect(theirs.get_by_role("heading", name="Documents")).to_have_count(0)
    campaign(partner)
    theirs.get_by_role("link", name="Hudson Narrows Fusion Center").click()
    at.ends()

    at = step(5)
    given(at, "Nothing")
    main.get_by_role("button", name="See what this changes").click()
    at.button("Save")
    partner.reload()
    expect(theirs.get_by_role("heading", name="Clocks")).to_be_visible()
    expect(theirs.get_by_role("heading", name="Documents")).to_have_count(0)
    campaign(page)
    main.get_by_role("link", name="Who sees what").first.click()
    main.get_by_label("What Prairie Watch is given").select_option(label="Nothing")
    main.get_by_role("button", name="See what this changes").click()
    main.get_by_role("button", name="Save").click()
    answer = partner.reload()
    assert answer is not None
    assert answer.status == 404
    expect(theirs.get_by_role("heading", name=at.says("Nothing is here"))).to_be_visible()
    at.ends()

    at = step(6)
    row().get_by_role("link", name=at.says("See as they do")).click()
    expect(main.get_by_role("heading", name=at.says("They see nothing here"))).to_be_visible()
    page.get_by_role("link", name="Back to your own pages").first.click()
    over = main.locator("section", has=page.get_by_role("heading", name=at.says("Ended")))
    expect(over.get_by_role("row", name=re.compile("Prairie Watch"))).to_contain_text("They ask the same centers")
    at.ends()

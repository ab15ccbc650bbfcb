"""What people come to do, step by step, in a browser without JavaScript."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from foia_tracker.embedded.place import REPOSITORY

from .conftest import Open
from .postbox import until
from .walking import (
    DELLA,
    LINA,
    LOOKED,
    MADE,
    RUTH,
    SAM,
    day_it_lapsed,
    fill_extension,
    open_log_form,
    open_request,
    typed,
    until_it_is_done,
)
from .watching import barriers, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOG = REPOSITORY / "requests_app" / "data" / "sample" / "federal_log.csv"
# Seen by Harbor Rights Clinic alone: the scenario does not publish it.
UNPUBLISHED = "Privacy audits: Tidal Terrace"


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def tab_to(page: Page, name: str, *, most: int = 120) -> None:
    """Tab on until the link, button or heading with these words, or the field of this name, has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.locator("*:focus")
        if not focused.count():
            continue
        if focused.get_attribute("name") == name or focused.inner_text().strip() == name:
            return
    raise AssertionError(f"{name} is not reached in {most} tabs")


def test_a_resident_reads_who_is_late_and_why(opened: Open) -> None:
    page = opened()
    page.goto("/")
    late = page.locator("dl.stats div", has_text="Late under the law").get_by_role("link")

    def list_has_as_many() -> bool:
        # Between the two pages somebody else may log what makes one more, or one less.
        page.goto("/")
        number = late.inner_text()
        late.click()
        expect(page.locator("main .lead")).to_be_visible()
        page.wait_for_load_state()
        return page.locator("main tbody tr").count() == int(number)

    until(list_has_as_many)
    page.locator("main tbody tr", has_text="Marquette Levee").get_by_role("link").first.click()
    expect(page.locator(".hero")).to_contain_text("Agency, late")
    page.get_by_role("link", name="Why this date?").first.click()
    assert "#why" in page.url
    open_reason = page.locator("details.why[open]").first
    expect(open_reason).to_contain_text("Ready to paste into a letter")
    expect(open_reason).to_contain_text("5 ILCS 140/3")
    # Our own windows never show to the public.
    expect(page.get_by_role("main")).not_to_contain_text("Public Access Counselor")
    expect(page.get_by_role("main")).not_to_contain_text("Our move")
    open_reason.get_by_role("link", name="Read the rule").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Illinois")
    page.get_by_role("link", name="Count a deadline").first.click()
    page.get_by_label("Day the agency received the request").fill("2017-02-10")
    page.get_by_role("button", name="Count").click()
    expect(page.locator(".hero")).to_contain_text("February 21, 2017")
    expect(page.get_by_role("main")).to_contain_text("Lincoln's Birthday, observed")


def test_ruth_logs_an_extension_sees_it_first_and_takes_it_back(opened: Open) -> None:
    page = opened(RUTH)
    open_request(page, "", "Plate readers: Gulf Crescent")
    before = page.locator(".hero").inner_text()
    lapsed = day_it_lapsed(page)
    open_log_form(page, "Extension")
    fill_extension(page, sent_on=lapsed)
    page.get_by_role("button", name="Show what this changes").click()
    expect(page.locator(".effect")).to_contain_text("If you save this")
    # Nothing is saved by looking.
    reader = opened(LINA)
    open_request(reader, "", "Plate readers: Gulf Crescent")
    expect(reader.locator(".timeline")).not_to_contain_text("Extension")
    page.get_by_role("button", name="Save event").click()
    expect(page.locator(".saids")).to_contain_text("Saved: Extension.")
    event = page.locator(".timeline li", has_text="Extension").first
    event.get_by_role("link", name="Logged by mistake?").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator(".err")).to_contain_text("Say why this event is taken back.")
    expect(page).to_have_title(re.compile("^Error:"))
    page.get_by_label("Why is it taken back?").fill("Wrong request")
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator(".saids")).to_contain_text("Taken back: Extension.")
    expect(page.locator(".timeline li.gone")).to_contain_text("Taken back: Wrong request")
    assert page.locator(".hero").inner_text() == before


def test_lina_files_a_request_and_a_doubled_click_files_one(opened: Open) -> None:
    page = opened(LINA)
    page.goto("/requests/")
    page.get_by_role("link", name="File a request").click()
    page.get_by_label("Agency", exact=True).fill("Driftless Fork Fusion Center")
    page.get_by_label("Public title").fill("Camera contracts: Driftless Fork")
    page.get_by_label("Numbered parts").fill("A1 Contracts\nA2 Invoices")
    page.get_by_label("Day it was sent").fill("2026-03-02")
    page.get_by_label("Day the agency received it").fill("2026-03-02")
    page.get_by_role("button", name="Show the dates first").click()
    expect(page.locator(".effect")).to_contain_text("Counted under Illinois Freedom of Information Act.")
    expect(page.locator(".effect")).to_contain_text("Mon Mar 9")
    fields = typed(page)
    page.get_by_role("button", name="File this request").click()
    expect(page.locator("main .lead")).to_have_text("Camera contracts: Driftless Fork")
    filed = page.url
    again = page.request.post("/requests/new/", form={**fields, "step": "save"})
    assert again.url == filed
    page.goto("/requests/?q=Camera+contracts")
    expect(page.locator("main tbody tr")).to_have_count(1)


def test_della_takes_in_a_log_and_takes_it_out_again(opened: Open) -> None:
    page = opened(DELLA, js=True)

    def federal() -> str:
        """How many there are: nobody else of this organization asks federal offices meanwhile."""
        page.goto("/requests/?jurisdiction=us")
        return page.locator("main .lead").inner_text()

    before = federal()

    def look() -> None:
        assert [*too_wide(page), *barriers(page)] == []

    page.goto("/imports/")
    page.get_by_role("link", name="Import a log").first.click()
    page.get_by_label("File", exact=True).set_input_files(LOG)
    page.get_by_label("Name of the log").fill("Journey")
    page.get_by_role("button", name="Read the file").click()
    look()
    page.get_by_role("button", name="Look at every row").click()
    until_it_is_done(page, LOOKED)
    expect(page.locator(".effect")).to_contain_text("298 requests are made")
    look()
    batch = page.url
    assert federal() == before
    page.goto(batch)
    page.get_by_role("button", name="Import 298 rows").click()
    look()
    until_it_is_done(page, MADE)
    expect(page.locator("dl.stats")).to_contain_text("298 of 298")
    look()
    page.get_by_role("button", name="Undo this import").click()
    expect(page.locator("dl.stats")).to_contain_text("taken out again")
    look()
    assert federal() == before


def test_a_file_that_is_no_log_is_refused_with_a_sentence(opened: Open) -> None:
    page = opened(RUTH)
    page.goto("/imports/new/")
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "photo.csv", "mimeType": "text/csv", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(400)}
    )
    page.get_by_role("button", name="Read the file").click()
    expect(page).to_have_title(re.compile("^Error:"))
    expect(page.locator("main .err, main .errors").first).to_be_visible()


def test_sam_reads_everything_and_is_offered_nothing_to_write(opened: Open) -> None:
    page = opened(SAM)
    open_request(page, "", UNPUBLISHED)
    expect(page.locator(".hero, .next, .timeline").first).to_be_visible()
    assert page.locator("#log").count() == 0
    assert page.get_by_text("Logged by mistake?").count() == 0
    answer = page.goto(page.url + "log/extension_noticed/")
    assert answer is not None
    assert answer.status == 404
    page.goto("/requests/")
    assert page.get_by_role("link", name="File a request").count() == 0


def test_a_stranger_gets_the_page_of_what_does_not_exist(opened: Open) -> None:
    ours = opened(RUTH)
    open_request(ours, "", UNPUBLISHED)
    stranger = opened(DELLA)
    pages = []
    for address in (ours.url, ours.url.replace(ours.url.split("/")[-2], "zzzzzzzzzzzz")):
        answer = stranger.goto(address)
        assert answer is not None
        assert answer.status == 404
        # The page holds its own address, for the choice of colors.
        pages.append(stranger.get_by_role("main").inner_html())
    assert pages[0] == pages[1]
    stranger.goto("/requests/?q=Tidal+Terrace")
    expect(stranger.get_by_role("main")).not_to_contain_text(UNPUBLISHED)
    answer = opened().goto(ours.url)
    assert answer is not None
    assert answer.status == 404


def test_everything_can_be_done_with_the_keyboard(opened: Open) -> None:
    page = opened(RUTH)
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.locator("*:focus")
    expect(skip).to_have_text("Skip to content")
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#main$"))
    page.goto("/")
    tab_to(page, "Requests")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Requests")
    tab_to(page, "q")  # the search of everything, on each page
    tab_to(page, "q")
    page.keyboard.type("Plate readers: Kaskaskia")
    page.keyboard.press("Enter")
    page.wait_for_url("**/requests/?q=*")
    tab_to(page, "Kaskaskia Bend Fusion Center")
    page.keyboard.press("Enter")
    expect(page.locator("main .lead")).to_have_text("Plate readers: Kaskaskia Bend")
    tab_to(page, "What we did")
    page.keyboard.press("Enter")
    tab_to(page, "Follow-up sent")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log: Follow-up sent")
    tab_to(page, "sent_on")
    # The day where the agency is: in the evening, that of UTC is still to come there.
    page.keyboard.type(f"{dt.datetime.now(ZoneInfo('America/Chicago')):%m%d%Y}")
    page.keyboard.press("Enter")
    expect(page.locator(".effect")).to_contain_text("No clock changes.")
    tab_to(page, "Save event")
    page.keyboard.press("Enter")
    expect(page.locator(".saids")).to_contain_text("Saved: Follow-up sent.")


def test_the_phone_shows_the_menu_and_a_request(opened: Open) -> None:
    page = opened(RUTH, phone=True)
    page.goto("/")
    page.get_by_role("link", name="Menu").click()
    page.get_by_role("contentinfo").get_by_role("link", name="Requests").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Requests")
    open_request(page, "", "Plate readers: Kaskaskia Bend")
    open_log_form(page, "Acknowledgment")
    page.get_by_role("button", name="Show what this changes").click()
    expect(page).to_have_title(re.compile("^Error:"))
    expect(page.get_by_text("Enter the day, such as")).not_to_have_count(0)


def test_colors_are_chosen_and_kept(opened: Open) -> None:
    page = opened()
    page.goto("/laws/")
    page.get_by_role("contentinfo").get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert re.search(r"/laws/$", page.url)
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

"""A workbook of two sheets becomes requests, and these the rows of a campaign's matrix; and the act is undone."""

from __future__ import annotations

import datetime as dt
import io
import secrets

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from .conftest import Open
from .walking import DELLA, LOOKED, MADE, until_it_is_done
from .watching import barriers, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.slow]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST = ("Pecos Draw Information Exchange", "Llano Crossing Analysis Center", "Caprock Rim Fusion Center")
SECOND = ("Brazos Elbow Fusion Center",)


def workbook(mark: str) -> bytes:
    book = Workbook()
    for sheet, year, agencies in ((book.active, 2025, FIRST), (book.create_sheet("2026"), 2026, SECOND)):
        sheet.title = str(year)
        sheet.append(["Request ID", "Agency", "Subject", "Date filed", "Reporter"])
        for n, agency in enumerate(agencies):
            sheet.append(
                [f"{year}-{mark}-{n}", agency, f"Camera logs {mark}", dt.date(2026, 9, 1 + n), "Kim"]
            )
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def take_in(page: Page, rows: int) -> None:
    page.get_by_role("button", name="Look at every row").click()
    until_it_is_done(page, LOOKED)
    page.get_by_role("button", name=f"Import {rows} row").click()
    until_it_is_done(page, MADE)
    expect(page.locator("dl.stats")).to_contain_text(f"{rows} of {rows}")


@pytest.mark.parametrize(
    ("phone", "js"),
    [(False, True), (True, True), (False, False)],
    ids=["1280", "390", "1280 without scripts"],
)
def test_from_a_workbook_to_the_matrix_and_back(opened: Open, phone: bool, js: bool) -> None:
    page = opened(DELLA, phone=phone, js=js)
    mark = secrets.token_hex(4)

    def look() -> None:
        if js:
            assert [*too_wide(page), *barriers(page)] == [], page.url

    def listed() -> None:
        page.goto(f"/requests/?q=Camera+logs+{mark}")

    def matrix_rows() -> int:
        page.goto("/campaigns/")
        page.get_by_role("main").get_by_role("link", name="Grants and spending").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Grants and spending")
        page.wait_for_load_state()  # the heading stands before the rows do
        return page.locator("table.matrix tbody tr:not(.st)").count()

    before = matrix_rows()
    page.goto("/imports/new/")
    page.get_by_label("File", exact=True).set_input_files(
        {"name": f"log {mark}.xlsx", "mimeType": XLSX, "buffer": workbook(mark)}
    )
    page.get_by_label("Name of the log").fill(f"Log {mark}")
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("main")).to_contain_text("The workbook has 2 sheets; this is “2025”.")
    look()
    take_in(page, len(FIRST))
    first = page.url
    look()
    page.get_by_role("button", name="2026").click()
    take_in(page, len(SECOND))

    # Into a campaign, many at once: seen before it is done.
    listed()
    expect(page.locator("main tbody tr")).to_have_count(4)
    look()
    for box in page.locator("main tbody input[type=checkbox]").all():
        box.check()
    page.get_by_label("With those chosen").select_option(label="Add to a campaign")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Campaign", exact=True).select_option(label="Grants and spending")
    look()
    page.get_by_role("button", name="See what changes").click()
    expect(page.locator(".effect")).to_contain_text("4 requests will change")
    look()
    page.get_by_role("button", name="Do it").click()
    expect(page.locator("main .lead")).to_contain_text("4 requests were changed.")
    act = page.url
    look()
    assert matrix_rows() == before + 4
    for agency in (*FIRST, *SECOND):
        expect(page.locator("table.matrix tbody tr", has_text=agency).first).to_be_visible()
    look()

    # And back: the act is undone, and then the import, which nobody has built upon any more.
    page.goto(act)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("main")).to_contain_text("Undone")
    look()
    assert matrix_rows() == before
    page.goto(first)
    page.get_by_role("button", name="Undo this import").click()
    expect(page.locator("dl.stats")).to_contain_text("taken out again")
    look()
    listed()
    expect(page.locator("main tbody tr")).to_have_count(1)

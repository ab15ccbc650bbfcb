"""What the sample alone does not hold, made through the pages: the sweep and the screenshots find a desk at work."""

from __future__ import annotations

import datetime as dt
import secrets

from playwright.sync_api import Page, expect

PARTS = "A1 Contracts and sharing agreements\nA2 Audit logs\nA3 Policies"
SIX = (
    "Prairie Line Intelligence Center", "Blackhawk Ferry Analysis Center", "Genesee Shelf Fusion Center",
    "Lake Plain Intelligence Center", "Caprock Rim Fusion Center", "Golden Strand Fusion Center",
)  # fmt: skip


def ago(days: int) -> str:
    return (dt.datetime.now(dt.UTC).date() - dt.timedelta(days=days)).isoformat()


def refused_and_appealed(page: Page, address: str = "") -> dict[str, str]:
    """A request refused in part, its grounds, the filed appeal, a question of money, a note: name → address."""
    page.goto(f"{address}/requests/new/")
    page.get_by_label("Agency", exact=True).fill("Taconic Gap Analysis Center")
    page.get_by_label("Public title").fill(f"Audit logs: Taconic Gap {secrets.token_hex(2)}")
    page.get_by_label("Numbered parts").fill(PARTS)
    page.get_by_label("Day it was sent").fill(ago(12))
    page.get_by_label("Day the agency received it").fill(ago(12))
    page.get_by_role("button", name="Show the dates first").click()
    page.get_by_role("button", name="File this request").click()
    expect(page.locator("main .lead")).to_contain_text("Audit logs")
    made = {"request": page.url}
    page.goto(f"{made['request']}log/determined/")
    page.get_by_label("Date on the letter").fill(ago(4))
    page.get_by_label("Day it reached us").fill(ago(3))
    page.get_by_label("Outcome").select_option(label="Denied")
    page.get_by_label("A2 Audit logs").check()
    page.get_by_role("button", name="Show what this changes").click()
    page.get_by_role("button", name="Save event").click()
    ground = page.locator("[data-row]").first
    ground.get_by_label("Part").first.select_option("A2")
    ground.get_by_label("Section, from the law’s list").select_option(index=1)
    ground.get_by_label("Pages withheld in full").fill("212")
    ground.get_by_label("Reason given").fill("It would reveal techniques that are not routine.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("212 pages withheld in full")
    made["withholdings"] = page.url
    page.goto(f"{made['request']}remedies/")
    page.get_by_role("main").get_by_text("Draft the appeal", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Appeal")
    made["remedy"] = page.url
    page.goto(f"{made['remedy']}file/")
    page.get_by_role("button", name="Show what this changes").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".hero")).to_contain_text("Decide the appeal")
    page.goto(f"{made['request']}fees/new/estimate/")
    page.get_by_label("Day it reached us").fill(ago(3))
    page.get_by_label("Amount in dollars").fill("480.00")
    page.get_by_role("button", name="Save", exact=True).click()
    made["fees"] = f"{made['request']}fees/"
    page.goto(f"{made['request']}people/")
    page.get_by_label("Note", exact=True).fill(
        "Counsel wants the certificate of mailing on file before Friday."
    )
    page.get_by_role("button", name="Save note").click()
    made["people"] = f"{made['request']}people/"
    page.goto(f"{made['request']}documents/")
    page.get_by_label("Files").set_input_files(
        {"name": "Response letter.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
    )
    page.get_by_role("button", name="Keep the files").click()
    made["documents"] = f"{made['request']}documents/"
    return made


def wave_in_the_making(page: Page, address: str = "") -> dict[str, str]:
    """A campaign with six centers and a wave that is read but not sent, and one letter of it as a draft."""
    page.goto(f"{address}/campaigns/new/")
    page.get_by_label("Public title").fill(f"Plate readers, round {secrets.token_hex(2)}")
    page.get_by_label("License plate readers").check()
    page.get_by_role("button", name="Begin", exact=True).click()
    page.get_by_text("Paste a list", exact=True).click()
    page.get_by_label("Or paste a list").fill("\n".join(SIX))
    page.get_by_role("button", name="Add them", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("0 of 6 agencies have a letter")
    made = {"plan": page.url}
    page.get_by_role("button", name="Write letters to 6 agencies").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Wave 1")
    made["wave"] = page.url
    page.locator("main tbody tr").first.get_by_role("link").first.click()
    made["letter"] = page.url
    return made

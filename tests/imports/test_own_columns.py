"""Columns that no field of ours takes stay with the organization, and a workbook is taken in sheet by sheet."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from requests_app.actions import import_undo, imports
from requests_app.actions.refusals import Refused
from requests_app.intake.fields import Mapping
from requests_app.models import CustomField, CustomValue, ImportBatch, RecordsRequest
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from tests import builders
from tests.builders import Cast

from .conftest import Importer, log
from .test_pages import signed_in, upload

HEAD = "Number,Agency,Received,Closed,Description,Disposition,Box,Volunteer"
OURS = "Sangamon Bend Fusion Center"


def own_log(volunteer: str = "Sam ☂") -> bytes:
    return log(f"A-1,{OURS},2024-03-04,,Sharing agreements,,12,{volunteer}", head=HEAD)


def values(people: Cast) -> dict[str, str]:
    with viewing_as(people.vera) as viewer:
        return dict(CustomValue.objects.visible_to(viewer).values_list("field__name", "text"))


def test_what_no_field_takes_is_kept_under_its_own_name_by_default(people: Cast, bring: Importer) -> None:
    batch = bring(own_log(), apply=True)
    assert Mapping.of(batch.mapping).custom == ["Box", "Volunteer"]
    assert values(people) == {"Box": "12", "Volunteer": "Sam ☂"}


def test_only_the_chosen_ones_are_kept_and_empty_cells_are_not(people: Cast, bring: Importer) -> None:
    bring(own_log(" "), apply=True, custom=["Volunteer"])
    assert values(people) == {}


def test_the_next_log_fills_the_same_fields(people: Cast, bring: Importer) -> None:
    bring(own_log(), apply=True)
    bring(own_log().replace(b"A-1", b"A-2").replace(b"Box", b"BOX"), name="second.csv", apply=True)
    with viewing_as(people.vera) as viewer:
        assert sorted(CustomField.objects.visible_to(viewer).values_list("name", flat=True)) == ["Box", "Volunteer"]


def test_an_undo_takes_the_values_with_the_requests(people: Cast, bring: Importer) -> None:
    batch = bring(own_log(), apply=True)
    with viewing_as(people.edgar) as viewer:
        assert import_undo.undo(viewer=viewer, batch=batch, actor=people.edgar) == 1
    assert values(people) == {}


def test_nobody_else_reads_them_but_who_sees_everything(people: Cast, bring: Importer) -> None:
    bring(own_log(), apply=True)
    with viewing_as(people.olive) as viewer:
        request = RecordsRequest.objects.visible_to(viewer).get()
    builders.publish(people.olive, request, correspondence=True, documents=True)
    builders.share_with(people.olive, request, people.prairie, correspondence=True, documents=True)
    for who in (viewing(PUBLIC), viewing_as(people.ravi), viewing_as(people.noor)):
        with who as viewer:
            assert not CustomValue.objects.visible_to(viewer).exists()
            assert not CustomValue.objects.exists()
            assert not CustomField.objects.exists()
    builders.share_with(people.olive, request, people.noor, everything=True)
    with viewing_as(people.noor) as viewer:
        found = CustomValue.objects.visible_to(viewer).select_related("field")
        assert {(value.field.name, value.text) for value in found} == {("Box", "12"), ("Volunteer", "Sam ☂")}


@pytest.mark.parametrize("custom", [["Nobody"], ["Agency"]])
def test_a_column_that_is_not_there_or_is_taken_is_named(bring: Importer, custom: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        bring(own_log(), custom=custom)
    assert refused.value.field == "custom"
    assert f"“{custom[0]}”" in refused.value.sentence


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for number, year in enumerate(("2024", "2025")):
        sheet = book.active if not number else book.create_sheet()
        assert sheet is not None
        sheet.title = f"{year} <log>"
        sheet.append(["Number", "Agency", "Received", "Description", "Box"])
        sheet.append([f"{year}-1", OURS, f"{year}-03-04", "Sharing agreements", 7])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_each_sheet_of_a_workbook_is_offered_until_it_was_taken_in(people: Cast, bring: Importer) -> None:
    edgar: Any = signed_in(people.edgar)
    first = bring(workbook(), name="two years.xlsx", apply=True, custom=[])
    address = reverse("import", args=[first.public_id])
    assert "2025 &lt;log&gt;" in edgar.get(address).content.decode()
    posted = {"step": "sheet", "sheet": "2025 <log>", "once": "k1"}
    second = edgar.post(address, posted)
    assert second.status_code == 303
    assert edgar.post(address, posted)["Location"] == second["Location"]
    assert edgar.post(address, {**posted, "sheet": "2031", "once": "k2"}).status_code == 400
    with viewing_as(people.edgar):
        batch = ImportBatch.objects.get(public_id=second["Location"].split("/")[-2])
        assert batch.reading["sheet"] == "2025 <log>"
        assert batch.source == first.source
        assert Mapping.of(batch.mapping).custom == [], "the columns are remembered"
    assert "The other sheets" not in edgar.get(address).content.decode()


def test_the_page_of_columns_asks_which_to_keep(people: Cast) -> None:
    edgar = signed_in(people.edgar)
    url = upload(edgar, own_log())["Location"]
    text = edgar.get(url).content.decode()
    assert "Kept as fields of your own" in text
    form = edgar.get(url).context["form"]
    assert form["custom"].value() == ["Box", "Volunteer"]
    with viewing_as(people.edgar):
        assert imports.headings_of(ImportBatch.objects.get()) == HEAD.split(",")


def test_the_page_of_notes_and_people_shows_them(people: Cast, bring: Importer) -> None:
    bring(own_log(), apply=True)
    with viewing_as(people.vera) as viewer:
        request = RecordsRequest.objects.visible_to(viewer).get()
    text = signed_in(people.vera).get(reverse("request-work", args=[request.public_id])).content.decode()
    assert "Fields of your own" in text
    assert "Sam ☂" in text

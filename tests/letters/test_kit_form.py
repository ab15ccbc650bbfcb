"""An own kit by a form: the same text underneath, nothing typed is lost, what is wrong stands beside its part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse

from requests_app.kits.registry import kits
from requests_app.models import OrganisationKit
from requests_app.models.visibility import viewing_as
from requests_app.queries import kit_sheet
from requests_app.queries import own_kits as query
from tests import builders

from .test_drafts import client_of
from .test_kits import begun, newest

pytestmark = pytest.mark.django_db
COLUMNS = ("label", "title", "text", "fallback")
EXPECTED = ("basis", "says", "answer", "citation")


def typed(sheet: kit_sheet.Sheet, **more: Any) -> dict[str, Any]:
    """What a browser sends of the form."""
    kept = [key for key, _name, _about in kit_sheet.clause_choices() if key not in sheet.leave_out]
    return {
        "sheet": "1", "seen": "1.1", "name": "Ours", "summary": sheet.summary, "kit_subject": sheet.subject,
        "purpose": sheet.purpose, "since": sheet.since, "until": sheet.until, "clauses": kept,
        **{f"part_{name}": [getattr(one, name) for one in sheet.parts] for name in COLUMNS},
        **{f"refusal_{name}": [getattr(one, name) for one in sheet.refusals] for name in EXPECTED},
        "refusal_parts": [", ".join(one.parts) for one in sheet.refusals],
        **{f"verify_{place}": "on" for place, one in enumerate(sheet.refusals) if one.verify},
        **{f"narrows_{place}": list(one.narrows) for place, one in enumerate(sheet.parts)}, **more,
    }  # fmt: skip


def sheet_now(cast: builders.Cast, kit: OrganisationKit) -> kit_sheet.Sheet:
    with viewing_as(cast.edgar):
        found = kit_sheet.sheet_of(newest(kit).text)
    assert found is not None
    return found


@pytest.mark.parametrize("kit_id", [one.id for one in kits()])
def test_every_kit_that_ships_goes_through_the_form_unchanged(kit_id: str) -> None:
    text = query.source_of(kit_id)
    sheet = kit_sheet.sheet_of(text)
    assert sheet is not None
    assert kit_sheet.wrong_with(sheet) == {}
    assert query.parsed(kit_sheet.text_of(sheet)) == query.parsed(text)


def test_parts_are_moved_removed_and_added_and_nothing_is_saved_yet(cast: builders.Cast) -> None:
    kit = begun(cast)
    desk, address, sheet = client_of(cast.edgar), reverse("own-kit", args=[kit.public_id]), sheet_now(cast, kit)
    before = desk.get(address).content.decode()
    assert before.index('value="A1"') < before.index('value="A2"')
    answer = desk.post(address, typed(sheet, summary="Typed just now", step="up:1"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.index('value="A2"') < page.index('value="A1"')
    assert "Typed just now" in page
    gone = desk.post(address, typed(sheet, step="drop:0")).content.decode()
    assert 'name="part_label" value="A1"' not in gone
    more = desk.post(address, typed(sheet, step="add")).content.decode()
    assert f'value="A{len(sheet.parts) + 1}"' in more
    assert sheet_now(cast, kit) == sheet


def test_an_unknown_field_stands_beside_its_part_and_a_draft_keeps_it(cast: builders.Cast) -> None:
    kit = begun(cast)
    desk, address, sheet = client_of(cast.edgar), reverse("own-kit", args=[kit.public_id]), sheet_now(cast, kit)
    parts = list(sheet.parts)
    parts[1] = replace(parts[1], text="All of {agancy}", title="T" * 3_000)
    bad = replace(sheet, parts=tuple(parts))
    refused = desk.post(address, typed(bad, step="sheet-ready"))
    page = refused.content.decode()
    assert refused.status_code == 400
    part = page[page.index('id="part-1"') : page.index('id="part-2"')]
    assert "There is no field {agancy}. Did you mean {agency}?" in part
    assert "this one has 3000" in part
    assert "T" * 3_000 in part
    assert desk.post(address, typed(bad, step="sheet-draft")).status_code == 302
    assert sheet_now(cast, kit).parts[1].text == "All of {agancy}"
    with viewing_as(cast.edgar):
        assert newest(kit).state == "draft"


def test_the_form_makes_a_version_that_is_ready_without_what_was_left_out(cast: builders.Cast) -> None:
    kit = begun(cast)
    desk, address, sheet = client_of(cast.edgar), reverse("own-kit", args=[kit.public_id]), sheet_now(cast, kit)
    mine = replace(kit_sheet.moved(sheet, "drop:2"), leave_out=("K12",))
    assert desk.post(address, typed(mine, step="sheet-ready")).status_code == 302
    with viewing_as(cast.edgar) as viewer:
        loaded = query.load(viewer, f"own:{kit.public_id}")
    assert loaded.leave_out == ("K12",)
    assert loaded.part("A3") is None
    assert "A3" not in loaded.priority
    assert all("A3" not in refusal.parts for refusal in loaded.refusals)


def test_an_expected_refusal_is_written_changed_and_taken_out_by_the_form(cast: builders.Cast) -> None:
    kit = begun(cast)
    desk, address, sheet = client_of(cast.edgar), reverse("own-kit", args=[kit.public_id]), sheet_now(cast, kit)
    n = len(sheet.refusals)
    assert n > 1
    more = desk.post(address, typed(sheet, step="expect")).content.decode()
    assert f'id="refusal-{n}"' in more
    fewer = desk.post(address, typed(sheet, step="unexpect:0")).content.decode()
    assert f'id="refusal-{n - 1}"' not in fewer
    assert sheet_now(cast, kit) == sheet, "nothing is saved yet"
    said = kit_sheet.RefusalSheet("contract", ("A1", "A2"), "The vendor forbids it.", "A contract is no law.")
    mine = replace(sheet, refusals=(*sheet.refusals[1:], said))
    assert desk.post(address, typed(mine, step="sheet-ready")).status_code == 302
    with viewing_as(cast.edgar) as viewer:
        loaded = query.load(viewer, f"own:{kit.public_id}")
    last = loaded.exemptions_expected[-1]
    assert (last.basis.value, last.parts, last.says, last.answer) == (
        "contract", ("A1", "A2"), "The vendor forbids it.", "A contract is no law.",
    )  # fmt: skip
    assert len(loaded.exemptions_expected) == n


def test_what_is_wrong_with_an_expected_refusal_stands_beside_it(cast: builders.Cast) -> None:
    kit = begun(cast)
    desk, address, sheet = client_of(cast.edgar), reverse("own-kit", args=[kit.public_id]), sheet_now(cast, kit)
    said = kit_sheet.RefusalSheet("contract", ("A1", "Z9"), "The vendor forbids it.", "", "5 ILCS 140/7")
    bad = replace(sheet, refusals=(said,))
    refused = desk.post(address, typed(bad, step="sheet-ready"))
    page = refused.content.decode()
    assert refused.status_code == 400
    beside = page[page.index('id="refusal-0"') : page.index('value="expect"')]
    for sentence in ("There is no part Z9.", "Write what we answer.", "A citation is looked up again"):
        assert sentence in beside
    assert desk.post(address, typed(bad, step="sheet-draft")).status_code == 302
    assert sheet_now(cast, kit).refusals == (said,)


def test_two_who_save_the_form_at_once_see_both(cast: builders.Cast) -> None:
    kit = begun(cast)
    address, sheet = reverse("own-kit", args=[kit.public_id]), sheet_now(cast, kit)
    olives, edgars = replace(sheet, summary="As Olive says"), replace(sheet, summary="As Edgar says")
    assert client_of(cast.olive).post(address, typed(olives, step="sheet-draft")).status_code == 302
    refused = client_of(cast.edgar).post(address, typed(edgars, step="sheet-draft"))
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "As Olive says" in page
    assert "As Edgar says" in page
    assert sheet_now(cast, kit).summary == "As Olive says"

"""What was withheld, on which ground, and what we think of it: recorded once, changed knowingly, never lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError

from requests_app.actions import correspondence
from requests_app.actions.refusals import NotYours, Refused
from requests_app.actions.withholdings import (
    Asserted,
    change_withholding,
    exemptions_of,
    ground_of,
    record_withholdings,
    retract_withholding,
)
from requests_app.kits.shapes import Basis
from requests_app.laws.registry import library
from requests_app.laws.shapes import Basis as LawBasis
from requests_app.models import AuditEntry, RecordsRequest, Withholding, WithholdingPrivate
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from requests_app.models.withholdings import GroundType
from tests import builders

from .conftest import TODAY, denied, filed, happened

LISTED = Asserted(part="A2", code="7(1)(d)", pages_full=12, ranges="12–23", reason="Techniques.", our_view="doubtful")
MARKED = Asserted(part="A2", section="LES", ground="marking", pages_part=40, our_view="wrong", notes="no basis")


def record(
    cast: builders.Cast, of: RecordsRequest, *rows: Asserted, who: Any = None, once: str = "form", **more: Any
) -> Any:
    event = more.get("event") or denied(cast, of)
    who = who or cast.edgar
    with viewing_as(who) as viewer:
        return record_withholdings(viewer=viewer, records_request=of, event=event, rows=rows, actor=who, once=once)


def test_several_grounds_of_one_letter_are_recorded_at_once(cast: builders.Cast, ours: RecordsRequest) -> None:
    record(cast, ours, LISTED, MARKED)
    with viewing_as(cast.vera) as viewer:
        rows = list(Withholding.objects.visible_to(viewer).order_by("pk"))
        assert [(row.section, row.citation, row.ground, row.pages) for row in rows] == [
            ("7(1)(d)", "5 ILCS 140/7(1)(d)", "records_law", 12),
            ("LES", "", "marking", 40),
        ]
        assert [row.private.our_view for row in rows] == ["doubtful", "wrong"]


def test_a_listed_section_that_only_lets_in_other_statutes_is_one_of_those(cast: builders.Cast) -> None:
    only = [
        one for entry in library().laws for one in exemptions_of(entry.id) if one.basis == (LawBasis.other_statute,)
    ]
    assert only
    assert {ground_of(one) for one in only} == {"state_statute"}


def test_the_kinds_of_ground_are_those_that_have_rebuttal_notes() -> None:
    assert list(GroundType.values) == [basis.value for basis in Basis]


def test_the_same_form_sent_twice_writes_once(cast: builders.Cast, ours: RecordsRequest) -> None:
    event = denied(cast, ours)
    first = record(cast, ours, LISTED, MARKED, event=event)
    again = record(cast, ours, LISTED, MARKED, event=event)
    assert [row.pk for row in again] == [row.pk for row in first]


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        (Asserted(part="A9", code="7(1)(d)"), "part_unknown", "1-part"),
        (Asserted(code="9(9)"), "section_unknown", "1-code"),
        (Asserted(section="7(1)(d)"), "ground_unknown", "1-ground"),
        (Asserted(ground="records_law"), "section_missing", "1-section"),
        (Asserted(section="x" * 201, ground="contract"), "too_long", "1-section"),
        (Asserted(section="NDA", ground="contract", pages_full=-1), "pages_impossible", "1-pages_full"),
        (Asserted(section="NDA", ground="contract", pages_part=10**9), "pages_impossible", "1-pages_part"),
        (Asserted(section="NDA", ground="contract", reason="ü" * 5001), "too_long", "1-reason"),
        (Asserted(section="NDA", ground="contract", our_view="sure"), "view_unknown", "1-our_view"),
        (Asserted(section="NDA", ground="contract", challenged="nowhere"), "event_unknown", "1-challenged"),
    ],
)
def test_a_wrong_row_names_itself_and_nothing_is_written(
    cast: builders.Cast, ours: RecordsRequest, row: Asserted, code: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        record(cast, ours, LISTED, row)
    assert (refused.value.code, refused.value.field) == (code, field)
    with viewing_as(cast.olive):
        assert not Withholding.objects.exists()


def test_a_letter_that_cites_nothing_is_a_ground_of_its_own_kind(cast: builders.Cast, ours: RecordsRequest) -> None:
    [row] = record(cast, ours, Asserted(ground="none_cited", reason="We decline.\x00 مرحبا 🙂"))
    assert (row.section, row.reason) == ("", "We decline. مرحبا 🙂")
    assert str(row) == "none_cited"


def test_a_ground_belongs_to_a_decision_that_withholds_and_stands(cast: builders.Cast, ours: RecordsRequest) -> None:
    granted = happened(cast, ours, "determined", outcome="granted", parts=("A1",))
    acknowledged = happened(cast, ours, "acknowledged", day=4)
    for event in (granted, acknowledged):
        with pytest.raises(Refused, match="withholds something"):
            record(cast, ours, LISTED, event=event)
    event = denied(cast, ours)
    with viewing_as(cast.edgar) as viewer:
        correspondence.retract_event(
            viewer=viewer, records_request=ours, event=event, reason="wrong letter", actor=cast.edgar, once="back",
            today=TODAY,
        )  # fmt: skip
    with pytest.raises(Refused, match="taken back"):
        record(cast, ours, LISTED, event=event)


def test_no_ground_hangs_on_a_decision_of_another_request(cast: builders.Cast, ours: RecordsRequest) -> None:
    other = denied(cast, filed(cast, name="Elsewhere"))
    with pytest.raises(NotYours):
        record(cast, ours, LISTED, event=other)


def test_who_only_reads_may_not_record_and_a_stranger_finds_nothing(cast: builders.Cast, ours: RecordsRequest) -> None:
    event = denied(cast, ours)
    with pytest.raises(Refused) as refused:
        record(cast, ours, LISTED, who=cast.vera, event=event)
    assert refused.value.status == 403
    with pytest.raises(NotYours):
        record(cast, ours, LISTED, who=cast.ravi, event=event)
    with pytest.raises(DatabaseError, match="row-level security"), viewing_as(cast.vera):
        Withholding.objects.create(
            organisation=cast.harbor, request=ours, event=event, section="x", ground="contract", once="1"
        )


def test_an_old_form_is_refused_and_a_new_one_changes_it(cast: builders.Cast, ours: RecordsRequest) -> None:
    [row] = record(cast, ours, LISTED)
    appeal = happened(cast, ours, "review_filed", day=12, parts=("A2",), days={"sent_on": TODAY.replace(day=12)})
    change = {"viewer": None, "withholding": row, "actor": cast.edgar}
    with viewing_as(cast.edgar) as viewer:
        change["viewer"] = viewer
        wrong = Asserted(part="A2", code="7(1)(c)", our_view="wrong", challenged=appeal.uid)
        made = change_withholding(**change, said=wrong, seen_version=1)
        assert (made.section, made.version) == ("7(1)(c)", 2)
        with pytest.raises(Refused) as refused:
            change_withholding(**change, said=LISTED, seen_version=1)
        assert (refused.value.code, refused.value.status) == ("stale", 409)
        kept = WithholdingPrivate.objects.get(withholding=row)
        assert (kept.our_view, kept.challenged_id) == ("wrong", appeal.pk)


def test_what_is_taken_back_stays_and_counts_nowhere(cast: builders.Cast, ours: RecordsRequest) -> None:
    [row, other] = record(cast, ours, LISTED, MARKED)
    with viewing_as(cast.edgar) as viewer:
        with pytest.raises(Refused, match="Say why"):
            retract_withholding(viewer=viewer, withholding=row, reason="  ", actor=cast.edgar, seen_version=1)
        retract_withholding(viewer=viewer, withholding=row, reason="misread", actor=cast.edgar, seen_version=1)
        with pytest.raises(Refused, match="already"):
            retract_withholding(viewer=viewer, withholding=row, reason="again", actor=cast.edgar, seen_version=2)
        assert [one.pk for one in Withholding.objects.standing()] == [other.pk]
        assert WithholdingPrivate.objects.get(withholding=row).retracted_because == "misread"
    with viewing_as(cast.olive):
        entry = AuditEntry.objects.get(act="withholding.retracted")
        assert "7(1)(d)" not in f"{entry.subject} {entry.detail}", "ids, never words"


def test_our_view_reaches_no_partner_who_reads_the_letters(cast: builders.Cast, ours: RecordsRequest) -> None:
    record(cast, ours, LISTED)
    builders.share_with(cast.olive, ours, cast.prairie, correspondence=True)
    builders.publish(cast.olive, ours)
    with viewing_as(cast.ravi) as viewer:
        assert Withholding.objects.visible_to(viewer).count() == 1
        assert Withholding.objects.count() == 1
        assert not WithholdingPrivate.objects.visible_to(viewer)
        assert not WithholdingPrivate.objects.exists()
    with viewing(PUBLIC):
        assert not Withholding.objects.exists(), "published is the status alone"

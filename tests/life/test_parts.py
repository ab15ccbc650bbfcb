"""Parts after filing: one more, one split, another title; the clock knows each from then on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from requests_app.actions.parts import add_parts, rename_part
from requests_app.actions.refusals import Refused
from requests_app.models import Event, Part
from requests_app.models.visibility import viewing_as
from requests_app.queries.ledger import course_of
from tests import builders

from .conftest import TODAY

NOVEMBER = dt.date(2026, 11, 6)


def outcomes(cast: builders.Cast, of: Any) -> dict[str, str | None]:
    with viewing_as(cast.olive):
        return {part.part: part.outcome for part in course_of(of).on(TODAY).parts}


def add(cast: builders.Cast, to: Any, *parts: tuple[str, str], **more: Any) -> Event:
    words = {"actor": cast.edgar, "once": f"parts {parts}"[:64], "today": TODAY} | more
    with viewing_as(cast.edgar) as viewer:
        return add_parts(viewer=viewer, records_request=to, parts=parts, **words)


def test_a_part_set_out_later_is_unanswered_until_something_is_said_of_it(
    cast: builders.Cast, file: Any, record: Any
) -> None:
    ours = file(parts=())
    add(cast, ours, ("", "Contracts"), ("", "Lists"))
    record(ours, "produced", parts=("A1",), outcome="produced", received_on=NOVEMBER)
    assert outcomes(cast, ours) == {"A1": "produced", "A2": None}
    with viewing_as(cast.olive):
        assert course_of(ours).on(TODAY).late, "A2 is still owed"


def test_a_split_hands_what_was_said_to_both_halves_and_then_they_part(
    cast: builders.Cast, file: Any, record: Any
) -> None:
    ours = file(parts=(("A1", "Contracts"), ("A2", "Lists")))
    record(ours, "determined", parts=("A1",), outcome="denied", dated_on=NOVEMBER)
    add(cast, ours, ("", "Invoices"), split_from="A1")
    assert outcomes(cast, ours) == {"A1": "denied", "A1b": "denied", "A2": None}
    record(ours, "produced", parts=("A1b",), outcome="produced", received_on=dt.date(2026, 11, 12))
    assert outcomes(cast, ours) == {"A1": "denied", "A1b": "produced", "A2": None}
    add(cast, ours, ("A1c", "Amendments"), split_from="A1b")
    assert outcomes(cast, ours) == {"A1": "denied", "A1b": "produced", "A1c": "produced", "A2": None}


def test_the_dates_follow_a_split(cast: builders.Cast, file: Any, record: Any) -> None:
    ours = file(parts=(("A1", "Contracts"), ("A2", "Lists")))
    record(ours, "determined", parts=("A1",), outcome="denied", dated_on=NOVEMBER, sent_on=NOVEMBER)
    add(cast, ours, ("", "Invoices"), split_from="A1")
    with viewing_as(cast.olive):
        review = ours.deadlines.standing().get(rule_id="review-by", scope__startswith="event:")
        assert sorted(review.clock["parts"]) == ["A1", "A1b"]


@pytest.mark.parametrize(
    ("parts", "more", "sentence"),
    [
        ((("A1", "again"),), {}, "has a part A1 already"),
        ((("A!", "odd"),), {}, "letters and digits"),
        ((("A" * 13, "long"),), {}, "letters and digits"),
        ((("", "x" * 201),), {}, "At most 200 characters; this has 201"),
        ((("", "half"),), {"split_from": "A9"}, "no part A9"),
    ],
)
def test_an_impossible_part_is_refused(
    cast: builders.Cast, file: Any, parts: Any, more: dict[str, str], sentence: str
) -> None:
    ours = file()
    with pytest.raises(Refused, match=sentence):
        add(cast, ours, *parts, **more)
    with viewing_as(cast.olive):
        assert Part.objects.filter(request=ours).count() == 3


def test_the_same_form_twice_adds_one_part(cast: builders.Cast, file: Any) -> None:
    ours = file()
    for _again in range(2):
        add(cast, ours, ("", "Emails 📨 رسائل"), once="one form")
    with viewing_as(cast.olive):
        assert list(Part.objects.filter(request=ours).values_list("label", flat=True)) == ["A1", "A2", "A3", "A4"]
        assert Event.objects.filter(request=ours, kind="parts_named").count() == 1


def test_a_title_changed_meanwhile_is_not_overwritten_unseen(cast: builders.Cast, file: Any, desk: Any) -> None:
    ours = file()
    with viewing_as(cast.olive) as viewer:
        rename_part(viewer=viewer, records_request=ours, label="A1", title="All contracts")
    address = reverse("request-parts", args=[ours.public_id])
    typed = {"act": "rename", "label": "A1", "title": "Contracts since 2019", "seen_title": "Contracts"}
    page = desk().post(address, typed)
    said = page.content.decode()
    assert page.status_code == 409
    assert "Meanwhile part A1 was named “All contracts”" in said
    assert 'value="Contracts since 2019"' in said
    assert desk().post(address, typed | {"seen_title": "All contracts"}).status_code == 302
    with viewing_as(cast.olive):
        assert Part.objects.get(request=ours, label="A1").title == "Contracts since 2019"


def test_a_part_is_not_taken_back(cast: builders.Cast, file: Any, desk: Any) -> None:
    ours = file()
    named = add(cast, ours, ("", "More"))
    page = desk().get(reverse("event-retract", args=[ours.public_id, named.uid])).content.decode()
    assert "A part is not taken back" in page

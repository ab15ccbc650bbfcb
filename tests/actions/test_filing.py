"""A request is filed once, whole, with its dates; what cannot be is refused in a sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import Deadline, Event, PublicStandingSpan, RecordsRequest, StandingSpan
from requests_app.models.visibility import viewing_as
from tests.builders import Cast, campaign

pytestmark = pytest.mark.django_db
File = Callable[..., RecordsRequest]


def test_filing_writes_the_request_its_first_event_and_its_dates(cast: Cast, file: File) -> None:
    made = file(tracking_number="IL-7", letter="Dear officer", working_title="First wave")
    with viewing_as(cast.olive):
        event = made.events.get()
        assert (event.kind, event.sent_on, made.ledger_version) == ("sent", dt.date(2026, 11, 2), 1)
        assert event.facts["law"] == "us-il"
        assert event.facts["agency"] == cast.agency.slug
        assert event.facts["parts"] == ["A1", "A2"]
        assert event.note.actor == cast.olive
        assert [part.label for part in made.parts.all()] == ["A1", "A2"]
        assert made.private.working_title == "First wave"
        assert made.correspondence.tracking_number == "IL-7"
        assert made.ask.agency == cast.agency
        # Five business days after November 2; election day, November 3, is a state holiday in 2026.
        answer = made.deadlines.get(rule_id="determine")
        assert answer.due_on == dt.date(2026, 11, 10)
        assert [span.whose_move for span in made.public_spans.order_by("from_on")] == ["agency", "agency"]


def test_the_same_form_sent_twice_files_once(cast: Cast, file: File) -> None:
    assert file() == file()
    with viewing_as(cast.olive):
        assert RecordsRequest.objects.count() == 1
        assert Event.objects.count() == 1


def test_another_form_files_another_request_under_the_same_ask(cast: Cast, file: File) -> None:
    wave = campaign(cast.olive, cast.harbor)
    first, second = file(campaign=wave), file(campaign=wave, once="second form")
    assert first != second
    assert first.ask == second.ask


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"law_id": "us-zz"}, "law_unknown", "law_id"),
        ({"law_id": ""}, "law_unknown", "law_id"),
        ({"sent_on": dt.date(2026, 11, 21)}, "in_the_future", "sent_on"),
        ({"sent_on": dt.date(202, 11, 2)}, "year_impossible", "sent_on"),
        ({"sent_on": dt.date(1999, 11, 2)}, "outside_calendar", "sent_on"),
        ({"received_on": dt.date(2026, 11, 1)}, "received_before_sent", "received_on"),
        ({"received_on": dt.date(2026, 12, 1)}, "in_the_future", "received_on"),
        ({"public_title": " "}, "title_missing", "public_title"),
        ({"public_title": "x" * 301}, "title_too_long", "public_title"),
        ({"working_title": "x" * 301}, "title_too_long", "working_title"),
        ({"parts": (("A1", ""), ("A1", ""))}, "part_twice", "parts"),
        ({"receipt_basis": "a feeling"}, "basis_unknown", "receipt_basis"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    cast: Cast, file: File, changed: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        file(**changed)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert refused.value.sentence.endswith((".", "?"))
    with viewing_as(cast.olive):
        assert not RecordsRequest.objects.exists()
        assert not Event.objects.exists()
        assert not Deadline.objects.exists()


def test_a_date_on_the_day_itself_is_not_in_the_future(file: File) -> None:
    assert file(sent_on=dt.date(2026, 11, 20)).filed_on == dt.date(2026, 11, 20)


def test_who_only_reads_and_who_is_a_stranger_cannot_file(cast: Cast, file: File) -> None:
    with pytest.raises(Refused) as refused:
        file(by=cast.vera)
    assert refused.value.status == 403
    with pytest.raises(NotYours):
        file(by=cast.ravi)
    with pytest.raises(NotYours):
        file(by=cast.noor)


def test_a_campaign_of_another_organization_is_not_there(cast: Cast, file: File) -> None:
    theirs = campaign(cast.ravi, cast.prairie)
    with pytest.raises(NotYours):
        file(campaign=theirs)


def test_an_editor_may_file(cast: Cast, file: File) -> None:
    made = file(by=cast.edgar)
    with viewing_as(cast.vera):
        assert StandingSpan.objects.filter(request=made).exists()
        assert PublicStandingSpan.objects.filter(request=made).exists()


def test_what_a_law_asks_overrides_nothing_that_a_request_is_pinned_to(cast: Cast, file: File) -> None:
    forged = {
        "law": "us-ny", "revision": 99, "zone": "Asia/Tokyo", "agency": "another", "agency_kind": "court",
        "channel": "by_hand", "parts": ["Z9"], "requester": ["commercial"],
    }  # fmt: skip
    made = file(law_facts=forged)
    with viewing_as(cast.olive):
        facts = made.events.get().facts
        assert (facts["law"], facts["revision"], facts["zone"]) == ("us-il", made.law_revision, made.zone)
        assert (facts["agency"], facts["agency_kind"]) == (cast.agency.slug, cast.agency.kind)
        assert (facts["channel"], facts["parts"], facts["requester"]) == ("email", ["A1", "A2"], ["commercial"])

"""What lands in whose inbox: once, whether or not mail can be sent."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from requests_app.actions import assignments, bulk, inbox, notes
from requests_app.models import InboxItem, NoteMention, Person, RecordsRequest, Reminder
from requests_app.models.ids import public_id
from requests_app.models.visibility import SCHEDULE, viewing, viewing_as
from tests import builders
from tests.reminders.scene import assign, plan, request_with_clock, rows, today

pytestmark = pytest.mark.django_db


def lines(who: Person) -> list[tuple[str, bool]]:
    """Kind, and whether it is unread, the oldest first."""
    with viewing_as(who):
        return [(one.kind, one.read_at is None) for one in InboxItem.objects.order_by("pk")]


def window(cast: builders.Cast, days: int = 3) -> RecordsRequest:
    request, _ = request_with_clock(
        cast, owner="requester", due_on=today() + dt.timedelta(days), opens_on=today() - dt.timedelta(20),
        clock_key="appeal-by|request|r1",
    )  # fmt: skip
    assign(request, cast.edgar)
    plan(cast, request)
    return request


def make_due(**changes: Any) -> None:
    """All that are planned for now or earlier, as if a minute had passed."""
    with viewing(SCHEDULE):
        soon = Reminder.objects.filter(next_at__lte=dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
        soon.update(next_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1), **changes)


def test_a_due_reminder_lies_there_once_however_often_it_is_looked_for(cast: builders.Cast) -> None:
    window(cast)
    make_due(channels=["email", "inbox"])
    assert inbox.put() == 1
    assert inbox.put() == 0
    assert lines(cast.edgar) == [("reminder", True)]
    assert lines(cast.olive) == []
    assert [row.state for row in rows(recipient=cast.edgar, offset_days=3)] == ["planned"]


def test_a_reminder_for_the_mail_alone_does_not_unless_it_is_the_last_day(cast: builders.Cast) -> None:
    window(cast)
    make_due(channels=["email"])
    assert inbox.put() == 0
    window(cast, days=0)
    make_due(channels=["email"])
    assert inbox.put() == 1


@pytest.mark.parametrize(
    ("kind", "expected"), [("moved", "correction"), ("gone", "correction"), ("escalated", "escalated")]
)
def test_corrections_and_escalations_lie_there_whatever_their_channel(
    cast: builders.Cast, kind: str, expected: str
) -> None:
    window(cast)
    make_due(kind=kind, channels=["email"])
    inbox.put()
    assert [one for one, _ in lines(cast.edgar)] == [expected]


def test_what_is_meant_for_the_inbox_alone_has_arrived_there(cast: builders.Cast) -> None:
    window(cast)
    make_due(channel="inbox", channels=["inbox"])
    assert inbox.put() == 2
    [row] = rows(recipient=cast.edgar, offset_days=3)
    assert (row.state, row.outcome, row.sent_at is not None) == ("sent", "in the inbox", True)
    assert lines(cast.edgar) == [("reminder", True)]


def test_of_stages_that_wait_together_only_the_latest_is_news(cast: builders.Cast) -> None:
    request = window(cast)
    with viewing(SCHEDULE):
        told = Reminder.objects.get(recipient=cast.edgar, offset_days=3)
        Reminder.objects.create(
            organisation=cast.harbor, request=request, deadline_id=told.deadline_id, clock_key=told.clock_key,
            due_on=told.due_on, kind="closing", offset_days=7, recipient=cast.edgar, message_id="earlier@example",
            next_at=dt.datetime.now(dt.UTC) - dt.timedelta(days=4), channels=["email", "inbox"],
        )  # fmt: skip
    make_due(channels=["email", "inbox"])
    inbox.put()
    assert sorted(lines(cast.edgar)) == [("reminder", False), ("reminder", True)]


def test_a_mention_lies_in_the_inbox_of_whom_it_means_and_not_of_its_writer(cast: builders.Cast) -> None:
    request = window(cast)
    with viewing_as(cast.edgar) as viewer:
        note = notes.write_note(
            viewer=viewer,
            records_request=request,
            text="@Vera and @Edgar: see page 3",
            actor=cast.edgar,
            once="n",
        )
        notes.edit_note(viewer=viewer, note=note, text="@Vera: see page 4", actor=cast.edgar, seen_version=1)
    assert lines(cast.vera) == [("mention", True)]
    assert lines(cast.edgar) == []
    with viewing_as(cast.vera):
        assert NoteMention.objects.filter(person=cast.vera).count() == 1


def test_an_assignment_lies_in_the_inbox_of_both_and_not_of_whoever_takes_it(cast: builders.Cast) -> None:
    request = window(cast)
    with viewing_as(cast.olive) as viewer:
        assignments.assign(
            viewer=viewer, records_request=request, assignee=cast.vera.pk, backup=cast.olive.pk
        )
        assignments.assign(
            viewer=viewer, records_request=request, assignee=cast.vera.pk, backup=cast.edgar.pk
        )
    assert lines(cast.vera) == [("assigned", True)]
    assert lines(cast.edgar) == [("assigned", True)]
    assert lines(cast.olive) == []


def test_an_act_on_many_requests_is_one_line(cast: builders.Cast) -> None:
    requests = [window(cast) for _ in range(3)]
    with viewing_as(cast.olive) as viewer:
        bulk.act(
            viewer=viewer, organisation=cast.harbor, ids=[one.pk for one in requests],
            wanted=bulk.Wanted(kind="assign", person=cast.vera.pk), actor=cast.olive, query="", once=public_id(),
            now=dt.datetime.now(dt.UTC),
        )  # fmt: skip
    assert lines(cast.vera) == [("assigned", True)]


def test_nobody_reads_or_marks_anothers_inbox(cast: builders.Cast) -> None:
    window(cast)
    make_due(channels=["inbox"])
    inbox.put()
    with viewing_as(cast.edgar):
        [mine] = InboxItem.objects.values_list("public_id", flat=True)
    for other in (cast.olive, cast.vera, cast.ravi):
        with viewing_as(other) as viewer:
            assert not InboxItem.objects.exists()
            assert inbox.mark(viewer=viewer, actor=other, items=[mine], read=True) == 0
    with viewing_as(cast.edgar) as viewer:
        assert inbox.mark(viewer=viewer, actor=cast.edgar, items=[mine], read=True) == 1


def test_the_number_of_unread_lines_comes_with_the_memberships(cast: builders.Cast) -> None:
    window(cast)
    make_due(channels=["email", "inbox"])
    inbox.put()
    with viewing_as(cast.edgar) as viewer:
        assert viewer.unread == {cast.harbor.pk: 1}
        inbox.mark_all_read(viewer=viewer, actor=cast.edgar, organisation_id=cast.harbor.pk, upto=2**40)
    with viewing_as(cast.edgar) as viewer:
        assert viewer.unread == {}

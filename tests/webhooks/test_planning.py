"""What happens is told once to whoever asked for it: ids and kinds to programs, one line of text to a chat."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.conf import settings

from requests_app.actions import webhook_planning, webhooks
from requests_app.models import Reminder, Webhook
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.reminders.scene import assign, journal, move, plan, request_with_clock, today
from tests.reminders.scene import rows as reminders

from .conftest import Receiver, hook_of, rows, sweep

pytestmark = pytest.mark.django_db(databases=["default", "direct"])


def told(receiver: Receiver, kind: str) -> list[dict[str, Any]]:
    return [one.told for one in receiver.heard if one.told["kind"] == kind]


def text(receiver: Receiver) -> str:
    return "\n".join(one.told["text"] for one in receiver.heard)


def record(cast: builders.Cast, request: Any, kind: str, **fields: Any) -> Any:
    with viewing_as(cast.olive):
        return builders.event(request, kind, **fields)


def test_a_program_is_told_ids_and_kinds_and_nothing_else(cast: builders.Cast, receiver: Receiver) -> None:
    hook_of(cast, receiver.url)
    request = builders.bare_request(cast.olive, cast.harbor, cast.agency, canary="secret words")
    event = record(cast, request, "acknowledged", received_on=today())
    sweep()
    [filed], [heard] = told(receiver, "request.filed"), told(receiver, "event.recorded")
    assert filed["request"] == heard["request"] == request.public_id
    assert (heard["event"], heard["event_kind"]) == (event.uid, "acknowledged")
    assert set(heard) == {"id", "kind", "at", "organization", "request", "event", "event_kind"}
    everything = b"".join(one.body for one in receiver.heard).decode()
    for words in ("secret words", "Sharing lists", "Sangamon", cast.olive.email):
        assert words not in everything
    sweep()
    assert len(receiver.heard) == 2


def test_only_what_was_asked_for_is_told_and_nothing_from_before(
    cast: builders.Cast, receiver: Receiver
) -> None:
    old = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    hook_of(cast, receiver.url, ("event.recorded",))
    builders.bare_request(cast.olive, cast.harbor, cast.agency)
    record(cast, old, "acknowledged", received_on=today())
    sweep()
    assert [one["request"] for one in told(receiver, "event.recorded")] == [old.public_id]
    assert len(receiver.heard) == 1


def test_nothing_of_another_organization_is_told(cast: builders.Cast, receiver: Receiver) -> None:
    hook_of(cast, receiver.url)
    builders.bare_request(cast.ravi, cast.prairie, cast.agency)
    sweep()
    assert receiver.heard == []


def test_a_due_reminder_is_told_once_however_many_people_it_goes_to(
    cast: builders.Cast, receiver: Receiver
) -> None:
    hook_of(cast, receiver.url, ("reminder.due",))
    with viewing_as(cast.olive):
        Webhook.objects.update(since="2026-01-01T00:00:00Z", told_until="2026-01-01T00:00:00Z")
    request, deadline = request_with_clock(cast, due_on=today() - dt.timedelta(days=2))
    plan(cast, request)  # to Olive and to Edgar
    sweep()
    [heard] = told(receiver, "reminder.due")
    assert (heard["reminder"], heard["clock"]) == ("lapsed", deadline.clock_key)
    assert heard["request"] == request.public_id


def test_a_clock_that_was_met_meanwhile_is_not_told(cast: builders.Cast, receiver: Receiver) -> None:
    hook_of(cast, receiver.url, ("reminder.due",))
    with viewing_as(cast.olive):
        Webhook.objects.update(since="2026-01-01T00:00:00Z", told_until="2026-01-01T00:00:00Z")
    request, deadline = request_with_clock(cast, due_on=today() - dt.timedelta(days=2))
    assign(request, cast.olive)
    plan(cast, request)
    assert webhook_planning.plan() == 1
    move(deadline, deadline.due_on, met_on=today())
    sweep()
    assert receiver.heard == []
    assert [(row.state, row.outcome) for row in rows()] == [("skipped", "the clock no longer stands")]


def test_a_date_that_moves_is_told_and_one_told_anew_is_not(cast: builders.Cast, receiver: Receiver) -> None:
    hook_of(cast, receiver.url, ("date.moved",))
    request, deadline = request_with_clock(cast, due_on=today() + dt.timedelta(days=5))
    sweep()
    assert receiver.heard == []
    moved = move(deadline, today() + dt.timedelta(days=9))
    sweep()
    [heard] = told(receiver, "date.moved")
    assert (heard["request"], heard["clock"]) == (request.public_id, deadline.clock_key)
    assert "deadline" not in heard
    assert moved is not None
    move(moved, today() + dt.timedelta(days=9))
    sweep()
    assert len(receiver.heard) == 1


def test_a_chat_reads_agency_title_and_day_and_no_strategy(cast: builders.Cast, receiver: Receiver) -> None:
    hook_of(cast, receiver.url, ("date.moved", "event.recorded"), form="slack")
    request, deadline = request_with_clock(
        cast, due_on=today() + dt.timedelta(days=5),
        request_fields={"canary": "secret words", "public_title": "Logs <!channel> & | lists", "is_sample": False},
    )  # fmt: skip
    due = today() + dt.timedelta(days=9)
    move(deadline, due)
    record(cast, request, "disputed", dated_on=today())
    sweep()
    line = f"A date moved to {due:%A, %B} {due.day}, {due.year} (Answer): Sangamon Bend Fusion Center"
    assert line in text(receiver)
    assert f"<{settings.BASE_URL}/requests/{request.public_id}/|Logs &lt;!channel&gt; &amp; / lists>" in text(
        receiver
    )
    assert "Something was recorded" in text(receiver)
    for words in ("secret words", "isputed", "<!channel>"):
        assert words not in text(receiver)
    assert all(set(one.told) == {"text"} for one in receiver.heard)


def test_a_day_of_destruction_keeps_its_name_from_the_chat(cast: builders.Cast, receiver: Receiver) -> None:
    hook_of(cast, receiver.url, ("date.moved",), form="slack")
    _request, deadline = request_with_clock(
        cast, owner="requester", rule_id="destroys-on", name="Ask again before the records are destroyed",
        due_on=today() + dt.timedelta(days=5),
    )  # fmt: skip
    move(deadline, today() + dt.timedelta(days=9), rule_id="destroys-on", owner="requester")
    sweep()
    assert "A date of ours moved" in text(receiver)
    assert "destroyed" not in text(receiver)


def test_switched_on_again_it_is_told_what_happens_from_then_on(
    cast: builders.Cast, receiver: Receiver
) -> None:
    hook, _secret = hook_of(cast, receiver.url, ("event.recorded",))
    request = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    with viewing_as(cast.olive) as viewer:
        webhooks.switch_webhook(viewer=viewer, hook=hook, actor=cast.olive, on=False)
    record(cast, request, "acknowledged", received_on=today())
    sweep()
    with viewing_as(cast.olive) as viewer:
        webhooks.switch_webhook(viewer=viewer, hook=hook, actor=cast.olive, on=True)
    last = record(cast, request, "determined", received_on=today(), outcome="granted")
    sweep()
    assert [one["event"] for one in told(receiver, "event.recorded")] == [last.uid]


@pytest.mark.parametrize("there_is_one", [True, False])
def test_a_reminder_for_webhooks_alone_is_passed_on_and_waits_for_nobody(
    cast: builders.Cast, receiver: Receiver, there_is_one: bool
) -> None:
    if there_is_one:
        hook_of(cast, receiver.url, ("reminder.due",))
        with viewing_as(cast.olive):
            Webhook.objects.update(since="2026-01-01T00:00:00Z", told_until="2026-01-01T00:00:00Z")
    request, _deadline = request_with_clock(cast, due_on=today() - dt.timedelta(days=2))
    assign(request, cast.olive)
    plan(cast, request)
    with viewing_as(cast.olive):
        Reminder.objects.filter(request=request).update(channel="webhook")
    sweep()
    [row] = reminders()
    assert (row.state, row.outcome) == (
        ("sent", "given to the webhooks") if there_is_one else ("skipped", "there is no webhook")
    )
    assert journal(row) == ["accepted" if there_is_one else "skipped"]
    assert len(receiver.heard) == there_is_one

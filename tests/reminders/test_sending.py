"""Claim, last look, hand over, mark: against real mail servers on loopback that answer as told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from requests_app.actions import claims, sending
from requests_app.actions.reminder_policy import STANDARD_TIMING
from requests_app.models import Membership, Person, Reminder, SendingHold
from requests_app.models.visibility import SCHEDULE, organisation_viewer, viewing, viewing_as
from tests import builders

from .scene import (
    Sink,
    as_house,
    assign,
    journal,
    move,
    plan,
    request_with_clock,
    rows,
    serving,
    states,
    today,
)

pytestmark = pytest.mark.django_db(databases=["default", "direct"])

IMPATIENT = replace(STANDARD_TIMING, send_again_after=dt.timedelta(0), oracle_patience=dt.timedelta(0))


@pytest.fixture
def lapsed(cast: builders.Cast) -> Any:
    """A clock of the agency that ended two days ago, to be told to Olive."""
    request, deadline = request_with_clock(cast, due_on=today() - dt.timedelta(days=2))
    assign(request, cast.olive)
    plan(cast, request)
    return deadline


def wait_is_over(**filters: Any) -> None:
    """Time passes by moving the row's date back, never the clock."""
    with viewing(SCHEDULE):
        Reminder.objects.filter(**filters).update(next_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1))


def sweep(oracle: Any = None, **given: Any) -> sending.Swept:
    return sending.sweep(oracle=oracle, **given)


def minutes_away(row: Reminder) -> int:
    return round((row.next_at - dt.datetime.now(dt.UTC)).total_seconds() / 60)


# What goes out -------------------------------------------------------------------------------------------------


def test_a_due_reminder_goes_out_once_and_is_marked(
    cast: builders.Cast, lapsed: Any, mail_server: Any
) -> None:
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sweep().sent == 1
        assert sweep() == sending.Swept()
    row = rows()[0]
    assert (row.state, row.outcome, row.owner_key, row.attempts) == ("sent", "accepted", None, 1)
    assert row.sent_at is not None
    assert journal(row) == ["claimed", "handed over", "accepted"]
    (mail,) = sink.taken
    assert mail["To"] == cast.olive.email
    assert mail["Message-ID"] == f"<{row.message_id}>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "Reminders <reminders.localhost.localdomain>"
    assert mail["Subject"].startswith("Sample: Lapsed on ")


def test_the_mail_holds_dates_and_a_link_and_no_word_of_ours(cast: builders.Cast, mail_server: Any) -> None:
    request, _ = request_with_clock(
        cast, request_fields={"canary": "CANARY", "public_title": "TITLE"},
        due_on=today() - dt.timedelta(days=2),
    )  # fmt: skip
    assign(request, cast.olive)
    plan(cast, request)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        sweep()
    raw = sink.taken[0].as_string()
    text = sink.taken[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    html = sink.taken[0].get_body(("html",)).get_content()  # type: ignore[union-attr]
    for body in (text, html):
        assert f"/requests/{request.public_id}/" in body
        assert f"{today() - dt.timedelta(days=2):%A, %B}" in body
    assert "CANARY" not in raw
    assert "TITLE" not in raw


def test_what_is_not_due_stays(cast: builders.Cast, mail_server: Any) -> None:
    request, _ = request_with_clock(cast, due_on=today() + dt.timedelta(days=3))
    plan(cast, request)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sweep() == sending.Swept()
    assert states() == {"planned": 2}


def test_stages_that_wait_together_are_told_once_as_the_latest(cast: builders.Cast, mail_server: Any) -> None:
    request, _ = request_with_clock(cast, due_on=today() + dt.timedelta(days=1), owner="requester")
    assign(request, cast.olive)
    with as_house(cast.harbor):
        from requests_app.actions import reminders

        month_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=20)
        reminders.plan_for_requests([request.pk], now=month_ago, hurry=False)
    wait_is_over(offset_days__gte=1)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        done = sweep()
    assert (done.sent, done.skipped) == (1, 3)
    assert "1 day left" in str(sink.taken[0]["Subject"])
    assert {r.offset_days: r.state for r in rows()} == {
        14: "skipped", 7: "skipped", 3: "skipped", 1: "sent", 0: "planned",
    }  # fmt: skip


def test_a_missed_last_day_is_still_told_and_says_so(cast: builders.Cast, mail_server: Any) -> None:
    request, _ = request_with_clock(cast, due_on=today() - dt.timedelta(days=1), owner="requester")
    assign(request, cast.olive)
    with as_house(cast.harbor):
        from requests_app.actions import reminders

        before = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)
        reminders.plan_for_requests([request.pk], now=before, hurry=False)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sweep().sent == 1
    assert "Our last day was" in str(sink.taken[0]["Subject"])


def test_a_moved_date_is_told_with_old_new_and_why(
    cast: builders.Cast, lapsed: Any, mail_server: Any
) -> None:
    with serving(Sink()) as sink:
        mail_server(sink.port)
        sweep()
        with viewing(SCHEDULE):
            Reminder.objects.update(handed_over_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5))
        with as_house(cast.harbor):
            builders.event(lapsed.request, "extension_noticed", received_on=today() - dt.timedelta(days=3))
        move(lapsed, today() + dt.timedelta(days=5))
        plan(cast, lapsed.request)
        assert sweep().sent == 1
    text = sink.taken[1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "A date moved to" in str(sink.taken[1]["Subject"])
    for on in (today() - dt.timedelta(days=2), today() + dt.timedelta(days=5)):
        assert f"{on:%A, %B} {on.day}, {on.year}" in text
    assert "Extension noticed, " in text


# The last look ---------------------------------------------------------------------------------------------------


def test_a_recipient_removed_while_claimed_gets_nothing(
    cast: builders.Cast, lapsed: Any, mail_server: Any
) -> None:
    def removed(step: str) -> None:
        if step == "connected":
            with viewing_as(cast.edgar), viewing(organisation_viewer(cast.harbor.pk)):
                Membership.objects.filter(person=cast.olive).update(ended_at=dt.datetime.now(dt.UTC))

    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sweep(watch=removed).skipped == 1
    assert sink.taken == []
    assert [(r.state, r.outcome) for r in rows()] == [("skipped", "the recipient is no longer a member")]


@pytest.mark.parametrize(
    ("to", "changes", "why"),
    [
        (5, {}, "the date moved to "),
        (-2, {"met_on": dt.date(2026, 1, 5)}, "met on 2026-01-05"),
        (-2, {"ended_on": dt.date(2026, 1, 5)}, "ended on 2026-01-05"),
        (None, {}, "the clock no longer stands"),
    ],
)
def test_a_deadline_that_moved_while_claimed_is_not_told(
    cast: builders.Cast, lapsed: Any, mail_server: Any, to: int | None, changes: dict[str, Any], why: str
) -> None:
    def moved(step: str) -> None:
        if step == "connected":
            move(lapsed, None if to is None else today() + dt.timedelta(days=to), **changes)

    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sweep(watch=moved).skipped == 1
    assert sink.taken == []
    row = rows()[0]
    assert row.state == "skipped"
    assert row.outcome.startswith(why)


def test_a_row_cancelled_while_claimed_is_not_told(
    cast: builders.Cast, lapsed: Any, mail_server: Any
) -> None:
    def moved(step: str) -> None:
        if step == "connected":
            move(lapsed, today() + dt.timedelta(days=5))
            plan(cast, lapsed.request)

    with serving(Sink()) as sink:
        mail_server(sink.port)
        sweep(watch=moved)
    assert sink.taken == []
    assert sorted(r.state for r in rows()) == ["cancelled", "planned"]


def test_a_closed_account_gets_nothing(cast: builders.Cast, lapsed: Any, mail_server: Any) -> None:
    Person.objects.filter(pk=cast.olive.pk).update(is_active=False)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sweep().skipped == 1
    assert sink.taken == []


def test_while_a_hold_stands_nothing_goes_out(cast: builders.Cast, lapsed: Any, mail_server: Any) -> None:
    hold = SendingHold.objects.create(reason="restored from a backup")
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sweep().held
        assert states() == {"planned": 1}
        SendingHold.objects.filter(pk=hold.pk).update(released_at=dt.datetime.now(dt.UTC))

        def hold_again(step: str) -> None:
            if step == "connected":
                SendingHold.objects.create(reason="again")

        sweep(watch=hold_again)
    assert sink.taken == []
    assert states() == {"planned": 1}


def test_one_poisoned_row_does_not_stop_the_others(
    cast: builders.Cast, lapsed: Any, mail_server: Any
) -> None:
    poisoned, _ = request_with_clock(
        cast, request_fields={"zone": "Atlantis/Sunken"}, due_on=today() - dt.timedelta(days=3)
    )
    assign(poisoned, cast.olive)
    plan(cast, poisoned)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        done = sweep()
        assert (done.sent, done.later) == (1, 1)
        for _ in range(4):
            wait_is_over(request=poisoned)
            done = sweep()
    assert done.failed == 1
    assert rows(request=poisoned)[0].outcome == "given up: later: not written: ZoneInfoNotFoundError"


def test_a_row_that_kills_its_workers_lets_the_others_go_first(
    cast: builders.Cast, lapsed: Any, mail_server: Any
) -> None:
    harmless, _ = request_with_clock(cast, due_on=today() - dt.timedelta(days=2))
    assign(harmless, cast.olive)
    plan(cast, harmless)
    killer = rows(request=lapsed.request)[0]
    waits = []
    for deaths in (1, 2, 3, 4, 5):
        with viewing(SCHEDULE):
            Reminder.objects.filter(pk=killer.pk).update(state="claimed", owner_key=deaths, attempts=deaths)
        claims.REMINDERS.rescue(STANDARD_TIMING)
        waits.append(minutes_away(rows(pk=killer.pk)[0]))
    assert [wait for wait in waits if wait > 0] == [1, 5, 15]
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sweep().sent == 1
    assert rows(request=harmless)[0].state == "sent"
    with viewing(SCHEDULE):
        Reminder.objects.filter(pk=killer.pk).update(state="claimed", owner_key=1, attempts=125)
    claims.REMINDERS.rescue(STANDARD_TIMING)
    assert [(r.state, r.outcome) for r in rows(pk=killer.pk)] == [("failed", "its sender died 125 times")]


def test_a_name_with_a_line_break_writes_no_header(
    cast: builders.Cast, lapsed: Any, mail_server: Any
) -> None:
    type(cast.agency).objects.filter(pk=cast.agency.pk).update(name="Office\r\nBcc: eve@evil.example")
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sweep().sent == 1
    assert sink.taken[0]["Bcc"] is None


def test_rows_over_the_limit_wait_for_the_next_sweep(cast: builders.Cast, mail_server: Any) -> None:
    for _ in range(3):
        request, _ = request_with_clock(cast, due_on=today() - dt.timedelta(days=2))
        assign(request, cast.olive)
        plan(cast, request)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sweep(limit=2).sent == 2
        assert states() == {"sent": 2, "planned": 1}


def test_without_a_mail_server_the_local_backend_takes_it(
    cast: builders.Cast, lapsed: Any, mailoutbox: Any
) -> None:
    assert sweep().sent == 1
    assert [m.to for m in mailoutbox] == [[cast.olive.email]]

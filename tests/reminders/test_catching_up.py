"""Much at once comes in one mail: every reminder in exactly one, and no last day of a window of ours is ever in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from requests_app.actions import digests, sending
from requests_app.actions.reminder_policy import STANDARD_TIMING
from requests_app.models import Digest, Person, RecordsRequest, Reminder
from requests_app.models.visibility import SCHEDULE, organisation_viewer, viewing
from requests_app.notices import digesting
from tests import builders

from .scene import Sink, as_house, assign, journal, move, plan, request_with_clock, rows, serving, today

pytestmark = pytest.mark.django_db(databases=["default", "direct"])

IMPATIENT = replace(STANDARD_TIMING, send_again_after=dt.timedelta(0), oracle_patience=dt.timedelta(0))


@pytest.fixture
def due(cast: builders.Cast) -> Callable[..., list[Any]]:
    """Lapsed clocks of the agency, to be told to somebody; unless told otherwise to Olive."""

    def make(count: int, to: Person | None = None, **clock: Any) -> list[Any]:
        made = [
            request_with_clock(cast, **{"due_on": today() - dt.timedelta(days=2), **clock})
            for _ in range(count)
        ]
        for request, _ in made:
            assign(request, to or cast.olive)
        plan(cast, *(request for request, _ in made))
        return [deadline for _, deadline in made]

    return make


def all_digests() -> list[Digest]:
    with viewing(SCHEDULE):
        return list(Digest.objects.order_by("id"))


def wait_is_over(**filters: Any) -> None:
    with viewing(SCHEDULE):
        for model in (Digest, Reminder) if not filters else (Reminder,):
            due = model.objects.filter(state="planned", **filters)
            due.update(next_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1))


def told_in(mail: Any) -> set[str]:
    """The public ids of the requests that a mail links."""
    text = mail.get_body(("plain",)).get_content()
    return {line.strip().rstrip("/").rpartition("/")[2] for line in text.splitlines() if "/requests/" in line}


def test_twenty_come_one_by_one(cast: builders.Cast, due: Any, mail_server: Any) -> None:
    due(20)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None).sent == 20
    assert len(sink.taken) == 20
    assert all_digests() == []


def test_twenty_one_come_in_one_mail_and_each_row_says_so(
    cast: builders.Cast, due: Any, mail_server: Any
) -> None:
    due(21)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None).sent == 1
        assert sending.sweep(oracle=None) == sending.Swept()
    (mail,) = sink.taken
    (digest,) = all_digests()
    assert mail["Subject"] == "Sample: 21 lapsed: Harbor Rights Clinic"
    assert mail["Message-ID"] == f"<{digest.message_id}>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] == "bulk"
    assert mail["List-Id"] == "Digests <digests.localhost.localdomain>"
    with as_house(cast.harbor):
        assert told_in(mail) == set(RecordsRequest.objects.values_list("public_id", flat=True))
    assert {(r.state, r.outcome, r.digest_id, r.sent_at) for r in rows()} == {
        ("sent", "in a digest: accepted", digest.pk, digest.sent_at)
    }
    assert (digest.period, digest.riders, digest.state) == ("catch_up", 21, "sent")
    assert journal(rows()[0]) == ["in a digest"]


def test_two_people_and_two_organizations_are_counted_apart(
    cast: builders.Cast, due: Any, mail_server: Any
) -> None:
    due(15)
    due(15, cast.edgar)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None).sent == 30


def test_the_last_day_of_our_own_window_is_never_in_it(
    cast: builders.Cast, due: Any, mail_server: Any
) -> None:
    due(25)
    (last,) = due(1, owner="requester", due_on=today(), name="Appeal")
    (soon,) = due(1, owner="requester", due_on=today() + dt.timedelta(days=7), name="Appeal")
    wait_is_over(deadline=last)
    wait_is_over(deadline=soon, offset_days=7)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        sending.sweep(oracle=None)
    subjects = sorted(str(m["Subject"]) for m in sink.taken)
    assert subjects[1].startswith("Sample: Last day today")
    assert "25 lapsed, 1 window closes this week" in subjects[0]
    assert len(sink.taken) == 2
    (digest,) = all_digests()
    assert rows(deadline=last)[-1].digest_id is None
    assert {r.digest_id for r in rows(deadline=soon, state="sent")} == {digest.pk}


def test_without_a_gathering_only_the_last_day_leaves(
    cast: builders.Cast, due: Any, mail_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    due(3)
    due(1, owner="requester", due_on=today())
    wait_is_over()
    # Another sweep has the organization in hand, and dies with it in hand.
    monkeypatch.setattr(digests, "_gather", lambda *given: None)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None).sent == 1
        assert "Last day" in str(sink.taken[0]["Subject"])
        monkeypatch.undo()
        assert sending.sweep(oracle=None).sent == 3


def test_what_waited_alone_while_the_mail_server_was_away_comes_together(
    cast: builders.Cast, due: Any, mail_server: Any
) -> None:
    from .scene import free_port

    mail_server(free_port())
    for _ in range(3):
        due(8)
        assert sending.sweep(oracle=None).down
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None).sent == 1
    assert {r.state for r in rows()} == {"sent"}
    assert all_digests()[0].riders == 24


def test_more_than_one_mail_can_hold_comes_in_several(
    cast: builders.Cast, due: Any, mail_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "MOST_RIDERS", 10)
    due(25)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None).sent == 3
    told = [told_in(mail) for mail in sink.taken]
    assert sorted(map(len, told)) == [5, 10, 10]
    assert len(set().union(*told)) == 25


def test_what_is_no_longer_true_is_left_out_and_the_rest_is_told(
    cast: builders.Cast, due: Any, mail_server: Any
) -> None:
    lapsed = due(22)
    digests.gather()
    with as_house(cast.harbor):
        builders.Deadline.objects.filter(pk=lapsed[0].pk).update(superseded_at=dt.datetime.now(dt.UTC))
    plan(cast, lapsed[0].request)
    move(lapsed[1], today() + dt.timedelta(days=20))
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None).sent == 1
    (mail,) = sink.taken
    assert len(told_in(mail)) == 20
    left_out = {r.state: r.outcome for r in rows() if r.state not in ("sent", "planned")}
    assert left_out["cancelled"] == "the clock no longer stands"
    assert left_out["skipped"].startswith("the date moved to")
    assert all_digests()[0].riders == 20


def test_a_digest_of_nothing_true_is_skipped(cast: builders.Cast, due: Any, mail_server: Any) -> None:
    due(21)
    digests.gather()
    Person.objects.filter(pk=cast.olive.pk).update(is_active=False)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None).skipped == 1
        assert sending.sweep(oracle=None) == sending.Swept()
    assert sink.taken == []
    assert {(r.state, r.outcome) for r in rows()} == {("skipped", "the recipient's account is closed")}
    assert [d.outcome for d in all_digests()] == ["nothing in it stands any more"]


def test_a_poisoned_rider_stops_neither_the_digest_nor_itself_for_ever(
    cast: builders.Cast, due: Any, mail_server: Any
) -> None:
    due(21)
    poisoned, _ = request_with_clock(
        cast, request_fields={"zone": "Atlantis/Sunken"}, due_on=today() - dt.timedelta(days=3)
    )
    assign(poisoned, cast.olive)
    plan(cast, poisoned)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None).sent == 1
        for _ in range(4):
            wait_is_over()
            done = sending.sweep(oracle=None)
    assert done.failed == 1
    (row,) = rows(request=poisoned)
    assert (row.state, row.digest_id) == ("failed", None)


# What a mail server says -------------------------------------------------------------------------------------------


def test_a_bounced_digest_tells_the_owners_what_was_in_it(
    cast: builders.Cast, due: Any, mail_server: Any
) -> None:
    due(21, cast.edgar)
    nobody = lambda address: "550 nobody here" if address == cast.edgar.email else None  # noqa: E731
    with serving(Sink(rcpt=nobody)) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None).failed == 1
        assert sending.sweep(oracle=None).sent == 1
        assert sending.sweep(oracle=None) == sending.Swept()
    assert sink.to == [cast.olive.email]
    assert len(told_in(sink.taken[0])) == 21
    assert {(r.state, r.outcome) for r in rows(recipient=cast.edgar)} == {
        ("failed", "in a digest: bounced: 550 nobody here")
    }


def test_a_digest_refused_for_itself_frees_its_reminders(
    cast: builders.Cast, due: Any, mail_server: Any
) -> None:
    due(21)
    with serving(Sink(answers=["554 too much of it"] * 5)) as sink:
        mail_server(sink.port)
        for _ in range(5):
            sending.sweep(oracle=None)
            with viewing(SCHEDULE):
                Digest.objects.filter(state="planned").update(next_at=dt.datetime.now(dt.UTC))
        done = sending.sweep(oracle=None)
    assert all_digests()[0].state == "failed"
    assert {r.state for r in rows()} == {"sent"}, done
    assert len(set().union(*map(told_in, sink.taken))) == 21


def test_a_451_leaves_its_riders_unsaid_and_free_to_be_cancelled(
    cast: builders.Cast, due: Any, mail_server: Any
) -> None:
    lapsed = due(21)
    with serving(Sink(answers=["451 later"])) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None).later == 1
        assert {(r.state, r.handed_over_at) for r in rows()} == {("planned", None)}
        with viewing(organisation_viewer(cast.harbor.pk)):
            builders.Deadline.objects.filter(pk=lapsed[0].pk).update(superseded_at=dt.datetime.now(dt.UTC))
        plan(cast, lapsed[0].request)
        wait_is_over()
        assert sending.sweep(oracle=None).sent == 1
    assert len(told_in(sink.taken[0])) == 20


def test_a_correction_in_a_digest_names_the_old_date_though_the_new_one_rides_beside_it(
    cast: builders.Cast, due: Any, mail_server: Any
) -> None:
    due(20)
    (lapsed,) = due(1)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None).sent == 1
        move(lapsed, today() - dt.timedelta(days=1))
        plan(cast, lapsed.request)
        due(21)
        assert sending.sweep(oracle=None).sent == 1
    text = sink.taken[1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Dates that moved" in text
    assert f"It was {lapsed.due_on:%A, %B} {lapsed.due_on.day}, {lapsed.due_on.year} before." in text


def test_the_health_of_the_schedule_waits_for_the_digest_not_for_its_riders(
    cast: builders.Cast, due: Any
) -> None:
    from requests_app.queries import health

    due(21)
    digests.gather()
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(hours=2)
    with viewing(SCHEDULE):
        Reminder.objects.update(next_at=long_ago, created_at=long_ago)
        Digest.objects.update(next_at=dt.datetime.now(dt.UTC) + dt.timedelta(hours=3))
    assert health.schedule_health().late_since is None
    with viewing(SCHEDULE):
        Digest.objects.update(next_at=long_ago, created_at=long_ago)
    assert health.schedule_health().late_since == long_ago


# Deciding ----------------------------------------------------------------------------------------------------------


def row(number: int, **fields: Any) -> digesting.Row:
    defaults: dict[str, Any] = {
        "next_at": dt.datetime(2026, 3, 10, 13, tzinfo=dt.UTC), "kind": "lapsed", "offset_days": -1,
        "due_on": dt.date(2026, 3, 9), "ours": False, "zone": "America/Chicago",
    }  # fmt: skip
    return digesting.Row(number, **{**defaults, **fields})


NOW = dt.datetime(2026, 3, 10, 14, tzinfo=dt.UTC)


def places(rows: list[digesting.Row], **wish: Any) -> digesting.Places:
    closed = wish.pop("closed", frozenset())
    return digesting.places_of(
        rows, digesting.Wish(**wish), "America/Chicago", wish.pop("now", NOW), closed=closed
    )


def test_an_open_catching_up_takes_in_what_comes_after_it() -> None:
    found = digesting.places_of([row(1)], digesting.Wish(), "America/Chicago", NOW, open_catch_up=True)
    assert found.alone == ()
    assert [(period, ids) for period, _, ids in found.riding] == [("catch_up", (1,))]


def test_what_was_tried_alone_stays_alone() -> None:
    tried = [row(n, fresh=False) for n in range(30)]
    assert places(tried).riding == ()


@pytest.mark.parametrize("period", ["daily", "weekly"])
def test_a_daily_or_weekly_digest_takes_one_as_well_as_many(period: str) -> None:
    found = places([row(1)], period=period, at=dt.time(17), weekday=2)
    assert found.alone == ()
    ((_, slot, ids),) = found.riding
    assert ids == (1,)
    assert slot.on == (dt.date(2026, 3, 10) if period == "daily" else dt.date(2026, 3, 11))


@pytest.mark.parametrize(
    ("due_on", "rides"),
    [(dt.date(2026, 3, 12), True), (dt.date(2026, 3, 11), False), (dt.date(2026, 3, 10), False)],
)
def test_an_alarm_of_our_window_rides_only_while_the_digest_comes_before_its_date(
    due_on: dt.date, rides: bool
) -> None:
    ours = row(1, kind="closing", offset_days=3, due_on=due_on, ours=True)
    found = places([ours], period="weekly", at=dt.time(8), weekday=2)
    assert bool(found.riding) is rides


def test_a_digest_missed_by_an_outage_leaves_at_once_and_only_once() -> None:
    early = row(1, next_at=dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC))
    (first,) = places([early], period="daily", at=dt.time(8)).riding
    assert first[1].at <= NOW
    gone = frozenset({dt.date(2026, 3, 10)})
    (second,) = places([early], period="daily", at=dt.time(8), closed=gone).riding
    assert second[1].on == dt.date(2026, 3, 11)


def test_three_days_of_outage_make_one_digest_not_three() -> None:
    late = [row(n, next_at=NOW - dt.timedelta(days=n)) for n in (1, 2, 3)]
    (only,) = places(late, period="daily", at=dt.time(8)).riding
    assert only[2] == (1, 2, 3)


def test_an_escalation_waits_for_no_daily_digest() -> None:
    assert places([row(1, kind="escalated")], period="daily", at=dt.time(17)).alone == (1,)


@pytest.mark.parametrize(
    ("now", "at", "expected"),
    [
        # The night the clocks go forward: 2:30 is skipped, the digest comes at 3:30.
        (dt.datetime(2026, 3, 8, 6, tzinfo=dt.UTC), dt.time(2, 30), dt.datetime(2026, 3, 8, 8, 30, tzinfo=dt.UTC)),
        # The night they go back: 1:30 comes twice, the digest at the first.
        (dt.datetime(2026, 11, 1, 5, tzinfo=dt.UTC), dt.time(1, 30), dt.datetime(2026, 11, 1, 6, 30, tzinfo=dt.UTC)),
        # Leap day and the year's end are days like others.
        (dt.datetime(2028, 2, 28, 15, tzinfo=dt.UTC), dt.time(8), dt.datetime(2028, 2, 29, 14, tzinfo=dt.UTC)),
        (dt.datetime(2026, 12, 31, 15, tzinfo=dt.UTC), dt.time(8), dt.datetime(2027, 1, 1, 14, tzinfo=dt.UTC)),
    ],
)  # fmt: skip
def test_a_digests_hour_is_the_readers_own_through_the_year(now: Any, at: Any, expected: Any) -> None:
    _, following = digesting.slots(digesting.Wish("daily", at), "America/Chicago", now)
    assert following.at == expected


def test_a_mistyped_zone_silences_nobody() -> None:
    odd = row(1, zone="Atlantis/Sunken")
    assert digesting.places_of([odd], digesting.Wish("daily"), "Atlantis/Sunken", NOW).riding

"""The staff's page of the sending: what is late or given up, another try, the hold. Ids and times, no words of ours."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from requests_app.actions import jobs, operation
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import AuditEntry, Reminder, SendingHold
from requests_app.models.visibility import SCHEDULE, viewing, viewing_as
from requests_app.queries.operation import cause_of
from tests.builders import Cast, second_factor
from tests.reminders.scene import assign, journal, plan, request_with_clock, rows, today

from .scene import signed_in

pytestmark = pytest.mark.django_db(databases=["default", "direct"])
PAGE = "/operation/sending/"


@pytest.fixture
def lapsed(cast: Cast) -> Reminder:
    request, _ = request_with_clock(
        cast, request_fields={"canary": "canary-words"}, due_on=today() - dt.timedelta(days=2)
    )
    assign(request, cast.olive)
    plan(cast, request)
    return rows()[0]


@pytest.fixture
def omar(cast: Cast) -> Client:
    second_factor(cast.omar)
    client: Client = signed_in(cast.omar)
    return client


def change(**fields: Any) -> None:
    with viewing(SCHEDULE):
        Reminder.objects.update(**fields)


def test_the_page_is_for_staff_and_found_from_the_first_page(cast: Cast, omar: Client) -> None:
    assert PAGE in omar.get(reverse("admin:index")).content.decode()
    assert omar.get(PAGE).status_code == 200
    for person in (cast.olive, cast.noor):
        second_factor(person)
        assert signed_in(person).get(PAGE).status_code == 404


def test_a_stuck_row_is_shown_by_its_id_and_times(cast: Cast, omar: Client, lapsed: Reminder) -> None:
    long_ago = dt.datetime(2026, 3, 10, 13, 5, tzinfo=dt.UTC)
    change(next_at=long_ago, created_at=long_ago, outcome=f"later: 451 not now, {cast.olive.email}")
    page = omar.get(PAGE).content.decode()
    assert f"reminder {lapsed.pk}" in page
    assert "Mar 10, 2026, 13:05" in page
    assert "later, 451" in page
    for words in (cast.olive.email, "canary-words", cast.agency.name, "Harbor Rights", lapsed.clock_key):
        assert words not in page


def test_what_was_given_up_is_tried_again_by_a_person(cast: Cast, omar: Client, lapsed: Reminder) -> None:
    change(state="failed", attempts=125, outcome="given up: later: 451 full")
    assert "given up, later, 451" in omar.get(PAGE).content.decode()
    answer = omar.post(PAGE, {"act": "try_again", "reminder": lapsed.pk}, follow=True)
    assert f"Reminder {lapsed.pk} is due again." in answer.content.decode()
    row = rows()[0]
    assert (row.state, row.attempts, row.outcome) == ("planned", 0, "")
    assert journal(row) == ["revived"]
    with viewing_as(cast.olive):
        entry = AuditEntry.objects.get(act="reminder.tried_again")
    assert (entry.subject, entry.actor_id) == (f"reminder:{lapsed.pk}", cast.omar.pk)
    again = omar.post(PAGE, {"act": "try_again", "reminder": lapsed.pk})
    assert again.status_code == 409
    assert "not given up any more" in again.content.decode()


@pytest.mark.parametrize("given", [{"act": "try_again", "reminder": "x"}, {"act": "try_again"}, {"act": "burn"}, {}])
def test_nonsense_is_answered_with_a_sentence(omar: Client, given: dict[str, str]) -> None:
    answer = omar.post(PAGE, given)
    assert answer.status_code == 400
    assert "Choose one of the" in answer.content.decode()


def test_a_hold_is_laid_with_a_reason_and_released(cast: Cast, omar: Client) -> None:
    empty = omar.post(PAGE, {"act": "hold", "reason": "  "})
    assert empty.status_code == 400
    assert "Say why nothing may go out" in empty.content.decode()
    laid = omar.post(PAGE, {"act": "hold", "reason": "moving house"}, follow=True)
    assert "Nothing goes out until" in laid.content.decode()
    standing = SendingHold.objects.get()
    assert (standing.reason, standing.laid_by_id, standing.released_at) == ("moving house", cast.omar.pk, None)
    assert "moving house" in omar.get(PAGE).content.decode()
    assert "1 hold is released" in omar.post(PAGE, {"act": "release"}, follow=True).content.decode()
    standing.refresh_from_db()
    assert standing.released_at is not None
    assert standing.released_by_id == cast.omar.pk


def test_only_staff_may_act(cast: Cast, lapsed: Reminder) -> None:
    change(state="failed")
    for act in (
        lambda: operation.try_again(actor=cast.olive, reminder_id=lapsed.pk),
        lambda: operation.hold(actor=cast.olive, reason="mine"),
        lambda: operation.release(actor=cast.olive),
    ):
        with pytest.raises(NotYours):
            act()
    with pytest.raises(Refused, match="at most 300"):
        operation.hold(actor=cast.omar, reason="x" * 301)
    assert rows()[0].state == "failed"


def test_the_mail_circuit_and_the_jobs_are_shown_without_the_servers_words(cast: Cast, omar: Client) -> None:
    jobs.finished("reminders.sweep", {"sent": 3})
    jobs.note_mail(f"down: 535 wrong password for {cast.olive.email}", asked=True)
    page = omar.get(PAGE).content.decode()
    assert "The mail server takes nothing (down, 535)" in page
    assert "reminders.sweep" in page
    assert cast.olive.email not in page


@pytest.mark.parametrize(
    ("outcome", "cause"),
    [
        ("bounced: 550 nobody@example.org", "bounced, 550"),
        ("given up: refused: 554 no", "given up, refused, 554"),
        ("given up: later: not written: KeyError", "given up, later"),
        ("its sender died 125 times", "its sender died 125 times"),
        ("Ms. Nobody's letter", ""),
        ("", ""),
    ],
)
def test_a_cause_is_how_it_came_and_a_code(outcome: str, cause: str) -> None:
    assert cause_of(outcome) == cause


def test_owners_are_told_that_reminders_are_late_and_nobody_else_is(cast: Cast, lapsed: Reminder) -> None:
    def says(person: Any) -> str:
        return str(signed_in(person).get("/today/").content.decode())

    assert "Reminders are late" not in says(cast.olive)
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=11)
    change(next_at=long_ago, created_at=long_ago)
    second_factor(cast.olive)
    assert "Reminders are late" in says(cast.olive)
    assert "Reminders are late" not in says(cast.edgar)
    assert "Reminders are late" not in says(cast.ravi)
    SendingHold.objects.create(reason="words of ours")
    held = says(cast.olive)
    assert "has put sending on hold" in held and "words of ours" not in held

"""The page of the day: what is to do, the first to end first, and nothing of anybody else's."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from requests_app.models import Person, RecordsRequest, RequestPrivate
from requests_app.models.visibility import viewing_as
from requests_app.queries.today import Desk, load
from tests import builders

from .conftest import DAY, NOW, signed_in

pytestmark = pytest.mark.django_db


def filed(cast: builders.Cast, title: str = "Sharing lists", **fields: Any) -> RecordsRequest:
    return builders.bare_request(cast.olive, cast.harbor, cast.agency, public_title=title, **fields)


def desk(cast: builders.Cast, person: Person | None = None, mine: Person | None = None) -> Desk:
    with viewing_as(person or cast.olive) as viewer:
        return load(viewer, cast.harbor.pk, now=NOW, day=DAY, person_id=mine.pk if mine else None)


def window(cast: builders.Cast, of: RecordsRequest, due: dt.date, **fields: Any) -> None:
    with viewing_as(cast.olive):
        clock = fields.pop("clock", {"owes": "filing", "remedy": "appeal"})
        builders.deadline(of, owner="requester", name="Appeal", due_on=due, clock=clock, **fields)


def test_the_window_that_ends_first_stands_first(cast: builders.Cast) -> None:
    later, sooner = filed(cast, "Later"), filed(cast, "Sooner")
    window(cast, later, dt.date(2026, 3, 20))
    window(cast, sooner, dt.date(2026, 3, 12))
    assert [row.title for row in desk(cast).groups["closing"]] == ["Sooner", "Later"]


def test_a_window_beyond_a_month_is_not_on_the_desk_and_one_that_closed_is_told_for_two_weeks(
    cast: builders.Cast,
) -> None:
    far, gone, long_gone = filed(cast, "Far"), filed(cast, "Gone"), filed(cast, "Long gone")
    window(cast, far, dt.date(2026, 4, 20))
    window(cast, gone, dt.date(2026, 3, 4))
    window(cast, long_gone, dt.date(2026, 2, 4), opens_on=dt.date(2026, 1, 4))
    found = desk(cast).groups
    assert found["closing"] == []
    assert [row.title for row in found["closed"]] == ["Gone"]


def test_due_today_is_not_late_and_tomorrow_it_is_without_any_write(cast: builders.Cast) -> None:
    due = filed(cast)
    with viewing_as(cast.olive):
        builders.deadline(due, due_on=DAY)
        builders.span(due, until_on=dt.date(2026, 3, 11))
        builders.span(due, from_on=dt.date(2026, 3, 11), late=True, late_since=dt.date(2026, 3, 11))
    assert [len(desk(cast).groups[name]) for name in ("today", "late")] == [1, 0]
    with viewing_as(cast.olive) as viewer:
        after = load(viewer, cast.harbor.pk, now=NOW + dt.timedelta(days=1), day=DAY + dt.timedelta(days=1))
    assert [len(after.groups[name]) for name in ("today", "late")] == [0, 1]


def test_two_clocks_of_one_request_are_one_thing_to_do(cast: builders.Cast) -> None:
    late = filed(cast)
    with viewing_as(cast.olive):
        builders.span(late, late=True, late_since=dt.date(2026, 3, 5))
        builders.deadline(late, name="Acknowledge", due_on=dt.date(2026, 3, 4))
        builders.deadline(late, name="Decide", due_on=dt.date(2026, 3, 9))
    (row,) = desk(cast).groups["late"]
    assert (row.name, row.also) == ("Acknowledge", (("Decide", dt.date(2026, 3, 9)),))


def test_what_is_met_ended_or_superseded_asks_for_nothing(cast: builders.Cast) -> None:
    done = filed(cast)
    for fields in (
        {"met_on": dt.date(2026, 3, 9)},
        {"ended_on": dt.date(2026, 3, 9)},
        {"superseded_at": NOW},
    ):
        window(cast, done, dt.date(2026, 3, 12), **fields)
    assert desk(cast).rows == 0


def test_a_question_waits_until_it_is_answered_and_again_when_the_answer_is_taken_back(
    cast: builders.Cast,
) -> None:
    asked = filed(cast)
    with viewing_as(cast.olive):
        builders.event(asked, "clarification_asked", received_on=dt.date(2026, 3, 4))
    assert [row.kind for row in desk(cast).groups["owed"]] == ["clarification_asked"]
    with viewing_as(cast.olive):
        answer = builders.event(asked, "clarification_answered", sent_on=dt.date(2026, 3, 6))
    assert desk(cast).groups["owed"] == []
    with viewing_as(cast.olive):
        builders.event(asked, "retracted", retracts=answer)
    assert [row.kind for row in desk(cast).groups["owed"]] == ["clarification_asked"]


def test_mine_is_what_i_answer_for_or_step_in_for(cast: builders.Cast) -> None:
    first, second, other = filed(cast, "First"), filed(cast, "Second"), filed(cast, "Other")
    for one in (first, second, other):
        window(cast, one, dt.date(2026, 3, 12))
    with viewing_as(cast.olive):
        RequestPrivate.objects.filter(pk=first.pk).update(assignee=cast.edgar)
        RequestPrivate.objects.filter(pk=second.pk).update(assignee=cast.olive, backup=cast.edgar)
    assert {row.title for row in desk(cast, mine=cast.edgar).groups["closing"]} == {"First", "Second"}


def test_a_stranger_who_asks_for_our_desk_finds_it_empty(cast: builders.Cast) -> None:
    ours = filed(cast)
    window(cast, ours, dt.date(2026, 3, 12))
    builders.publish(cast.olive, ours)
    found = desk(cast, person=cast.ravi)
    assert (found.rows, found.marks, found.any_request) == (0, [], False)


def test_the_page_costs_no_more_for_many_requests_and_each_number_leads_to_its_rows(
    cast: builders.Cast, as_of: None, django_assert_max_num_queries: Any
) -> None:
    for n in range(12):
        window(cast, filed(cast, f"Request {n}"), dt.date(2026, 3, 12) + dt.timedelta(days=n))
    client = signed_in(cast.edgar)
    with django_assert_max_num_queries(15):
        page = client.get(reverse("today")).content.decode()
    assert "12 dates of ours fall in the next 30 days" in page
    assert page.count("data-act=") == 8
    whole = client.get(reverse("today") + "?show=closing").content.decode()
    assert whole.count("data-act=") == 12


def test_a_viewer_is_offered_the_page_and_not_the_act(cast: builders.Cast, as_of: None) -> None:
    one = filed(cast)
    window(cast, one, dt.date(2026, 3, 12))
    assert "/remedies/" in signed_in(cast.edgar).get(reverse("today")).content.decode()
    assert f'href="/requests/{one.public_id}/remedies/' not in (
        signed_in(cast.vera).get(reverse("today")).content.decode()
    )


def test_after_signing_in_a_member_lands_on_today(cast: builders.Cast, settings: Any) -> None:
    assert reverse("today") == settings.LOGIN_REDIRECT_URL
    answer = Client().get(reverse("today"))
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_an_empty_desk_teaches_what_will_stand_there(cast: builders.Cast, as_of: None) -> None:
    assert "File a request" in signed_in(cast.olive).get(reverse("today")).content.decode()
    assert "You belong to no organization yet" in signed_in(cast.noor).get(reverse("today")).content.decode()


@pytest.mark.parametrize("asked", ["?show=nonsense", "?show=late&page=999", "?who=%00", "?show=%F0%9F%98%80"])
def test_an_address_that_asks_for_nonsense_shows_the_day(
    cast: builders.Cast, as_of: None, asked: str
) -> None:
    assert signed_in(cast.olive).get(reverse("today") + asked).status_code == 200

"""A calendar program fetches: dates move under one name, went-away dates are told, and nothing opens to a stranger."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_app.actions.feeds import digest_of
from requests_app.actions.organisations import end_membership
from requests_app.models import (
    CalendarFeed,
    Campaign,
    Deadline,
    Membership,
    Person,
    RecordsRequest,
    RequestPrivate,
    SavedView,
)
from requests_app.models.visibility import look_by_feed, organisation_viewer, viewing, viewing_as
from tests import builders
from tests.reminders.scene import move, request_with_clock, today

from .conftest import events, feed_of, fetch

pytestmark = pytest.mark.django_db
TITLE = "Sample: Agency: last day to answer: Sangamon Bend Fusion Center"


def soon(days: int = 10) -> dt.date:
    return today() + dt.timedelta(days=days)


def test_a_due_day_is_a_whole_day_under_a_short_title(cast: builders.Cast) -> None:
    request, _deadline = request_with_clock(cast, due_on=soon())
    _feed, secret = feed_of(cast.vera, cast.harbor)
    answer = fetch(secret)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    [(title, one)] = events(secret).items()
    assert title == TITLE
    assert one.decoded("DTSTART") == soon()
    assert one.decoded("DTEND") == soon(11)
    assert "DTSTART;VALUE=DATE:" in answer.content.decode()
    assert one["SEQUENCE"] == 0
    assert one["STATUS"] == "CONFIRMED"
    assert request.public_id in one["UID"]
    assert one["URL"].endswith(reverse("request", args=[request.public_id]))
    assert "Sharing lists" in one["DESCRIPTION"]
    assert "working" not in answer.content.decode()


def test_our_own_window_says_that_it_is_ours_and_goes_by_the_earlier_reading(cast: builders.Cast) -> None:
    request_with_clock(
        cast, owner="requester", name="Appeal inside the agency", due_on=soon(), latest_on=soon(14),
        request_fields={"is_sample": False},
    )  # fmt: skip
    [(title, one)] = events(feed_of(cast.vera, cast.harbor)[1]).items()
    assert title == "Ours: last day to appeal inside the agency: Sangamon Bend Fusion Center"
    assert one.decoded("DTSTART") == soon()
    assert "Go by the earlier" in one["DESCRIPTION"]


def test_a_date_that_moves_keeps_its_name_and_raises_its_number(cast: builders.Cast) -> None:
    _request, deadline = request_with_clock(cast, due_on=soon())
    _feed, secret = feed_of(cast.vera, cast.harbor)
    before = events(secret)[TITLE]
    moved = move(deadline, soon(20))
    assert moved is not None
    after = events(secret)[TITLE]
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after.decoded("DTSTART") == soon(20)
    assert after.decoded("LAST-MODIFIED") >= before.decoded("LAST-MODIFIED")
    # The same day told anew, by another reading of the ledger, is no move.
    move(moved, soon(20))
    assert events(secret)[TITLE]["SEQUENCE"] == 1


def test_a_date_that_went_away_is_cancelled_and_comes_back_higher(cast: builders.Cast) -> None:
    _request, deadline = request_with_clock(cast, due_on=soon())
    _feed, secret = feed_of(cast.vera, cast.harbor)
    uid = events(secret)[TITLE]["UID"]
    assert move(deadline, None) is None
    [(title, one)] = events(secret).items()
    assert title == TITLE.replace("Sample: ", "Sample: No longer: ")
    assert (one["STATUS"], one["UID"], one["SEQUENCE"]) == ("CANCELLED", uid, 1)
    with viewing(organisation_viewer(cast.harbor.pk)):
        hour = dt.timedelta(hours=1)
        Deadline.objects.filter(pk=deadline.pk).update(superseded_at=dt.datetime.now(dt.UTC) - hour)
        builders.deadline(deadline.request, clock_key=deadline.clock_key, due_on=soon(30))
    back = events(secret)[TITLE]
    assert (back["STATUS"], back["UID"]) == ("CONFIRMED", uid)
    assert back["SEQUENCE"] == 2


def test_a_date_that_was_met_is_cancelled_for_sixty_days(cast: builders.Cast) -> None:
    _request, deadline = request_with_clock(cast, due_on=soon(-5), met_on=soon(-6))
    _feed, secret = feed_of(cast.vera, cast.harbor)
    [one] = events(secret).values()
    assert (one["STATUS"], one["SEQUENCE"]) == ("CANCELLED", 1)
    with viewing(organisation_viewer(cast.harbor.pk)):
        Deadline.objects.filter(pk=deadline.pk).update(superseded_at=dt.datetime.now(dt.UTC))
        builders.deadline(deadline.request, clock_key=deadline.clock_key, due_on=soon(-65), met_on=soon(-62))
    assert events(secret) == {}


def test_what_the_calendar_has_is_not_sent_again(cast: builders.Cast) -> None:
    _request, deadline = request_with_clock(cast, due_on=soon())
    _feed, secret = feed_of(cast.vera, cast.harbor)
    first = fetch(secret)
    again = fetch(secret, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert fetch(secret).content == first.content
    move(deadline, soon(11))
    moved = fetch(secret, **{"If-None-Match": first["ETag"]})
    assert moved.status_code == 200
    assert moved["ETag"] != first["ETag"]


def _assigned(cast: builders.Cast, name: str, **fields: Any) -> Any:
    request, _deadline = request_with_clock(cast, name=name, due_on=soon(), request_fields=fields)
    return request


def test_each_subject_shows_its_own_dates(cast: builders.Cast) -> None:
    ours = _assigned(cast, "Decide the appeal")
    drive = builders.campaign(cast.olive, cast.harbor)
    _assigned(cast, "Hold the hearing", campaign=drive)
    with viewing_as(cast.olive):
        RequestPrivate.objects.filter(pk=ours.pk).update(assignee=cast.vera)
        view = SavedView.objects.create(
            organisation=cast.harbor, person=cast.olive, name="Hearings", shared=True,
            query=f"campaign={drive.public_id}",
        )  # fmt: skip
        mine = SavedView.objects.create(
            organisation=cast.harbor, person=cast.olive, name="Mine", shared=True, query="assignee=me"
        )

    def titles(subject: str, **more: Any) -> list[str]:
        return [t.split(": ")[2] for t in events(feed_of(cast.vera, cast.harbor, subject, **more)[1])]

    assert sorted(titles("organisation")) == ["last day to decide the appeal", "last day to hold the hearing"]
    assert titles("person") == ["last day to decide the appeal"]
    assert titles("campaign", campaign=drive) == ["last day to hold the hearing"]
    assert titles("view", view=view) == ["last day to hold the hearing"]
    # “Me” in a shared view is whose feed it is.
    assert titles("view", view=mine) == ["last day to decide the appeal"]


def test_nothing_of_another_organization_is_in_it(cast: builders.Cast) -> None:
    _assigned(cast, "Decide the appeal")
    assert events(feed_of(cast.ravi, cast.prairie)[1]) == {}
    builders.share_with(cast.olive, _assigned(cast, "Hold the hearing"), cast.prairie, everything=True)
    assert events(feed_of(cast.ravi, cast.prairie)[1]) == {}


def _revoke(cast: builders.Cast) -> None:
    with viewing_as(cast.vera):
        CalendarFeed.objects.update(revoked_at=dt.datetime.now(dt.UTC))


def _leave(cast: builders.Cast) -> None:
    with viewing_as(cast.olive) as viewer:
        membership = Membership.objects.get(organisation=cast.harbor, person=cast.vera)
        end_membership(viewer=viewer, membership=membership, actor=cast.olive)


def _close(cast: builders.Cast) -> None:
    Person.objects.filter(pk=cast.vera.pk).update(is_active=False)


def _unshare(cast: builders.Cast) -> None:
    with viewing_as(cast.olive):
        SavedView.objects.update(shared=False)


def _give_up(cast: builders.Cast) -> None:
    with viewing_as(cast.olive):
        SavedView.objects.all().delete()


def _page(answer: Any, secret: str) -> str:
    page = answer.content.decode().replace(secret, "")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)


@pytest.mark.parametrize("end", [_revoke, _leave, _close, _unshare, _give_up])
def test_every_end_of_a_feed_is_the_same_nothing(cast: builders.Cast, end: Any) -> None:
    with viewing_as(cast.olive):
        view = SavedView.objects.create(
            organisation=cast.harbor, person=cast.olive, name="All", shared=True, query=""
        )
    _feed, secret = feed_of(cast.vera, cast.harbor, "view", view=view)
    assert fetch(secret).status_code == 200
    end(cast)
    ended, guessed = fetch(secret), fetch("A" * 43)
    assert ended.status_code == guessed.status_code == 404
    assert _page(ended, secret) == _page(guessed, "A" * 43)
    assert sorted(ended.headers.items()) == sorted(guessed.headers.items())


def test_who_comes_back_does_not_bring_old_addresses_back(cast: builders.Cast) -> None:
    _feed, secret = feed_of(cast.vera, cast.harbor)
    _leave(cast)
    with viewing_as(cast.olive):
        Membership.objects.filter(person=cast.vera).update(ended_at=None)
    assert fetch(secret).status_code == 404


def test_a_session_beside_the_address_adds_nothing(cast: builders.Cast) -> None:
    _assigned(cast, "Decide the appeal")
    client = Client()
    client.force_login(cast.olive, backend="django.contrib.auth.backends.ModelBackend")
    _feed, secret = feed_of(cast.ravi, cast.prairie)
    assert b"VEVENT" not in client.get(reverse("feed", args=[secret])).content


def test_a_feed_only_reads_and_only_its_own_organization(cast: builders.Cast) -> None:
    ours = _assigned(cast, "Decide the appeal")
    theirs = builders.bare_request(cast.ravi, cast.prairie, cast.agency)
    _feed, secret = feed_of(cast.olive, cast.harbor)
    with transaction.atomic():
        found = look_by_feed(digest_of(secret))
        assert found is not None
        assert set(RecordsRequest.objects.values_list("pk", flat=True)) == {ours.pk}
        assert RecordsRequest.objects.filter(pk=ours.pk).update(public_title="changed") == 0
        assert Campaign.objects.count() == 0
    assert theirs.pk != ours.pk


def test_the_fetch_is_noted_to_the_quarter_of_an_hour(cast: builders.Cast) -> None:
    made, secret = feed_of(cast.vera, cast.harbor)
    fetch(secret)
    with viewing_as(cast.vera):
        at = CalendarFeed.objects.get(pk=made.pk).last_fetched_at
    assert at is not None
    assert (at.minute % 15, at.second, at.microsecond) == (0, 0, 0)


def test_too_many_fetches_are_slowed_and_so_are_guesses(cast: builders.Cast, settings: Any) -> None:
    settings.FEEDS_A_MINUTE = {"one": 3, "guesses": 2}
    _feed, secret = feed_of(cast.vera, cast.harbor)
    # More than two minutes' worth, so that it does not matter when a minute begins.
    answers = [fetch(secret) for _ in range(8)]
    assert answers[0].status_code == 200
    [slowed, *_] = [one for one in answers if one.status_code == 429]
    assert slowed["Retry-After"] == "60"
    guesses = [fetch("x" * 43).status_code for _ in range(6)]
    assert guesses[0] == 404
    assert 429 in guesses


def test_the_number_of_queries_does_not_grow_with_the_dates(cast: builders.Cast) -> None:
    _assigned(cast, "Decide the appeal")
    _feed, secret = feed_of(cast.vera, cast.harbor)
    fetch(secret)
    with CaptureQueriesContext(connection) as few:
        fetch(secret)
    for _ in range(15):
        _assigned(cast, "Hold the hearing")
    with CaptureQueriesContext(connection) as many:
        fetch(secret)
    assert len(many) == len(few)
    assert len(few) <= 8


def test_the_walls_hold_when_the_queryset_asks_for_everything(cast: builders.Cast) -> None:
    """Row-level security alone: a member sees own feeds, an owner all of the organization, a stranger none."""
    feed_of(cast.vera, cast.harbor)
    feed_of(cast.olive, cast.harbor)
    feed_of(cast.ravi, cast.prairie)
    seen = {}
    for who in ("vera", "edgar", "olive", "ravi", "noor", "omar"):
        with viewing_as(getattr(cast, who)):
            seen[who] = CalendarFeed.objects.count()
    assert seen == {"vera": 1, "edgar": 0, "olive": 2, "ravi": 1, "noor": 0, "omar": 0}

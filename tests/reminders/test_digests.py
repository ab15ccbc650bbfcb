"""Daily and weekly digests at the reader's own hour, and how their reader ends them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from requests_app.actions import digest_stops, digests, sending
from requests_app.actions.refusals import Refused
from requests_app.models import AuditEntry, MailStop, Person, PersonalReminding
from requests_app.models.visibility import organisation_viewer, viewing, viewing_as
from requests_app.notices.digest_links import token_of
from tests import builders

from .scene import Sink, as_house, assign, plan, request_with_clock, rows, serving, states, today
from .test_catching_up import all_digests, told_in, wait_is_over

pytestmark = pytest.mark.django_db(databases=["default", "direct"])


def wishes(cast: builders.Cast, person: Person, **fields: Any) -> PersonalReminding:
    with viewing_as(person):
        found, _ = PersonalReminding.objects.update_or_create(
            organisation=cast.harbor, person=person, defaults={"digest": "daily", **fields}
        )
    return found


def due(cast: builders.Cast, count: int = 1, to: Person | None = None, **clock: Any) -> list[Any]:
    made = [
        request_with_clock(cast, **{"due_on": today() - dt.timedelta(days=2), **clock}) for _ in range(count)
    ]
    for request, _ in made:
        assign(request, to or cast.olive)
    plan(cast, *(request for request, _ in made))
    # What came due this minute, not at eight on a morning before the last digest.
    wait_is_over(request__in=[request.pk for request, _ in made], stage_on__lte=today(), kind="lapsed")
    return [deadline for _, deadline in made]


def in_an_hour(person: Person) -> dict[str, Any]:
    """A digest that is due soon, and the day it belongs to."""
    at = dt.datetime.now(ZoneInfo(person.zone)) + dt.timedelta(hours=1)
    return {"digest_at": at.time().replace(microsecond=0), "digest_weekday": at.weekday()}


@pytest.mark.parametrize("period", ["daily", "weekly"])
def test_what_came_due_waits_for_the_readers_hour_and_comes_in_one_mail(
    cast: builders.Cast, mail_server: Any, period: str
) -> None:
    wishes(cast, cast.olive, digest=period, **in_an_hour(cast.olive))
    due(cast, 3)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None) == sending.Swept()
        due(cast, 2)
        assert sending.sweep(oracle=None) == sending.Swept()
        (digest,) = all_digests()
        assert abs(digest.next_at - dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)) < dt.timedelta(minutes=1)
        wait_is_over()
        assert sending.sweep(oracle=None).sent == 1
        due(cast)
        assert sending.sweep(oracle=None) == sending.Swept()
    (mail,) = sink.taken
    assert str(mail["Subject"]) == "Sample: 5 lapsed: Harbor Rights Clinic"
    assert len(told_in(mail)) == 5
    first, second = all_digests()
    assert (first.state, first.riders, first.period) == ("sent", 5, period)
    assert second.period_on > first.period_on
    assert first.upto is not None


def test_our_own_last_day_and_what_would_come_too_late_go_alone_at_their_time(
    cast: builders.Cast, mail_server: Any
) -> None:
    tomorrow = today() + dt.timedelta(days=1)
    wishes(
        cast, cast.olive, digest="weekly", digest_weekday=(today().weekday() - 1) % 7, digest_at=dt.time(8)
    )
    due(cast, owner="requester", due_on=today())
    due(cast, owner="requester", due_on=tomorrow)
    due(cast, owner="requester", due_on=today() + dt.timedelta(days=14))
    due(cast)
    for row in rows(state="planned"):
        if row.stage_on == today() or row.kind == "lapsed":
            wait_is_over(pk=row.pk)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None).sent == 2
    assert {m["Subject"].split(":")[1].strip()[:10] for m in sink.taken} == {"Last day t", "1 day left"}
    assert {row.due_on for row in rows(digest__isnull=False)} == {
        today() + dt.timedelta(days=14),
        today() - dt.timedelta(days=2),
    }


def test_an_alarm_of_ours_leaves_a_digest_that_is_put_off_until_its_date(
    cast: builders.Cast, mail_server: Any
) -> None:
    wishes(cast, cast.olive, **in_an_hour(cast.olive))
    (window,) = due(cast, owner="requester", due_on=today() + dt.timedelta(days=3))
    wait_is_over(offset_days=3)
    digests.gather()
    assert rows(deadline=window, offset_days=3)[0].digest_id is not None
    with viewing(organisation_viewer(cast.harbor.pk)):
        type(all_digests()[0]).objects.update(next_at=dt.datetime.now(dt.UTC) + dt.timedelta(days=3))
    digests.gather()
    row = rows(deadline=window, offset_days=3)[0]
    assert (row.digest_id, row.alone) == (None, True)


def test_who_asks_for_single_mails_again_gets_what_waited_at_once(
    cast: builders.Cast, mail_server: Any
) -> None:
    wishes(cast, cast.olive, **in_an_hour(cast.olive))
    due(cast, 3)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        sending.sweep(oracle=None)
        wishes(cast, cast.olive, digest="single")
        assert sending.sweep(oracle=None).sent == 3
    assert [d.state for d in all_digests()] == ["cancelled"]


def test_another_hour_moves_the_digest_that_waits(cast: builders.Cast) -> None:
    wishes(cast, cast.olive, **in_an_hour(cast.olive))
    due(cast, 2)
    digests.gather()
    later = dt.datetime.now(ZoneInfo(cast.olive.zone)) + dt.timedelta(hours=3)
    wishes(cast, cast.olive, digest_at=later.time().replace(microsecond=0))
    digests.gather()
    old, new = all_digests()
    assert (old.state, new.state) == ("cancelled", "planned")
    assert {row.digest_id for row in rows()} == {new.pk}


def test_quiet_hours_hold_no_digest_whose_hour_its_reader_chose(
    cast: builders.Cast, mail_server: Any
) -> None:
    now = dt.datetime.now(ZoneInfo(cast.olive.zone))
    quiet = {
        "quiet_from": (now - dt.timedelta(hours=2)).time().replace(microsecond=0),
        "quiet_until": (now + dt.timedelta(hours=2)).time().replace(microsecond=0),
    }
    wishes(cast, cast.olive, **in_an_hour(cast.olive), **quiet)
    due(cast, 2)
    digests.gather()
    wait_is_over()
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None).sent == 1
    assert states() == {"sent": 2}


# Ending them -------------------------------------------------------------------------------------------------------


def stop(cast: builders.Cast, person: Person, *, ours: bool = False) -> None:
    with viewing_as(person) as viewer:
        given = {"viewer": viewer, "organisation": cast.harbor, "actor": person}
        digest_stops.stop_digests(**given)
        if ours:
            digest_stops.stop_ours(**given, confirmed=True)


def test_a_stop_ends_what_would_ride_and_leaves_our_windows(cast: builders.Cast, mail_server: Any) -> None:
    wishes(cast, cast.olive, **in_an_hour(cast.olive))
    stop(cast, cast.olive)
    due(cast, 2)
    (window,) = due(cast, owner="requester", due_on=today() + dt.timedelta(days=3))
    wait_is_over(deadline=window, offset_days=3)
    wait_is_over(kind="lapsed")
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None).sent == 1
        with as_house(cast.harbor):
            from requests_app.actions import reminders

            reminders.plan_organisation(cast.harbor.pk, now=dt.datetime.now(dt.UTC))
        assert sending.sweep(oracle=None) == sending.Swept()
    assert "3 days left" in str(sink.taken[0]["Subject"])
    lapsed = [(r.state, r.outcome) for r in rows(kind="lapsed", next_at__lte=dt.datetime.now(dt.UTC))]
    assert lapsed == [("skipped", "its reader stopped this mail")] * 2


def test_even_who_stops_our_windows_hears_of_their_last_day(cast: builders.Cast, mail_server: Any) -> None:
    stop(cast, cast.olive, ours=True)
    due(cast, owner="requester", due_on=today())
    (window,) = due(cast, owner="requester", due_on=today() + dt.timedelta(days=3))
    wait_is_over(deadline=window, offset_days=3)
    wait_is_over(due_on=today())
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert sending.sweep(oracle=None).sent == 1
    assert "Last day today" in str(sink.taken[0]["Subject"])
    assert rows(deadline=window, offset_days=3)[0].state == "skipped"


def test_a_mail_programs_one_click_ends_them_without_cookie_or_sign_in(
    cast: builders.Cast, mail_server: Any
) -> None:
    wishes(cast, cast.vera, **in_an_hour(cast.vera))
    due(cast, 2, cast.vera)
    digests.gather()
    wait_is_over()
    with serving(Sink()) as sink:
        mail_server(sink.port)
        sending.sweep(oracle=None)
    (mail,) = sink.taken
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = "/digests/" + str(mail["List-Unsubscribe"]).strip("<>").partition("/digests/")[2]
    client = Client(enforce_csrf_checks=True)
    for _ in range(2):
        assert client.get(address).status_code == 200
    with viewing_as(cast.vera):
        assert not MailStop.objects.exists(), "looking changes nothing"
    answer = client.post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200, "no redirect, says RFC 8058"
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    with viewing_as(cast.vera):
        row = MailStop.objects.get()
        assert (row.digests_at is not None, row.ours_at) == (True, None)
        assert PersonalReminding.objects.get().digest == "single"
    with viewing_as(cast.olive):
        assert list(AuditEntry.objects.values_list("act", "actor")) == [
            ("mail.digests_stopped", cast.vera.pk)
        ]


def test_our_windows_ask_twice_and_all_comes_back(cast: builders.Cast) -> None:
    address = f"/digests/stop/{token_of(cast.harbor.pk, cast.olive.pk)}/"
    client = Client()
    client.post(address, {"act": "digests"})
    refused = client.post(address, {"act": "ours"})
    assert refused.status_code == 400
    assert b"Tick the box" in refused.content
    assert client.post(address, {"act": "ours", "confirmed": "yes"}).status_code == 302
    assert b"Only the last day" in client.get(address).content
    client.post(address, {"act": "again"})
    with viewing_as(cast.olive):
        assert list(MailStop.objects.values_list("digests_at", "ours_at")) == [(None, None)]
    with pytest.raises(Refused), viewing_as(cast.olive) as viewer:
        digest_stops.stop_ours(viewer=viewer, organisation=cast.harbor, actor=cast.olive, confirmed=True)


def test_a_forged_link_and_one_of_a_former_member_are_nothing(cast: builders.Cast) -> None:
    client = Client()
    good = token_of(cast.harbor.pk, cast.edgar.pk)
    assert client.get(f"/digests/stop/{good[:-1]}x/").status_code == 404
    assert client.get(f"/digests/stop/{token_of(cast.harbor.pk, cast.ravi.pk)}/").status_code == 404
    assert client.post("/digests/stop/1-2/", {"act": "digests"}).status_code == 404
    with viewing_as(cast.olive):
        builders.Membership.objects.filter(person=cast.edgar).update(ended_at=dt.datetime.now(dt.UTC))
    assert client.post(f"/digests/stop/{good}/").status_code == 404


def test_choosing_a_digest_again_lifts_the_stop(cast: builders.Cast) -> None:
    stop(cast, cast.olive, ours=True)
    wishes(cast, cast.olive, digest="weekly")
    with viewing_as(cast.olive):
        assert list(MailStop.objects.values_list("digests_at", "ours_at")) == [(None, None)]


def test_nobody_stops_anothers_mail(cast: builders.Cast) -> None:
    stop(cast, cast.olive)
    with viewing_as(cast.edgar):
        assert not MailStop.objects.exists()
        assert MailStop.objects.update(ours_at=dt.datetime.now(dt.UTC)) == 0


def test_the_page_and_the_api_tell_one_the_same_of_ones_own_digests_alone(
    cast: builders.Cast, mail_server: Any
) -> None:
    due(cast, 21)
    with serving(Sink()) as sink:
        mail_server(sink.port)
        sending.sweep(oracle=None)
    olive, edgar = Client(), Client()
    olive.force_login(cast.olive)
    edgar.force_login(cast.edgar)
    page = olive.get("/settings/digests/").content.decode()
    assert "21 reminders" in page
    assert "Much at once" in page
    assert "No digest yet" in edgar.get("/settings/digests/").content.decode()
    here = f"/api/v1/organisations/{cast.harbor.public_id}/digests/"
    (item,) = olive.get(here).json()["items"]
    assert (item["period"], item["state"], item["reminders"]) == ("catch_up", "sent", 21)
    assert edgar.get(here).json()["items"] == []
    assert edgar.get(f"{here}stop/").json() == {"digests": False, "ours": False}

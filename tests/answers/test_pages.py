"""Answering in the app and by program, and saying who is away."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from requests_app.models import Absence, AuditEntry, InboxItem, Person, RecordsRequest, ReminderAnswer
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.reminders.scene import assign, plan, request_with_clock, rows, today

pytestmark = pytest.mark.django_db

KEY = "appeal-by|request|r1"


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def ours(cast: builders.Cast) -> RecordsRequest:
    """Edgar's, with a window of ours that ends in ten days."""
    request, _ = request_with_clock(
        cast, owner="requester", due_on=today() + dt.timedelta(10), opens_on=today() - dt.timedelta(5),
        clock_key=KEY, name="Appeal to the counselor",
    )  # fmt: skip
    assign(request, cast.edgar)
    plan(cast, request)
    return request


def url(of: RecordsRequest) -> str:
    return reverse("reminder-answer", args=[of.public_id])


def post(client: Client, of: RecordsRequest, **form: str) -> Any:
    given = {
        "clock": KEY,
        "due_on": str(today() + dt.timedelta(10)),
        "once": f"o{len(form)}{form}"[:40],
        **form,
    }
    return client.post(url(of), given)


def words(page: Any) -> str:
    return " ".join(page.content.decode().split())


def planned(who: Person) -> list[int]:
    return [row.offset_days for row in rows(recipient=who, state="planned")]


def test_each_answer_is_given_on_the_page_and_plans_anew(cast: builders.Cast, ours: RecordsRequest) -> None:
    client = client_of(cast.edgar)
    before = planned(cast.edgar)
    assert 0 in before and len(before) > 1
    assert "mutes nothing" not in words(client.get(url(ours), {"clock": KEY}))
    said = post(client, ours, act="mute")
    assert said.status_code == 303
    assert planned(cast.edgar) == [0]
    page = words(client.get(url(ours), {"clock": KEY}))
    assert (
        "You get no more reminders of this. On the last day of our own window you are told all the same."
        in page
    )
    assert "You get no reminders of this." in page and "wants no more reminders of it" in page
    post(client, ours, act="unmute", x="1")
    assert planned(cast.edgar) == before


def test_handing_on_moves_the_rows_to_the_other_but_for_the_last_day(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    before = planned(cast.edgar)
    post(client_of(cast.edgar), ours, act="hand-on", to=str(cast.vera.pk))
    assert planned(cast.edgar) == [0]
    assert sorted(planned(cast.vera)) == sorted(before)
    page = words(client_of(cast.edgar).get(url(ours), {"clock": KEY}))
    assert "Vera is reminded instead of you." in page
    post(client_of(cast.edgar), ours, act="take-back", x="1")
    assert sorted(planned(cast.edgar)) == sorted(before)
    assert planned(cast.vera) == []


def test_a_snooze_holds_the_stages_before_its_day_and_earns_one_of_its_own(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    post(client_of(cast.edgar), ours, act="snooze", until_on=str(today() + dt.timedelta(8)))
    open_rows = rows(recipient=cast.edgar, state="planned")
    assert min(row.stage_on for row in open_rows if row.stage_on) == today() + dt.timedelta(8)
    page = words(client_of(cast.edgar).get(url(ours), {"clock": KEY}))
    assert "You asked to be reminded on" in page


def test_past_the_date_it_asks_twice_and_keeps_what_was_typed(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    client, day = client_of(cast.edgar), str(today() + dt.timedelta(12))
    first = post(client, ours, act="snooze", until_on=day)
    assert first.status_code == 400
    assert 'name="confirmed"' in words(first) and f'value="{day}"' in words(first)
    assert post(client, ours, act="snooze", until_on=day, confirmed="on").status_code == 303


def test_a_stale_page_is_told_so(cast: builders.Cast, ours: RecordsRequest) -> None:
    said = post(client_of(cast.edgar), ours, act="acknowledge", due_on=str(today()))
    assert said.status_code == 409 and "moved since you opened the page" in words(said)


def test_a_stranger_a_missing_clock_and_an_unknown_act_are_not_found(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    for who in (cast.ravi, cast.noor, cast.omar):
        assert post(client_of(who), ours, act="mute").status_code == 404
    client = client_of(cast.edgar)
    assert client.get(url(ours)).status_code == 404
    assert client.get(url(ours), {"clock": "no|such|clock"}).status_code == 404
    assert post(client, ours, act="sell").status_code == 404


def test_one_press_goes_back_to_where_it_was_pressed_and_nowhere_else(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    client = client_of(cast.edgar)
    assert post(client, ours, act="acknowledge", next="/today/")["Location"] == "/today/"
    assert post(client, ours, act="acknowledge", next="https://elsewhere.example/")["Location"] == "/"


def test_a_program_answers_and_reads_what_counts(cast: builders.Cast, ours: RecordsRequest) -> None:
    client = client_of(cast.edgar)
    address = reverse("api-reminder-answers", args=[ours.public_id])
    due = str(today() + dt.timedelta(10))

    def say(**given: Any) -> Any:
        return client.post(address, {"clock": KEY, "due_on": due, **given}, content_type="application/json")

    assert say(what="acknowledged").status_code == 201
    assert say(what="delegated", to=cast.vera.email).json()["to"] == cast.vera.email
    assert say(what="snoozed").json()["code"] == "until_missing"
    assert (
        say(what="snoozed", until_on=str(today() + dt.timedelta(12))).json()["code"] == "snooze_past_the_date"
    )
    assert say(what="delegated", to="nobody@nowhere.example").status_code == 400
    told = client.get(address, {"clock": KEY}).json()
    assert {one["what"] for one in told["in_force"]} == {"acknowledged", "delegated"}
    assert [one["via"] for one in told["items"]] == ["api", "api"]
    assert client_of(cast.ravi).get(address, {"clock": KEY}).status_code == 404
    with viewing_as(cast.olive):
        assert ReminderAnswer.objects.count() == 2


# Absences -----------------------------------------------------------------------------------------------------------


def away(client: Client, whom: Person, since: int = 0, until: int = 30, **more: str) -> Any:
    form = {
        "from_on": str(today() + dt.timedelta(since)), "until_on": str(today() + dt.timedelta(until)),
        "cover": str(whom.pk), **more,
    }  # fmt: skip
    return client.post(reverse("absence"), form)


def test_somebody_says_they_are_away_and_the_cover_has_their_reminders(
    cast: builders.Cast, ours: RecordsRequest
) -> None:
    before = planned(cast.edgar)
    client = client_of(cast.edgar)
    assert away(client, cast.vera, since=-9).status_code == 303
    assert planned(cast.edgar) == [0]
    assert sorted(planned(cast.vera)) == sorted(before)
    page = words(client.get(reverse("absence")))
    assert "away now" in page and "Vera" in page
    with viewing_as(cast.vera):
        assert InboxItem.objects.get().kind == "assigned"
    assert "You stand in for Edgar" in words(client_of(cast.vera).get(reverse("inbox")))
    with viewing_as(cast.olive):
        one = Absence.objects.get()
        assert AuditEntry.objects.filter(act="absence.set", actor=cast.edgar).count() == 1
    assert client.post(reverse("absence-end", args=[one.public_id])).status_code == 303
    assert sorted(planned(cast.edgar)) == sorted(before)
    assert planned(cast.vera) == []


def test_who_only_reads_may_be_away_too_and_owners_say_it_of_others(cast: builders.Cast) -> None:
    assert away(client_of(cast.vera), cast.edgar).status_code == 303
    # An editor's form has no such field: it is about the editor.
    assert away(client_of(cast.edgar), cast.olive, person=str(cast.olive.pk)).status_code == 303
    assert away(client_of(cast.olive), cast.olive, 40, 50, person=str(cast.edgar.pk)).status_code == 303
    with viewing_as(cast.olive):
        rows = Absence.objects.order_by("pk")
        assert [(one.person.name, one.cover.name) for one in rows] == [
            ("Vera", "Edgar"), ("Edgar", "Olive"), ("Edgar", "Olive"),
        ]  # fmt: skip
        veras = rows[0].public_id
    refused = client_of(cast.edgar).post(reverse("absence-end", args=[veras]), follow=True)
    assert "Only an owner says of somebody else" in words(refused)
    with viewing_as(cast.olive):
        assert Absence.objects.filter(withdrawn_at=None).count() == 3
    assert client_of(cast.ravi).post(reverse("absence-end", args=[veras])).status_code == 404


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"cover": ""}, "Choose who stands in."),
        ({"from_on": "soon"}, "This is no day."),
        ({"since": 5, "until": 2}, "The last day lies before the first."),
        ({"since": -9, "until": -2}, "Both days have passed."),
        ({"until": 500}, "a year at most"),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused_and_kept_on_the_page(
    cast: builders.Cast, changes: dict[str, Any], says: str
) -> None:
    answer = away(client_of(cast.edgar), cast.vera, **changes)
    assert answer.status_code == 400
    assert says in words(answer) and 'name="until_on"' in words(answer)


def test_absences_do_not_overlap_and_a_cover_is_there(cast: builders.Cast) -> None:
    client = client_of(cast.edgar)
    away(client, cast.vera)
    assert "Some of these days are set already" in words(away(client, cast.vera, 20, 40))
    assert "Edgar is away then, too" in words(
        away(client_of(cast.olive), cast.edgar, 20, 40, person=str(cast.olive.pk))
    )


def test_a_program_sets_and_ends_an_absence(cast: builders.Cast) -> None:
    client = client_of(cast.vera)
    given = {"cover": cast.edgar.email, "from_on": "2099-07-01", "until_on": "2099-07-14"}
    made = client.post(reverse("api-absences"), given, content_type="application/json")
    assert made.status_code == 201
    [one] = client.get(reverse("api-absences")).json()["items"]
    assert (one["person"], one["cover"]) == (cast.vera.email, cast.edgar.email)
    assert client.delete(reverse("api-absence", args=[one["id"]])).json() == {"done": True}
    assert client.get(reverse("api-absences")).json()["items"] == []
    other = {**given, "person": cast.olive.email}
    assert client.post(reverse("api-absences"), other, content_type="application/json").status_code == 403

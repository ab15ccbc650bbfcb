"""The rules on pages and for programs: read, tried, saved, refused with a sentence beside the field."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_app.actions import reminding as acts
from requests_app.models import (
    AuditEntry,
    Deadline,
    Person,
    PersonalReminding,
    RecordsRequest,
    Reminder,
    ReminderPolicy,
)
from requests_app.models.visibility import viewing_as
from tests import builders

from .scene import as_house, assign, plan, request_with_clock, rows, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def window(cast: builders.Cast) -> tuple[RecordsRequest, Deadline]:
    opens = today() - dt.timedelta(days=1)
    made = request_with_clock(
        cast, due_on=opens + dt.timedelta(days=40), owner="requester", opens_on=opens, name="Appeal"
    )
    assign(made[0], cast.edgar)
    return made


def client(person: Person) -> Client:
    made = Client()
    made.force_login(person)
    return made


def given(**changes: Any) -> dict[str, Any]:
    """The form of the standard's rule for our own windows."""
    words = {
        "clocks": "ours", "on_opening": "on", "before": "14, 7, 3, 1", "on_day": "on", "after": "", "unit": "calendar",
        "repeat_every": "", "repeat_unit": "business", "repeat_until": "", "recipients": ["assignee", "backup"],
        "channels": ["email", "inbox"], "escalate_after": "3", "escalate_to": "owners", "seen_version": "0",
        "act": "save",
    }  # fmt: skip
    return {**words, **changes}


RULE = "reminder-rule"


def test_the_rules_stand_in_words_and_only_an_owner_changes_them(cast: builders.Cast) -> None:
    page = client(cast.olive).get(reverse("reminder-policy")).content.decode()
    assert "Here hold the standard rules." in page
    assert "The day it opens; 14, 7, 3 and 1 days before; the last day" in page
    assert "The morning after; then every 10 business days, at most 6 times" in page
    assert reverse(RULE, args=["0"]) in page
    assert reverse(RULE, args=["0"]) not in client(cast.edgar).get(reverse("reminder-policy")).content.decode()
    assert client(cast.edgar).post(reverse(RULE, args=["0"]), given()).status_code == 404
    assert client(cast.ravi).get(reverse("reminder-policy")).content.decode().count("standard rules") == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"recipients": []}, "Say who is told: at least one."),
        ({"channels": []}, "Say how they are told: at least one way."),
        ({"channels": ["webhook"]}, "A webhook alone reaches no person."),
        ({"before": "90"}, "The longest window of yours here lasts 40 days; 90 days before its end it has not begun."),
        ({"before": "400"}, "At most 365 days before or after the date."),
        ({"before": "soon"}, "Write numbers of days, with commas between them"),
        ({"before": "0"}, "The day itself has a box of its own"),
        ({"repeat_every": "5"}, "Say every how many days it repeats, and how many times."),
        ({"repeat_every": "5", "repeat_until": "999"}, "less than or equal to 60"),
        ({"before": "", "on_opening": "", "on_day": ""}, "Name at least one day on which somebody is told."),
        ({"clocks": "agency"}, "Only our own windows are told when they open."),
        ({"escalate_after": "0"}, "greater than or equal to 1"),
        ({"clocks": "theirs"}, "Select a valid choice."),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field_and_nothing_is_saved(
    cast: builders.Cast, window: Any, changes: dict[str, Any], sentence: str
) -> None:
    changed = {name: value for name, value in given(**changes).items() if value != ""}
    answer = client(cast.olive).post(reverse(RULE, args=["0"]), changed)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in page
    assert 'class="err"' in page, "beside the field"
    assert 'class="errors"' in page, "and above"
    with as_house(cast.harbor):
        assert not ReminderPolicy.objects.exists()


def test_a_look_at_what_would_change_counts_and_saves_nothing(cast: builders.Cast, window: Any) -> None:
    request, _ = window
    plan(cast, request)
    answer = client(cast.olive).post(reverse(RULE, args=["0"]), given(before="10", act="preview"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "1 reminder is added" in page
    assert "4 fall away" in page
    assert "Counted over 1 request " in page
    with as_house(cast.harbor):
        assert not ReminderPolicy.objects.exists()


def test_saving_plans_anew_and_says_so_and_a_stale_form_is_refused(cast: builders.Cast, window: Any) -> None:
    request, _ = window
    plan(cast, request)
    ours = client(cast.olive)
    answer = ours.post(reverse(RULE, args=["0"]), given(before="10"), follow=True)
    assert "The reminders of 1 request are planned anew." in answer.content.decode()
    assert {row.offset_days for row in rows(state="planned", kind="closing")} == {10, 0}
    stale = ours.post(reverse(RULE, args=["0"]), given(before="5"))
    assert stale.status_code == 409
    assert "Somebody changed these rules meanwhile" in stale.content.decode()
    removed = ours.post(reverse("reminder-policy"), {"act": "forget", "seen_version": "1"}, follow=True)
    assert "Here hold the standard rules." in removed.content.decode()
    assert {row.offset_days for row in rows(state="planned", kind="closing")} == {14, 7, 3, 1, 0}
    with viewing_as(cast.olive):
        acted = AuditEntry.objects.filter(act__startswith="reminders.").order_by("pk")
        told = list(acted.values_list("act", flat=True))
    assert told == ["reminders.policy_changed", "reminders.policy_removed"]


def test_where_many_requests_are_touched_a_worker_plans_and_the_page_says_so(
    cast: builders.Cast, window: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "AT_ONCE", 0)
    answer = client(cast.olive).post(reverse(RULE, args=["0"]), given(before="10"), follow=True)
    assert "The reminders of 1 requests are planned anew within a few minutes." in answer.content.decode()
    assert rows() == []


def test_the_page_of_a_request_shows_what_is_to_come_why_to_whom_and_what_was_sent(
    cast: builders.Cast, window: Any
) -> None:
    request, _ = window
    lapsed, _ = request_with_clock(cast, due_on=today() - dt.timedelta(days=2))
    plan(cast, request, lapsed)
    page = client(cast.vera).get(reverse("request-reminders", args=[request.public_id])).content.decode()
    for words in ("14 days before", "the last day", "goes out whatever else stands", "Edgar", "mail and inbox",
                  "Here hold the standard rules.", "Nothing was sent yet."):  # fmt: skip
        assert words in page, words
    with as_house(cast.harbor):
        Reminder.objects.filter(request=lapsed).update(
            state="skipped", outcome="a later reminder of the same date is due"
        )
    page = client(cast.edgar).get(reverse("request-reminders", args=[lapsed.public_id])).content.decode()
    assert "Not sent" in page
    assert "a later reminder of the same date is due" in page
    assert "repeated while nothing answers" in page
    assert client(cast.ravi).get(reverse("request-reminders", args=[request.public_id])).status_code == 404


def test_the_page_of_a_request_asks_as_much_for_many_rows_as_for_few(cast: builders.Cast, window: Any) -> None:
    request, _ = window
    plan(cast, request)
    ours, url = client(cast.edgar), reverse("request-reminders", args=[request.public_id])
    ours.get(url)
    with CaptureQueriesContext(connection) as few:
        ours.get(url)
    with as_house(cast.harbor):
        for n in range(6):
            builders.deadline(
                request, due_on=today() + dt.timedelta(days=20 + n), owner="requester", opens_on=today(), name=f"W{n}"
            )
    plan(cast, request)
    with CaptureQueriesContext(connection) as many:
        ours.get(url)
    assert len(many) == len(few)


def test_rules_of_a_campaign_and_of_a_request_are_an_editors(cast: builders.Cast, window: Any) -> None:
    request, _ = window
    campaign = builders.campaign(cast.olive, cast.harbor)
    with as_house(cast.harbor):
        RecordsRequest.objects.filter(pk=request.pk).update(campaign=campaign)
    for name, pid in (("campaign", campaign.public_id), ("request", request.public_id)):
        at = reverse(f"{name}-reminder-rule", args=[pid, "0"])
        assert client(cast.vera).post(at, given(before="9")).status_code == 404
        assert client(cast.edgar).post(at, given(before="9")).status_code == 302
        assert client(cast.ravi).get(reverse(f"{name}-reminders", args=[pid])).status_code == 404
        page = client(cast.vera).get(reverse(f"{name}-reminders", args=[pid])).content.decode()
        assert f"Here hold the rules of {'this request' if name == 'request' else 'the campaign'}." in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"zone": "Mars/Olympus"}, "There is no time zone of this name."),
        ({"zone": "../../etc/passwd"}, "There is no time zone of this name."),
        ({"quiet_from": "25:99", "quiet_until": "07:00"}, "Write a time of day, such as 21:00."),
        ({"quiet_from": "21:00"}, "Quiet hours have a beginning and an end."),
        ({"quiet_from": "21:00", "quiet_until": "21:00"}, "Quiet hours end at another time than they begin."),
        ({"quiet_weekdays": ["0", "1", "2", "3", "4", "5", "6"]}, "Leave at least one day of the week for mail."),
        ({"quiet_weekdays": ["9"]}, "Select a valid choice."),
    ],
)
def test_nonsense_about_oneself_is_refused_beside_its_field(
    cast: builders.Cast, changes: dict[str, Any], sentence: str
) -> None:
    words = {"zone": "UTC", "digest": "single", "digest_at": "08:00", "digest_weekday": "0", **changes}
    answer = client(cast.vera).post(reverse("personal-reminding"), words)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    with as_house(cast.harbor):
        assert not PersonalReminding.objects.exists()


def test_a_viewer_sets_their_own_quiet_hours_and_their_mails_follow(cast: builders.Cast, window: Any) -> None:
    request, _ = window
    assign(request, cast.vera)
    plan(cast, request)
    words = {"zone": "America/Chicago", "digest": "daily", "digest_at": "07:30", "digest_weekday": "0",
             "quiet_from": "22:00", "quiet_until": "10:00"}  # fmt: skip
    answer = client(cast.vera).post(reverse("personal-reminding"), words, follow=True)
    assert "Saved." in answer.content.decode()
    zone = ZoneInfo("America/Chicago")
    told = {row.offset_days: row.next_at.astimezone(zone).hour for row in rows(kind="closing", state="planned")}
    assert told == {14: 10, 7: 10, 3: 10, 1: 10, 0: 8}


def test_a_program_reads_tries_sets_and_takes_away_rules(cast: builders.Cast, window: Any) -> None:
    request, _ = window
    ours = client(cast.olive)
    at = reverse("api-organisation-reminder-policy", args=[cast.harbor.public_id])
    read = ours.get(at).json()
    assert (read["rules_of"], read["own"], read["version"], len(read["rules"])) == ("standard", False, 0, 2)
    rule = {"clocks": "ours", "days": [-5, 0], "channels": ["email"], "recipients": ["owners"]}

    def send(method: str, url: str, body: Any) -> Any:
        return getattr(ours, method)(url, json.dumps(body), content_type="application/json")

    tried = send("post", reverse("api-organisation-reminder-preview", args=[cast.harbor.public_id]), {"rules": [rule]})
    assert tried.status_code == 200
    assert tried.json()["added"] > 0
    assert send("put", at, {"rules": [rule], "seen_version": 0}).json() == {"requests": 1, "planned": True}
    assert ours.get(at).json()["version"] == 1
    assert send("put", at, {"rules": [rule], "seen_version": 0}).status_code == 409
    wrong = send("put", at, {"rules": [{**rule, "recipients": []}], "seen_version": 1})
    assert wrong.status_code == 400
    assert "Say who is told: at least one." in wrong.content.decode()
    assert "rules.0.recipients" in wrong.content.decode()
    come = ours.get(reverse("api-request-reminders", args=[request.public_id])).json()
    assert [(one["kind"], one["number"], one["to"]) for one in come["to_come"]] == [
        ("closing", 5, cast.olive.email), ("closing", 0, cast.olive.email),
    ]  # fmt: skip
    assert send("delete", at, {"seen_version": 1}).status_code == 200
    assert ours.get(at).json()["rules_of"] == "standard"
    assert client(cast.ravi).get(at).status_code == 404

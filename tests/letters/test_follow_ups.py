"""Asking again: only who truly waits, each held back with its reason, and the event once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from requests_app.actions import filing, follow_ups, letter_sending
from requests_app.models import AgencyContact, RecordsRequest
from requests_app.models.visibility import viewing_as
from requests_app.queries import follow_ups as query
from tests import builders
from tests.reminders.scene import Sink, serving, today

from .test_api import call
from .test_drafts import client_of

pytestmark = pytest.mark.committed


def filed(cast: builders.Cast, days_ago: int, name: str, *, address: bool = True) -> RecordsRequest:
    """Under Illinois law, e-mailed so many days ago, with its real clocks."""
    agency = builders.agency(name)
    if address:
        AgencyContact.objects.create(
            agency=agency, purpose="records", channel="email", value=f"{agency.slug}@agency.example"
        )
    with viewing_as(cast.edgar) as viewer:
        return filing.file_request(
            viewer=viewer, organisation=cast.harbor, agency=agency, law_id="us-il", public_title=f"Readers, {name}",
            sent_on=today() - dt.timedelta(days=days_ago), channel="email", actor=cast.edgar, once=name,
            today=today(),
        )  # fmt: skip


def lines(cast: builders.Cast) -> dict[str, str]:
    with viewing_as(cast.edgar) as viewer:
        found = query.waiting(viewer, cast.harbor.pk, now=timezone.now())
        return {one.request.agency.name: one.skip for one in found}


def test_who_truly_waits_and_why_the_others_do_not(cast: builders.Cast) -> None:
    filed(cast, 40, "Late Center")
    filed(cast, 40, "No Address Center", address=False)
    filed(cast, 1, "Fresh Center")
    asked = filed(cast, 40, "Asked Center")
    paused = filed(cast, 40, "Wrote Center")
    with viewing_as(cast.edgar):
        builders.event(asked, "follow_up_sent", sent_on=today() - dt.timedelta(days=3))
        builders.event(paused, "acknowledged", received_on=today() - dt.timedelta(days=1))
    found = lines(cast)
    assert found.pop("Late Center") == ""
    assert "Fresh Center" not in found
    assert found["No Address Center"] == "no e-mail address is known"
    assert found["Asked Center"].startswith("asked again on ")
    assert found["Wrote Center"].startswith("the agency wrote on ")


def test_each_is_asked_once_and_the_timeline_says_so_when_it_has_gone(
    cast: builders.Cast, mail_server: Any
) -> None:
    late = filed(cast, 40, "Late Center")
    desk = client_of(cast.edgar)
    page = desk.get(reverse("follow-ups")).content.decode()
    assert "1 truly waits" in page
    assert "Overdue: " in page
    words = {"request": [late.public_id], "once": "again-1"}
    assert desk.post(reverse("follow-ups"), words).status_code == 302
    assert desk.post(reverse("follow-ups"), words).status_code == 302
    assert desk.post(reverse("follow-ups"), {**words, "once": "again-2"}).status_code == 302
    with serving(Sink()) as sink:
        mail_server(sink.port)
        letter_sending.sweep(oracle=None)
    assert len(sink.taken) == 1
    with viewing_as(cast.edgar):
        assert late.events.filter(kind="follow_up_sent").count() == 1
    assert lines(cast)["Late Center"].startswith("asked again on ")


def test_a_strangers_request_is_not_asked_about(cast: builders.Cast) -> None:
    late = filed(cast, 40, "Late Center")
    with viewing_as(cast.ravi) as viewer:
        done = follow_ups.ask_again(
            viewer=viewer, organisation=cast.prairie, chosen=[late.public_id], actor=cast.ravi,
            now=timezone.now(), once="x",
        )  # fmt: skip
    assert done.letters == ()
    assert client_of(cast.vera).get(reverse("follow-ups")).status_code == 404


def test_nobody_chosen_is_said(cast: builders.Cast) -> None:
    refused = client_of(cast.edgar).post(reverse("follow-ups"), {"once": "y"})
    assert refused.status_code == 400
    assert "Choose at least one request." in refused.content.decode()


def test_a_program_lists_reads_and_asks_once(cast: builders.Cast, mail_server: Any) -> None:
    late, silent = filed(cast, 40, "Late Center"), filed(cast, 40, "No Address Center", address=False)
    desk = client_of(cast.edgar)
    listed = call(desk, "GET", "/follow-ups/").json()
    assert [(one["request"], one["skip"]) for one in listed["items"]] == [
        (late.public_id, ""),
        (silent.public_id, "no e-mail address is known"),
    ]
    given = {"requests": [late.public_id, silent.public_id]}
    shown = call(desk, "POST", "/follow-ups/preview/", given).json()["letters"]
    assert shown[0]["subject"].startswith("Overdue: ")
    assert shown[1]["body"] == ""
    done = call(desk, "POST", "/follow-ups/", given, key="again-0001").json()
    assert call(desk, "POST", "/follow-ups/", given, key="again-0001").json() == done
    assert len(done["letters"]) == 1
    assert done["held"] == [{"agency": "No Address Center", "why": "no e-mail address is known"}]
    letter = call(desk, "GET", f"/letters/{done['letters'][0]}/").json()
    assert (letter["stage"], letter["body"]) == ("queued", shown[0]["body"].strip())
    strangers = call(client_of(cast.ravi), "POST", "/follow-ups/", given, key="again-0002").json()
    assert strangers == {"letters": [], "held": []}
    assert call(client_of(cast.vera), "GET", "/follow-ups/").status_code == 403

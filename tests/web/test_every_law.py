"""A request under every law, filed and carried to the last remedy through the acts and the pages people use."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from requests_app.actions.correspondence import record_event
from requests_app.actions.filing import file_request
from requests_app.laws.deadline import answer
from requests_app.laws.errors import Refused
from requests_app.laws.journey import AGAINST, FACTS, PATHS, RECEIVED, journey
from requests_app.laws.registry import library
from requests_app.laws.shapes import Entry
from requests_app.models import RecordsRequest
from requests_app.models.visibility import viewing_as
from tests import builders

LAWS = library().laws


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("entry", LAWS, ids=lambda entry: entry.id)
def test_a_request_is_carried_from_filing_to_its_last_remedy(entry: Entry, path: str) -> None:
    cast = builders.cast()
    place = library().place_of(entry.id)
    agency = builders.agency(f"Center of {place.name}", law=place.code, zone=place.zone)
    walk = journey(library(), entry, entry.current, path)
    sent = max(RECEIVED, entry.current.effective_from or RECEIVED)
    sent += dt.timedelta(days=-sent.weekday() % 7)
    with viewing_as(cast.olive) as viewer:
        made = file_request(
            viewer=viewer, organisation=cast.harbor, agency=agency, law_id=entry.id, public_title="Sharing lists",
            sent_on=sent, received_on=sent, channel="email", actor=cast.olive, once="filed", today=sent,
            requester=entry.current.requesters, law_facts={"received_by": "component"},
        )  # fmt: skip
        for number, step in enumerate(walk.steps):
            outcome = AGAINST.get(step.kind)
            record_event(
                viewer=viewer, records_request=made, kind=step.kind, actor=cast.olive, once=f"step {number}",
                today=step.on, sent_on=step.on, dated_on=step.on, received_on=step.on,
                outcome=outcome.value if outcome else None, facts=dict(FACTS.get(step.kind, {})),
            )  # fmt: skip
        stored = {row.rule_id: row for row in made.deadlines.standing()}
        doubtful = {rule.id for rule in entry.current.rules if not rule.authority.verified}
        unknown = {rule for rule, row in stored.items() if row.clock.get("unknown")}
        assert unknown <= doubtful
        # Which rule a remedy stands in may hang on the kind of office: Delaware sues state bodies otherwise.
        taken = {step.remedy.value for step in walk.steps if step.remedy}
        met = {
            row.clock["remedy"] for row in made.deadlines.standing() if row.met_on and row.clock.get("remedy")
        }
        assert taken <= met
    builders.publish(cast.olive, made)
    _readable(cast, made)


def _readable(cast: builders.Cast, made: RecordsRequest) -> None:
    member = Client()
    member.force_login(cast.vera, backend=settings.AUTHENTICATION_BACKENDS[0])
    for reader in (member, Client()):
        page = reader.get(reverse("request", args=[made.public_id]))
        assert page.status_code == 200
        assert "Sharing lists" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("entry", LAWS, ids=lambda entry: entry.id)
def test_the_calculator_and_the_engine_tell_the_same_story(client: Any, entry: Entry) -> None:
    received, on = dt.date(2026, 7, 13), dt.date(2026, 11, 22)
    try:
        found = answer(entry.id, received_on=received, on=on)
    except Refused as refused:
        pytest.fail(refused.sentence)
    page = client.get(
        reverse("calculator"), {"law": entry.id, "received": received.isoformat(), "on": on.isoformat()}
    )
    assert page.status_code == 200
    text = page.content.decode()
    dated = [clock for clock in found.clocks if clock.due_on and not clock.conditional]
    for clock in dated:
        assert f'datetime="{clock.due_on}"' in text, clock.name
    for clock in found.clocks:
        assert clock.name in text.replace("&#x27;", "'").replace("&amp;", "&"), clock.name

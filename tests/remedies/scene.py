"""A request of Harbor's under a real law, with what happened to it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.test import Client

from requests_app.actions import correspondence, filing
from requests_app.laws.registry import library
from requests_app.models import Event, Person, RecordsRequest
from requests_app.models.visibility import viewing_as
from requests_app.queries import remedies
from tests import builders

D = dt.date
SENT = D(2026, 3, 2)
"""A Monday without a closed day near it."""
TODAY = D(2026, 11, 20)


def at(day: D, zone: str = "America/Chicago") -> dt.datetime:
    """Noon of a day where the agency is."""
    return dt.datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))


def filed(
    cast: builders.Cast, law: str, *, parts: tuple[str, ...] = ("A1", "A2"), sent: D = SENT, today: D = TODAY
) -> RecordsRequest:
    agency = builders.agency(f"{law} center", law=law.split("-video")[0], zone=library().place_of(law).zone)
    with viewing_as(cast.olive) as viewer:
        return filing.file_request(
            viewer=viewer, organisation=cast.harbor, agency=agency, law_id=law, public_title="Plate readers",
            sent_on=sent, channel="email", actor=cast.olive, once=f"filed-{law}", today=today,
            parts=tuple((label, f"Part {label}") for label in parts), received_on=sent,
        )  # fmt: skip


def happens(cast: builders.Cast, made: RecordsRequest, kind: str, on: D, **said: Any) -> Event:
    """An event on a day: sent, dated and received on it, unless told otherwise."""
    days = {"sent_on": on, "received_on": on}
    if kind in ("determined", "appeal_decided", "review_decided", "suit_decided", "remanded", "ruling_issued"):
        days["dated_on"] = on
    with viewing_as(cast.olive) as viewer:
        return correspondence.record_event(
            viewer=viewer, records_request=made, kind=kind, actor=cast.olive, today=said.pop("today", TODAY),
            once=said.pop("once", f"{kind}-{on}-{'-'.join(said.get('parts', ()))}"), **(days | said),
        ).event  # fmt: skip


def page(cast: builders.Cast, made: RecordsRequest, on: D) -> remedies.RemediesPage:
    with viewing_as(cast.olive) as viewer:
        found = remedies.load(viewer, made.public_id, now=at(on, made.zone))
    assert found is not None
    return found


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client

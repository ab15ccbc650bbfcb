"""A request of Harbor's that was denied in part, and those who look at it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from requests_app.actions.correspondence import record_event
from requests_app.actions.filing import file_request
from requests_app.models import Campaign, Event, Person, RecordsRequest
from requests_app.models.visibility import viewing_as
from tests import builders

TODAY = dt.date(2026, 3, 20)


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


def filed(cast: builders.Cast, *, campaign: Campaign | None = None, name: str = "", **more: Any) -> RecordsRequest:
    """Filed on Monday, March 2, 2026 with the parts A1 and A2."""
    agency = builders.agency(name) if name else cast.agency
    words: dict[str, Any] = {"public_title": "Sharing lists", "parts": (("A1", "Contracts"), ("A2", "Lists"))}
    with viewing_as(cast.olive) as viewer:
        return file_request(
            viewer=viewer, organisation=cast.harbor, agency=agency, law_id="us-il", sent_on=dt.date(2026, 3, 2),
            channel="email", actor=cast.olive, once=f"filed {agency.slug}", today=TODAY, campaign=campaign,
            **{**words, **more},
        )  # fmt: skip


def happened(cast: builders.Cast, of: RecordsRequest, kind: str, day: int = 9, **more: Any) -> Event:
    """One event of March 2026, recorded by Edgar."""
    on = dt.date(2026, 3, day)
    days = more.pop("days", {"dated_on": on, "received_on": on})
    with viewing_as(cast.edgar) as viewer:
        return record_event(
            viewer=viewer, records_request=of, kind=kind, actor=cast.edgar, once=f"{kind} {day} {more.get('parts')}",
            today=TODAY, **days, **more,
        ).event  # fmt: skip


def denied(cast: builders.Cast, of: RecordsRequest, **more: Any) -> Event:
    return happened(cast, of, "determined", **{"outcome": "denied_in_part", "parts": ("A2",), **more})


@pytest.fixture
def ours(cast: builders.Cast) -> RecordsRequest:
    return filed(cast)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def desk(cast: builders.Cast) -> Client:
    """Edgar's browser."""
    return signed_in(cast.edgar)

"""A feed of Harbor's and what a calendar program reads of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from icalendar import Calendar, Event

from requests_app.actions import feeds
from requests_app.models import CalendarFeed, Organisation, Person
from requests_app.models.ids import public_id
from requests_app.models.visibility import viewing_as
from tests import builders


@pytest.fixture(autouse=True)
def _nobody_was_counted() -> None:
    cache.clear()


@pytest.fixture
def cast(db: None) -> builders.Cast:
    return builders.cast()


def feed_of(
    person: Person, of: Organisation, subject: str = "organisation", **more: Any
) -> tuple[CalendarFeed, str]:
    with viewing_as(person) as viewer:
        return feeds.make_feed(
            viewer=viewer, organisation=of, actor=person, subject=subject, once=public_id(),
            **{"name": "Due days", **more},
        )  # fmt: skip


def fetch(secret: str, **headers: str) -> Any:
    return Client().get(reverse("feed", args=[secret]), headers=headers)


def events(secret: str) -> dict[str, Event]:
    """By title. The answer must be a calendar that another program reads."""
    answer = fetch(secret)
    assert answer.status_code == 200, answer.content[:300]
    return events_of(answer.content)


def events_of(content: bytes) -> dict[str, Event]:
    calendar = Calendar.from_ical(content)
    return {str(one["SUMMARY"]): one for one in calendar.walk("VEVENT")}

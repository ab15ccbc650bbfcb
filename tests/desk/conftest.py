from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from requests_app.models import Person
from tests import builders

DAY = dt.date(2026, 3, 10)
NOW = dt.datetime(2026, 3, 10, 16, tzinfo=dt.UTC)


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


@pytest.fixture
def as_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tuesday, March 10, 2026, noon in New York."""
    monkeypatch.setattr("requests_app.web.doors.timezone.now", lambda: NOW)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client

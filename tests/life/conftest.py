from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from requests_app.actions import correspondence, filing
from requests_app.actions.correspondence import Recorded
from requests_app.models import Person, RecordsRequest
from requests_app.models.visibility import viewing_as
from tests import builders

SENT, TODAY = dt.date(2026, 11, 2), dt.date(2026, 11, 20)
PARTS = (("A1", "Contracts"), ("A2", "Sharing lists"), ("A3", "Network audit"))


def lately(days: int) -> dt.date:
    """A day so many days ago: what a page shows hangs on the day on which it is read."""
    return timezone.now().date() - dt.timedelta(days=days)


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


@pytest.fixture
def file(cast: builders.Cast) -> Callable[..., RecordsRequest]:
    """Olive files with the center in Illinois: three parts, by portal, received on Monday, November 2, 2026."""

    def act(**changed: Any) -> RecordsRequest:
        words: dict[str, Any] = {
            "organisation": cast.harbor, "agency": cast.agency, "law_id": "us-il", "public_title": "Sharing lists",
            "sent_on": SENT, "received_on": SENT, "channel": "portal", "receipt_basis": "portal", "parts": PARTS,
            "actor": cast.olive, "once": "filed", "today": TODAY,
        } | changed  # fmt: skip
        with viewing_as(cast.olive) as viewer:
            return filing.file_request(viewer=viewer, **words)

    return act


@pytest.fixture
def record(cast: builders.Cast) -> Callable[..., Recorded]:
    def act(records_request: RecordsRequest, kind: str, by: Person | None = None, **words: Any) -> Recorded:
        person = by or cast.edgar
        words = {"once": f"{kind} {words}"[:64], "today": TODAY, "actor": person} | words
        with viewing_as(person) as viewer:
            return correspondence.record_event(
                viewer=viewer, records_request=records_request, kind=kind, **words
            )

    return act


@pytest.fixture
def desk(cast: builders.Cast) -> Callable[..., Client]:
    def act(person: Person | None = None) -> Client:
        client = Client()
        client.force_login(person or cast.edgar, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client

    return act

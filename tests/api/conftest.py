"""A program of Harbor's, and what it asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from requests_app.actions.filing import file_request
from requests_app.actions.tokens import make_token
from requests_app.models import ApiToken, Person, RecordsRequest
from requests_app.models.ids import public_id
from requests_app.models.visibility import viewing_as
from tests import builders


class Program:
    """A client that sends a token, and JSON."""

    def __init__(self, secret: str = "", client: Client | None = None) -> None:
        self.client = client or Client()
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers={**self.headers, **headers})

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.client.post(
            f"/api/v1{path}", body, content_type="application/json", headers={**self.headers, **headers}
        )


Make = Callable[..., tuple[ApiToken, str]]


@pytest.fixture(autouse=True)
def _nobody_was_counted() -> None:
    cache.clear()


@pytest.fixture
def cast(db: None) -> builders.Cast:
    return builders.cast()


def token_of(owner: Person, organisation: Any, scope: str = "read", **more: Any) -> tuple[ApiToken, str]:
    told: dict[str, Any] = {"name": "a script", "days": 30, "now": timezone.now(), "once": public_id()}
    with viewing_as(owner) as viewer:
        return make_token(
            viewer=viewer, organisation=organisation, actor=owner, scope=scope, **{**told, **more}
        )


@pytest.fixture
def reader(cast: builders.Cast) -> Program:
    return Program(token_of(cast.olive, cast.harbor)[1])


@pytest.fixture
def writer(cast: builders.Cast) -> Program:
    return Program(token_of(cast.olive, cast.harbor, "write")[1])


@pytest.fixture
def anybody() -> Program:
    return Program()


@pytest.fixture
def ours(cast: builders.Cast) -> RecordsRequest:
    with viewing_as(cast.olive) as viewer:
        return file_request(
            viewer=viewer, organisation=cast.harbor, agency=cast.agency, law_id="us-il",
            public_title="Sharing lists", working_title="canary-working", letter="canary-letter",
            tracking_number="canary-number", parts=(("A1", "Contracts"), ("A2", "Lists")),
            sent_on=dt.date(2026, 3, 2), channel="email", actor=cast.olive, once="filed",
            today=dt.date(2026, 3, 10),
        )  # fmt: skip

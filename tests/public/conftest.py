"""A published request of Harbor's and one that nobody published, in one campaign, with what came back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models.functions import Now
from django.test import Client

from requests_app.models import Campaign, Document, Event, RecordsRequest, RequestRequester, Share
from requests_app.models.visibility import viewing_as
from tests import builders

FILED = dt.date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _nobody_was_counted() -> None:
    cache.clear()


@dataclass
class Scene:
    cast: builders.Cast
    campaign: Campaign
    shown: RecordsRequest
    hidden: RecordsRequest
    share: Share

    def log(self, of: RecordsRequest, kind: str, **fields: Any) -> Event:
        with viewing_as(self.cast.olive):
            return builders.event(of, kind, **{"received_on": dt.date(2026, 3, 9), **fields})

    def share_is(self, share: Share | None = None, **changed: Any) -> None:
        with viewing_as(self.cast.olive):
            Share.objects.filter(pk=(share or self.share).pk).update(**changed)

    def document(self, of: RecordsRequest, title: str, *, released: bool) -> Document:
        with viewing_as(self.cast.olive):
            made = Document.objects.create(
                request=of, organisation=of.organisation, title=title, blob=title.replace(".", "")[:40], size=2048,
                sha256="0" * 64,
            )  # fmt: skip
            if released:
                Document.objects.filter(pk=made.pk).update(released_at=Now())
        return made


@pytest.fixture
def scene(db: None) -> Scene:
    cast = builders.cast()
    campaign = builders.campaign(cast.olive, cast.harbor)
    shown, hidden = (
        builders.bare_request(cast.olive, cast.harbor, cast.agency, campaign=campaign, public_title=title)
        for title in ("Sharing lists of Ottoline Quillfeather", "Kept to ourselves")
    )
    with viewing_as(cast.olive):
        RequestRequester.objects.create(request=shown, organisation=cast.harbor, name="Ottoline Quillfeather")
    return Scene(cast, campaign, shown, hidden, builders.publish(cast.olive, shown, documents=True))


@pytest.fixture
def client() -> Client:
    return Client()

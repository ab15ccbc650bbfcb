"""Documents across requests: those that the public may fetch, and none other, whoever looks."""

from __future__ import annotations

import datetime as dt
import html
import itertools
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.models import Document, RecordsRequest, Share
from requests_app.models.visibility import viewing_as
from tests import builders

pytestmark = pytest.mark.django_db
RELEASED = dt.datetime(2026, 3, 10, 17, tzinfo=dt.UTC)
_numbers = itertools.count(1)


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


def kept(
    cast: builders.Cast, made: RecordsRequest, title: str, *, released_at: dt.datetime | None = RELEASED
) -> Document:
    n = next(_numbers)
    with viewing_as(cast.olive):
        found = Document.objects.create(
            organisation=cast.harbor, request=made, title=title, size=2048, sha256=f"{n:064x}", blob=f"{n:032x}",
            added_at=RELEASED,
        )  # fmt: skip
        Document.objects.filter(pk=found.pk).update(released_at=released_at)
    return found


@pytest.fixture
def made(cast: builders.Cast) -> RecordsRequest:
    campaign = builders.campaign(cast.olive, cast.harbor)
    return builders.bare_request(cast.olive, cast.harbor, cast.agency, campaign=campaign)


def listed(tail: str = "", client: Client | None = None, *, status: int = 200) -> str:
    answer = (client or Client()).get(f"/documents/{tail}")
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def test_released_files_of_published_requests_stand_here_and_nothing_else(
    cast: builders.Cast, made: RecordsRequest
) -> None:
    out = kept(cast, made, "Policy.pdf")
    kept(cast, made, "Draft.pdf", released_at=None)
    owner = Client()
    owner.force_login(cast.olive, backend=settings.AUTHENTICATION_BACKENDS[0])
    for client in (Client(), owner):
        assert "Policy.pdf" not in listed(client=client)
    share = builders.publish(cast.olive, made, correspondence=True, documents=True)
    for client in (Client(), owner):
        said = listed(client=client)
        assert "Policy.pdf" in said and "Draft.pdf" not in said
        assert f"/documents/{out.public_id}/file/" in said
        assert "Tue Mar 10, 2026" in said
    with viewing_as(cast.olive):
        Share.objects.filter(pk=share.pk).update(revoked_at=dt.datetime.now(dt.UTC))
    assert "Policy.pdf" not in listed()


def test_a_request_published_by_its_status_alone_shows_no_files(cast: builders.Cast, made: RecordsRequest) -> None:
    kept(cast, made, "Policy.pdf")
    builders.publish(cast.olive, made)
    assert "No document is published yet" in listed()


def test_it_is_narrowed_by_agency_campaign_state_and_days(cast: builders.Cast, made: RecordsRequest) -> None:
    assert made.campaign is not None
    kept(cast, made, "Policy.pdf")
    builders.publish(cast.olive, made.campaign, correspondence=True, documents=True)
    elsewhere = builders.agency("Far Fusion Center", law="us-ny")
    for tail, there in (
        (f"?agency={cast.agency.slug}", True), (f"?agency={elsewhere.slug}", False),
        (f"?campaign={made.campaign.public_id}", True), ("?jurisdiction=us-il", True), ("?jurisdiction=us-ny", False),
        ("?from=2026-03-10&until=2026-03-10", True), ("?from=2026-03-11", False), ("?until=2026-03-09", False),
    ):  # fmt: skip
        assert ("Policy.pdf" in listed(tail)) is there, tail


@pytest.mark.parametrize(
    ("tail", "sentence"),
    [
        ("?agency=nobody", "Agency: “nobody” is not known"),
        ("?campaign=abc", "Campaign: “abc” is none of the choices"),
        ("?jurisdiction=us-zz", "State: “us-zz” is none of the choices"),
        ("?from=yesterday", "Published from: “yesterday” is no day"),
        ("?until=9999-12-31", "Published until: “9999-12-31” is no day"),
        ("?from=2026-03-11&until=2026-03-10", "before the first day"),
    ],
)
def test_a_filter_that_nobody_offers_is_said(cast: builders.Cast, tail: str, sentence: str) -> None:
    assert sentence in listed(tail, status=400)


def test_a_campaign_that_is_not_public_is_none_of_the_choices(cast: builders.Cast, made: RecordsRequest) -> None:
    assert made.campaign is not None
    owner = Client()
    owner.force_login(cast.olive, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert "none of the choices" in listed(f"?campaign={made.campaign.public_id}", owner, status=400)


def test_it_is_paged_and_costs_the_same_for_many(cast: builders.Cast, made: RecordsRequest) -> None:
    builders.publish(cast.olive, made, correspondence=True, documents=True)
    counts = []
    for many in (2, 50):
        for n in range(many):
            kept(cast, made, f"Record {many}-{n}.pdf", released_at=RELEASED + dt.timedelta(minutes=many))
        with CaptureQueriesContext(connection) as queries:
            said = listed()
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9
    assert said.count(" download>") == 50 and "52 documents" in said
    assert listed("?page=2").count(" download>") == 2
    assert listed("?page=999999").count(" download>") == 2

"""What search engines are led to: what is public and real, and nothing else."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.models import RecordsRequest
from requests_app.models.visibility import viewing_as
from requests_app.queries import sitemap as query
from tests import builders

from .conftest import Scene
from .test_news import LONG_AGO


@pytest.fixture
def real(scene: Scene) -> Scene:
    with viewing_as(scene.cast.olive):
        RecordsRequest.objects.filter(pk__in=[scene.shown.pk, scene.hidden.pk]).update(is_sample=False)
    return scene


def locs(client: Client, address: str = "/sitemap.xml") -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    found = re.findall(r"<loc>(.+?)</loc>", answer.content.decode())
    return [one.partition("//")[2].partition("/")[2] for one in found]


def told(client: Client) -> set[str]:
    return {one for page in locs(client) for one in locs(client, f"/{page}")}


def test_robots_names_the_sitemap_and_asks_the_database_nothing(client: Client) -> None:
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    assert "/sitemap.xml\n" in answer.content.decode()
    assert "Disallow: /accounts/\n" in answer.content.decode()


def test_public_and_real_requests_stand_in_it_and_no_others(real: Scene, client: Client) -> None:
    sample = builders.bare_request(real.cast.olive, real.cast.harbor, real.cast.agency)
    builders.publish(real.cast.olive, sample)
    of_requests = {one for one in told(client) if one.startswith("requests/")}
    assert of_requests == {"requests/", f"requests/{real.shown.public_id}/"}
    client.force_login(real.cast.olive)
    assert f"requests/{real.hidden.public_id}/" not in told(client)
    real.share_is(revoked_at=LONG_AGO)
    assert f"requests/{real.shown.public_id}/" not in told(client)


def test_the_last_day_is_that_of_what_the_public_reads(real: Scene, client: Client) -> None:
    def days() -> list[str]:
        return re.findall(r"<lastmod>(.+?)</lastmod>", client.get("/sitemap/requests/0.xml").content.decode())

    before = days()
    assert len(before) == 1
    with viewing_as(real.cast.olive):
        builders.event(real.shown, "fee_paid", sent_on=real.shown.filed_on, recorded_at="2100-01-01T12:00:00Z")
    assert days() == before
    with viewing_as(real.cast.olive):
        builders.event(real.shown, "acknowledged", sent_on=real.shown.filed_on, recorded_at="2100-02-01T12:00:00Z")
    assert days() == ["2100-02-01"]


def test_pages_follow_each_other_without_a_gap(real: Scene, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "SIZE", 2)
    cast = real.cast
    made = [builders.bare_request(cast.olive, cast.harbor, cast.agency, is_sample=False) for _n in range(4)]
    for one in made:
        builders.publish(real.cast.olive, one)
    pages = [page for page in locs(client) if page.startswith("sitemap/requests/")]
    found = [locs(client, f"/{page}") for page in pages]
    assert [len(one) for one in found] == [2, 2, 1]
    assert {one for page in found for one in page} == {f"requests/{one.public_id}/" for one in [real.shown, *made]}
    with CaptureQueriesContext(connection) as caught:
        client.get(f"/{pages[0]}")
    assert len(caught) <= 5


def test_what_is_no_page_is_missing(real: Scene, client: Client) -> None:
    assert client.get("/sitemap/people/a.xml").status_code == 404
    assert locs(client, "/sitemap/requests/zzzzzzzzzzzzz.xml") == []

"""Embeds: what the public sees in other people's pages, whoever looks, and gone as soon as it is taken back."""

from __future__ import annotations

import datetime as dt
import html
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.actions import statistics
from requests_app.models import Campaign, RecordsRequest, Share
from requests_app.models.visibility import viewing_as
from tests import builders

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n"


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


def asked(cast: builders.Cast, campaign: Campaign, title: str = "Sharing lists", **fields: Any) -> RecordsRequest:
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency, campaign=campaign, public_title=title)
    with viewing_as(cast.olive):
        builders.span(made, public=True, **fields)
        builders.span(made, **fields)
    return made


@pytest.fixture
def campaign(cast: builders.Cast) -> Campaign:
    return builders.campaign(cast.olive, cast.harbor)


def addresses(campaign: Campaign, request: RecordsRequest) -> list[str]:
    of = (
        "/embed/counter", "/embed/map", f"/embed/campaigns/{campaign.public_id}", f"/embed/requests/{request.public_id}"
    )  # fmt: skip
    return [one + end for one in of for end in ("/", ".svg", ".png")]


def test_every_embed_stands_in_any_page_without_script_and_cookie(cast: builders.Cast, campaign: Campaign) -> None:
    made = asked(cast, campaign)
    builders.publish(cast.olive, campaign)
    statistics.refresh()
    for address in addresses(campaign, made):
        answer = Client().get(address)
        assert answer.status_code == 200, address
        policy = answer["Content-Security-Policy"]
        assert "frame-ancestors *" in policy
        assert "default-src 'none'" in policy and "script" not in policy and "unsafe" not in policy
        assert "X-Frame-Options" not in answer
        assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer["Cache-Control"] == "public, no-cache"
        assert not answer.cookies and "Cookie" not in answer.get("Vary", "")
        assert b"<script" not in answer.content and b"<form" not in answer.content
        again = Client().get(address, headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304 and not again.content
        assert answer.content.startswith(PNG) == address.endswith(".png")


def test_every_other_page_still_refuses_to_be_framed(cast: builders.Cast) -> None:
    for address in ("/", "/embed/", "/requests/", "/embed/nothing/"):
        answer = Client().get(address)
        assert answer["X-Frame-Options"] == "DENY", address
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"], address


def test_the_one_who_owns_it_embeds_no_more_than_the_public_sees(cast: builders.Cast, campaign: Campaign) -> None:
    asked(cast, campaign, "Kept to ourselves")
    seen = asked(cast, campaign, "Published lists")
    builders.publish(cast.olive, seen)
    owner = Client()
    owner.force_login(cast.olive, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert owner.get(f"/embed/campaigns/{campaign.public_id}/").status_code == 404
    builders.publish(cast.olive, campaign)
    with viewing_as(cast.olive):
        RecordsRequest.objects.filter(public_title="Kept to ourselves").update(held_back=True)
    for client in (Client(), owner):
        answer = client.get(f"/embed/campaigns/{campaign.public_id}/")
        assert "1 request: 0 answered" in html.unescape(answer.content.decode())
        assert answer["Cache-Control"] == "public, no-cache"


def test_what_is_taken_back_is_gone_from_other_pages_at_once(cast: builders.Cast, campaign: Campaign) -> None:
    made = asked(cast, campaign)
    share = builders.publish(cast.olive, campaign)
    kept = {one: Client().get(one)["ETag"] for one in addresses(campaign, made)[6:]}
    with viewing_as(cast.olive):
        Share.objects.filter(pk=share.pk).update(revoked_at=dt.datetime.now(dt.UTC))
    for address, tag in kept.items():
        assert Client().get(address, headers={"If-None-Match": tag}).status_code == 404, address


def test_a_clock_of_ours_is_in_no_embed(cast: builders.Cast, campaign: Campaign) -> None:
    made = asked(cast, campaign)
    with viewing_as(cast.olive):
        builders.deadline(made, owner="requester", name="Appeal window")
    builders.publish(cast.olive, made)
    for end in ("/", ".svg"):
        answer = Client().get(f"/embed/requests/{made.public_id}{end}")
        assert "Appeal window" not in answer.content.decode()


@pytest.mark.parametrize(
    ("tail", "sentence"),
    [
        ("?theme=pink", "Write light or dark"),
        ("?color=dark", "“color” is nothing to choose here"),
        ("?jurisdiction=us-zz", "State: “us-zz” is none of the choices"),
        ("?from=2026-02-30", "“2026-02-30” is no day"),
    ],
)
def test_what_is_not_understood_is_said(cast: builders.Cast, tail: str, sentence: str) -> None:
    for end in ("/", ".svg", ".png"):
        answer = Client().get(f"/embed/counter{end}{tail}")
        assert answer.status_code == 400
        assert sentence in answer.content.decode()


def test_colors_follow_the_address(cast: builders.Cast) -> None:
    statistics.refresh()
    assert 'data-theme="dark"' in Client().get("/embed/counter/?theme=dark").content.decode()
    assert "data-theme" not in Client().get("/embed/counter/").content.decode()
    light, dark = (Client().get(f"/embed/counter.svg?theme={one}").content for one in ("light", "dark"))
    assert b'fill="#10161e"' in dark and b'fill="#10161e"' not in light


def test_a_public_page_leads_to_the_lines_to_copy(cast: builders.Cast, campaign: Campaign) -> None:
    made = asked(cast, campaign)
    assert "/embed/?matrix=" not in _owner(cast).get(f"/campaigns/{campaign.public_id}/").content.decode()
    builders.publish(cast.olive, campaign)
    statistics.refresh()
    for address, link in (
        (f"/campaigns/{campaign.public_id}/", f"/embed/?matrix={campaign.public_id}"),
        (f"/requests/{made.public_id}/", f"/embed/?request={made.public_id}"),
    ):
        for client in (Client(), _owner(cast)):
            assert link in client.get(address).content.decode()
        copied = html.unescape(html.unescape(Client().get(link).content.decode()))
        kind = "requests" if "request=" in link else "campaigns"
        assert f'<iframe src="http://testserver/embed/{kind}/' in copied
    assert "/embed/?population=sample" in Client().get("/").content.decode()
    narrowed = html.unescape(Client().get("/embed/?jurisdiction=us-il&theme=dark").content.decode())
    assert "http://testserver/embed/counter/?jurisdiction=us-il&theme=dark" in html.unescape(narrowed)


def _owner(cast: builders.Cast) -> Client:
    client = Client()
    client.force_login(cast.olive, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_a_matrix_of_many_costs_no_more_queries_than_one_of_few(cast: builders.Cast, campaign: Campaign) -> None:
    builders.publish(cast.olive, campaign)
    counts = []
    for _ in range(2):
        for _more in range(3):
            asked(cast, campaign)
        with CaptureQueriesContext(connection) as queries:
            assert Client().get(f"/embed/campaigns/{campaign.public_id}/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12

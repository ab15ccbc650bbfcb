"""Role by route: every route, every kind of viewer, our own object private and published. New routes join by
themselves: one without a line in `EXPECTED` fails here."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from requests_app.models import (
    Person,
    RecordsRequest,
)
from requests_app.models.visibility import viewing_as

from .declared import CANARY, PRIVILEGED, Stage, modules
from .matrix import VIEWERS, routes

pytestmark = pytest.mark.django_db

NO_INLINE = re.compile(
    r'<script(?! (?:type="module" )?src="/static/| type="application/(?:ld\+)?json")'
    r'|\sstyle=|\son[a-z]+="|https?://(?!www\.w3\.org)[^"]+\.(?:css|js|woff)'
)
DECLARED = modules()
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    route: answers for module in DECLARED for route, answers in module.EXPECTED.items()
}
SHOWS_OURS: set[str] = set().union(*(getattr(module, "SHOWS_OURS", set()) for module in DECLARED))


def client_of(stage: Stage, who: str) -> Client:
    client = Client()
    if who != "public":
        person: Person = getattr(stage.cast, who)
        client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def address(route: str, stage: Stage, request: RecordsRequest) -> str:
    with viewing_as(stage.cast.olive):
        event = request.events.order_by("pk").last()
    if route == "api-not-found":
        return "/api/v1/nowhere"
    params: dict[str, list[Any]] = {}
    for module in DECLARED:
        if route in module.EXPECTED and hasattr(module, "params"):
            params = module.params(stage, request, event)
    return reverse(route, args=params.get(route, []))


def test_every_route_is_declared() -> None:
    found = {route.name for route in routes()}
    assert found - set(EXPECTED) == set(), "declare who may see the new route"
    assert set(EXPECTED) - found == set(), "this route is gone"


@pytest.mark.parametrize("who", VIEWERS)
def test_each_viewer_gets_the_declared_answer_everywhere(stage: Stage, who: str) -> None:
    client = client_of(stage, who)
    wrong = []
    for route, (private, published) in EXPECTED.items():
        for word, request, answers in (
            ("private", stage.private, private),
            ("published", stage.published, published or private),
        ):
            # A sweep asks more often in a minute than the API lets anybody ask.
            cache.clear()
            got = client.get(address(route, stage, request)).status_code
            if got != answers[who]:
                wrong.append(f"{route} ({word}): {got}, expected {answers[who]}")
    assert wrong == []


@pytest.mark.parametrize("who", VIEWERS)
def test_private_words_reach_only_our_own_people(stage: Stage, who: str) -> None:
    """Working title, letter and agency number carry a canary; only Harbor's three may ever meet it."""
    client = client_of(stage, who)
    leaks = []
    for route in EXPECTED:
        for request in (stage.private, stage.published):
            cache.clear()
            response = client.get(address(route, stage, request))
            body = b"".join(response) if response.streaming else response.content
            text = body.decode("utf-8", "replace") + str(response.headers)
            if CANARY in text:
                leaks.append(route)
            if PRIVILEGED in text and who != "olive":
                leaks.append(f"{route}: what is privileged")
            if "Sharing lists, private" in text and who not in ("vera", "edgar", "olive"):
                leaks.append(f"{route}: title of the private request")
    if who in ("vera", "edgar", "olive"):
        assert set(leaks) <= SHOWS_OURS
    else:
        assert leaks == []


@pytest.mark.parametrize("who", ["public", "noor", "ravi", "omar"])
def test_the_public_page_of_a_request_knows_no_window_of_ours(stage: Stage, who: str) -> None:
    response = client_of(stage, who).get(reverse("request", args=[stage.published.public_id]))
    page = response.content.decode()
    assert "Answer the request" in page
    for word in ("Public Access Counselor", "circuit court", "Our move", "our move", 'i-ours"/></svg>Our'):
        assert word not in page, word


@pytest.mark.parametrize("who", ["public", "noor", "ravi", "vera"])
def test_missing_and_forbidden_are_the_same_bytes(stage: Stage, who: str) -> None:
    client = client_of(stage, who)

    def body(url: str) -> tuple[int, str]:
        response = client.get(url)
        text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
        return response.status_code, text.replace(url, "").replace(quote(url, safe=""), "")

    pairs = {
        "request": (stage.private.public_id, "zzzzzzzzzzzz"),
        "campaign": (stage.private.campaign.public_id, "zzzzzzzzzzzz"),
    }
    if who != "vera":
        for route, (there, not_there) in pairs.items():
            assert body(reverse(route, args=[there])) == body(reverse(route, args=[not_there])), route
    if who != "public":
        for kind in ("acknowledged", "determined"):
            there = body(reverse("event-new", args=[stage.private.public_id, kind]))
            assert there == body(reverse("event-new", args=["zzzzzzzzzzzz", kind]))
            assert there[0] == 404


@pytest.mark.parametrize("who", ["public", "noor", "omar", "ravi", "vera"])
def test_nobody_else_can_write_to_our_request(stage: Stage, who: str) -> None:
    client = client_of(stage, who)
    words = {
        "step": "save",
        "once": "x1",
        "seen_version": 1,
        "received_on": "2026-03-03",
        "reason": "because",
    }
    for request in (stage.private, stage.published):
        with viewing_as(stage.cast.olive):
            before = request.events.count()
        for route in ("event-new", "event-retract"):
            response = client.post(address(route, stage, request), words)
            assert response.status_code == (302 if who == "public" else 404)
            if who == "public":
                assert response.headers["Location"].startswith("/accounts/login/")
        with viewing_as(stage.cast.olive):
            assert request.events.count() == before


def test_a_form_with_another_organisations_ids_writes_nothing(stage: Stage) -> None:
    client = client_of(stage, "ravi")
    words = {
        "organisation": stage.cast.harbor.public_id, "agency": stage.cast.agency.name, "law_id": "us-il",
        "public_title": "Forged", "sent_on": "2026-03-03", "channel": "email", "once": "forged", "step": "save",
        "campaign": stage.private.campaign.public_id,
    }  # fmt: skip
    response = client.post(reverse("request-new"), words)
    assert response.status_code == 400
    with viewing_as(stage.cast.olive) as viewer:
        assert not RecordsRequest.objects.visible_to(viewer).filter(public_title="Forged").exists()
    with viewing_as(stage.cast.ravi) as viewer:
        assert not RecordsRequest.objects.visible_to(viewer).filter(public_title="Forged").exists()


def test_pages_of_a_signed_in_person_are_never_kept_by_a_cache(stage: Stage) -> None:
    response = client_of(stage, "vera").get(reverse("request", args=[stage.private.public_id]))
    assert response.headers["Cache-Control"] == "private, no-store"


def test_every_page_carries_the_strict_policy_and_no_script_of_its_own_text(stage: Stage) -> None:
    for who in ("public", "olive"):
        client = client_of(stage, who)
        for route in EXPECTED:
            response = client.get(address(route, stage, stage.published))
            if response.headers.get("Content-Type", "").startswith("text/html"):
                assert "default-src 'none'" in response.headers["Content-Security-Policy"]
                page = response.content.decode()
                assert not NO_INLINE.search(page), route

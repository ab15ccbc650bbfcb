"""Who asked stands in every text there is; no page, table, feed or answer of others tells it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_app.actions import publishing
from requests_app.actions.share_board import Wish, settle, share_with_guest
from requests_app.intake import storage
from requests_app.models import (
    Campaign,
    Document,
    EventCorrespondence,
    Membership,
    Part,
    Person,
    RecordsRequest,
    RequestCorrespondence,
    Tier,
    TrackingNumber,
)
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from requests_app.queries.requests import list_requests
from requests_app.queries.share_board import LEVELS
from tests import builders
from tests.accounts.scene import signed_in
from tests.publishing.conftest import read, secrets_in
from tests.walls.matrix import routes

pytestmark = pytest.mark.django_db
SAID = "Ottoline Quillfeather"
# Pages about the reader's own account, which name nothing of ours; pages that end a sign-in.
SEARCHED = ("/requests/", "/search/", "/api/v1/requests/", "/api/v1/search/")
LEFT = ("account_", "mfa_", "socialaccount", "admin", "logout")


@pytest.fixture
def told(scene: Any) -> Any:
    """Every text of the request, of its campaign and of its file says the name."""
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(days=9)
    table = builders.coalition(scene.olive, scene.harbor, (scene.ravi, scene.prairie, Tier.MEMBER))
    EmailAddress.objects.filter(user=scene.noor).update(verified=True)
    with viewing_as(scene.olive) as viewer:
        RecordsRequest.objects.filter(pk=scene.ours.pk).update(public_title=f"Lists for {SAID}")
        Campaign.objects.filter(pk=scene.campaign.pk).update(
            public_title=f"Campaign of {SAID}", public_summary="Ask ottoline.q@quill.example, Quillfeather."
        )
        Part.objects.create(
            request=scene.ours, organisation=scene.harbor, label="A", title=f"Letters of {SAID}", position=1
        )
        RequestCorrespondence.objects.filter(request=scene.ours).update(tracking_number="QUILLFEATHER-26-1")
        TrackingNumber.objects.create(
            request=scene.ours, organisation=scene.harbor, kind="portal", number="26-quillfeather"
        )
        kept = storage.keep([b"Twelve pages."])
        scene.document = Document.objects.create(
            request=scene.ours, organisation=scene.harbor, title="quillfeather_ottoline-second.pdf", blob=kept.name,
            size=kept.size, sha256=kept.sha256,
        )  # fmt: skip
        Document.objects.filter(pk=scene.document.pk).update(released_at=Now())
        late = builders.event(scene.ours, "produced", received_on=scene.ours.filed_on)
        EventCorrespondence.objects.create(event=late, request=scene.ours, organisation=scene.harbor, text=SAID)
        for subject in (scene.ours, scene.campaign):
            settle(
                viewer=viewer, subject=subject, actor=scene.olive, now=dt.datetime.now(dt.UTC),
                wishes=[Wish(f"c-{table.public_id}-2", LEVELS["both"])],
            )  # fmt: skip
            share_with_guest(
                viewer=viewer, subject=subject, email=scene.noor.email, level=LEVELS["both"], until=soon,
                actor=scene.olive, now=dt.datetime.now(dt.UTC),
            )  # fmt: skip
    for subject in (scene.ours, scene.campaign):
        builders.publish(scene.olive, subject, correspondence=True, documents=True)
    return scene


def pages(scene: Any) -> list[str]:
    """Every address that needs no number, or one of ours."""
    known = {
        "requests/": scene.ours.public_id, "campaigns/": scene.campaign.public_id,
        "documents/": scene.document.public_id, "agencies/": scene.agency.slug,
        "organisations/": scene.harbor.public_id,
    }  # fmt: skip
    found = []
    for route in routes():
        if route.name.startswith(LEFT) or (route.name.startswith("api-") and "openapi" in route.name):
            continue
        if not route.params:
            found.append(reverse(route.name) if "/" not in route.name else f"/{route.path}")
        elif len(route.params) == 1:
            room = next((key for key in known if route.path.removeprefix("api/v1/").startswith(key)), None)
            if room is not None:
                found.append(reverse(route.name, args=[known[room]]))
    return found


@pytest.mark.parametrize("who", ["partner", "guest", "public"])
def test_no_answer_to_others_names_who_asked(told: Any, who: str) -> None:
    client = {"partner": lambda: signed_in(told.ravi), "guest": lambda: signed_in(told.noor), "public": Client}[who]()
    leaks, answered = [], 0
    for url in pages(told):
        for asked in ("", "?q=lists") if url in SEARCHED else ("",):
            cache.clear()
            response = client.get(url + asked)
            answered += response.status_code == 200
            leaks += [(url, secret) for secret in secrets_in(read(response))]
    assert not leaks, "\n".join(map(str, leaks))
    assert answered > 30, "the crawl has read something"
    page = client.get(reverse("request", args=[told.ours.public_id])).content.decode()
    assert "Lists for [name withheld]" in page


def test_our_own_people_read_it_all(told: Any) -> None:
    vera = signed_in(told.vera)
    for url in (reverse("requests"), reverse("campaign", args=[told.campaign.public_id])):
        assert SAID in vera.get(url).content.decode(), url


def test_a_list_asks_once_for_all_whom_to_mask(told: Any) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as said:
            assert Client().get(reverse("requests")).status_code == 200
        return len(said)

    cache.clear()
    few = cost()
    for _n in range(5):
        builders.publish(told.olive, builders.bare_request(told.olive, told.harbor, told.agency))
    cache.clear()
    assert cost() == few


def test_a_file_is_handed_to_others_under_a_masked_name(told: Any) -> None:
    with viewing_as(told.olive):
        Document.objects.filter(pk=told.document.pk).update(title="quillfeather ottoline.pdf")
    shown = signed_in(told.ravi).get(reverse("document", args=[told.document.public_id]))
    shelf = signed_in(told.ravi).get(reverse("request-documents", args=[told.ours.public_id]))
    for response in (shown, shelf):
        assert "quillfeather" not in response.content.decode().casefold()


def test_a_protected_member_is_masked_by_each_part_of_the_name(told: Any) -> None:
    with viewing_as(told.olive):
        Person.objects.filter(pk=told.edgar.pk).update(name="Bo Mayhew")
        told.edgar.refresh_from_db()
        RecordsRequest.objects.filter(pk=told.ours.pk).update(public_title="Bo asked for lists")
        member = Membership.objects.get(organisation=told.harbor, person=told.edgar)

    def title() -> str:
        with viewing(PUBLIC) as viewer:
            [row] = list_requests(viewer, now=dt.datetime.now(dt.UTC)).rows
        return row.public_title

    assert title() == "Bo asked for lists"
    page = reverse("member", args=[told.harbor.public_id, member.public_id])
    assert signed_in(told.olive).post(page, {"act": "protect", "protected": "on"}).status_code == 303
    assert title() == "[name withheld] asked for lists"
    path = f"/api/v1/organisations/{told.harbor.public_id}/members/protection/"
    words = {"member": told.edgar.email, "protected": False}
    assert signed_in(told.edgar).post(path, words, content_type="application/json").status_code in (403, 404)
    said = signed_in(told.olive).post(path, words, content_type="application/json")
    assert said.json()["protected"] is False and title() == "Bo asked for lists"


def test_what_is_gone_answers_no_conditional_request_and_no_cache_keeps_a_page(told: Any) -> None:
    public, url = Client(), reverse("request", args=[told.ours.public_id])
    first = public.get(url)
    assert first.headers["Cache-Control"] == "no-cache" and "ETag" not in first.headers
    with viewing_as(told.olive) as viewer:
        found = RecordsRequest.objects.select_related("organisation").get(pk=told.ours.pk)
        publishing.unpublish(viewer=viewer, subject=found, actor=told.olive, whole=True)
    for said in ({"HTTP_IF_NONE_MATCH": "*"}, {"HTTP_IF_MODIFIED_SINCE": first.headers.get("Date", "now")}):
        for method in (public.get, public.head):
            assert method(url, **said).status_code == 404
            assert method(reverse("api-request", args=[told.ours.public_id]), **said).status_code == 404

"""The page and the API of feeds: an address is read once, and everybody revokes their own."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from requests_app.models import AuditEntry, CalendarFeed, IdempotencyKey
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.api.test_token_page import signed_in

from .conftest import feed_of, fetch

pytestmark = pytest.mark.django_db
WORDS = {"name": "Wall calendar", "subject": "organisation", "once": "abc"}
ADDRESS = re.compile(r"https?://[^\s<\"]*/feeds/([\w-]{43})\.ics")


def feeds_of(cast: builders.Cast) -> list[Any]:
    with viewing_as(cast.olive) as viewer:
        return list(CalendarFeed.objects.visible_to(viewer).order_by("pk"))


@pytest.mark.parametrize("who", ["olive", "edgar", "vera"])
def test_every_member_makes_one_and_reads_its_address_once(cast: builders.Cast, who: str) -> None:
    client = signed_in(getattr(cast, who))
    page = client.post(reverse("feeds"), WORDS)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-store"
    [secret] = set(ADDRESS.findall(page.content.decode()))
    assert fetch(secret).status_code == 200
    later = client.get(reverse("feeds")).content.decode()
    assert "Wall calendar" in later
    assert secret not in later
    [row] = feeds_of(cast)
    assert secret.encode() not in bytes(row.digest)
    with viewing_as(cast.olive):
        [line] = AuditEntry.objects.filter(act="feed.made")
    assert line.subject == f"feed {row.public_id}"


def test_the_same_form_again_makes_no_second_feed(cast: builders.Cast) -> None:
    client = signed_in(cast.vera)
    client.post(reverse("feeds"), WORDS)
    again = client.post(reverse("feeds"), WORDS)
    assert again.status_code == 409
    assert "was shown that one time" in again.content.decode()
    assert len(feeds_of(cast)) == 1


def test_what_is_missing_is_said_beside_its_field(cast: builders.Cast) -> None:
    theirs = builders.campaign(cast.ravi, cast.prairie, "Of a stranger")
    given = {**WORDS, "name": "", "subject": f"campaign:{theirs.public_id}"}
    page = signed_in(cast.vera).post(reverse("feeds"), given)
    assert page.status_code == 400
    assert "which calendar will show it?" in page.content.decode()
    assert "Choose what the calendar shows." in page.content.decode()
    assert feeds_of(cast) == []


def test_an_old_sign_in_is_asked_for_a_proof_first(cast: builders.Cast) -> None:
    client = Client()
    client.force_login(cast.vera, backend=settings.AUTHENTICATION_BACKENDS[0])
    answer = client.post(reverse("feeds"), WORDS)
    assert answer.status_code == 302
    assert reverse("account_reauthenticate") in answer.headers["Location"]
    assert feeds_of(cast) == []


def test_one_revokes_ones_own_and_an_owner_anybodys(cast: builders.Cast) -> None:
    veras, secret = feed_of(cast.vera, cast.harbor)
    address = reverse("feed-revoke", args=[veras.public_id])
    for stranger in (cast.edgar, cast.ravi, cast.noor):
        assert signed_in(stranger).post(address).status_code == 404
    assert fetch(secret).status_code == 200
    assert signed_in(cast.olive).post(address).status_code == 303
    assert fetch(secret).status_code == 404
    mine, secret = feed_of(cast.vera, cast.harbor)
    client = signed_in(cast.vera)
    for _click in range(2):
        assert client.post(reverse("feed-revoke", args=[mine.public_id])).status_code == 303
    assert fetch(secret).status_code == 404


def test_links_choose_what_the_page_shows(cast: builders.Cast) -> None:
    drive = builders.campaign(cast.olive, cast.harbor)
    page = signed_in(cast.vera).get(f"{reverse('feeds')}?campaign={drive.public_id}").content.decode()
    assert f'value="campaign:{drive.public_id}" selected' in page
    for name in ("calendar", "campaign"):
        args = [drive.public_id] if name == "campaign" else []
        assert reverse("feeds") in signed_in(cast.vera).get(reverse(name, args=args)).content.decode()


def _api(
    client: Client, cast: builders.Cast, method: str, key: str = "", body: Any = None, **headers: str
) -> Any:
    path = f"/api/v1/organisations/{cast.harbor.public_id}/feeds/{key}"
    more = {"data": body, "content_type": "application/json"} if body is not None else {}
    return getattr(client, method)(path, headers=headers, **more)


def test_a_program_by_session_does_the_same_and_no_key_keeps_the_address(cast: builders.Cast) -> None:
    client = signed_in(cast.vera)
    body = {"shows": "person", "name": "My due days"}
    made = _api(client, cast, "post", body=body, **{"Idempotency-Key": "my-first-feed"})
    assert made.status_code == 201, made.content
    [secret] = ADDRESS.findall(made.json()["url"])
    assert fetch(secret).status_code == 200
    assert _api(client, cast, "post", body=body, **{"Idempotency-Key": "my-first-feed"}).status_code == 409
    with viewing_as(cast.vera):
        assert not IdempotencyKey.objects.exists()
    [row] = _api(client, cast, "get").json()["items"]
    assert (row["shows"], row["by"]) == ("person", cast.vera.email)
    assert "url" not in row
    assert _api(client, cast, "delete", f"{row['id']}/").json() == {"done": True}
    assert fetch(secret).status_code == 404


def test_a_program_is_told_what_is_wrong(cast: builders.Cast) -> None:
    client = signed_in(cast.vera)
    wrong = _api(client, cast, "post", body={"shows": "campaign", "name": "x", "campaign": "zzzzzzzzzzzz"})
    assert wrong.status_code == 400
    assert "Choose a campaign of your organization." in wrong.content.decode()
    old = Client()
    old.force_login(cast.vera, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert _api(old, cast, "post", body={"shows": "person", "name": "x"}).status_code == 403

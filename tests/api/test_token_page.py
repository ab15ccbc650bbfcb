"""The page of tokens: the secret is read once, a second click makes no second token, and owners alone decide."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from requests_app.models import ApiToken, Person
from requests_app.models.visibility import viewing_as
from tests import builders

from .conftest import Program, token_of

pytestmark = pytest.mark.django_db
WORDS = {"name": "Nightly report", "scope": "read", "days": "90", "once": "abc"}


def signed_in(person: Person) -> Client:
    client = Client()
    page = client.get(reverse("account_login"))
    assert page.status_code == 200
    client.post(reverse("account_login"), {"login": person.email, "password": builders.PASSWORD})
    return client


def tokens_of(cast: builders.Cast) -> list[Any]:
    with viewing_as(cast.olive) as viewer:
        return list(ApiToken.objects.visible_to(viewer).order_by("pk"))


def test_the_secret_is_shown_once_and_works(cast: builders.Cast) -> None:
    client = signed_in(cast.olive)
    page = client.post(reverse("tokens"), WORDS)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-store"
    [secret] = set(re.findall(r"prt_[\w-]{40,}", page.content.decode()))
    assert Program(secret).get("/requests/").status_code == 200
    later = client.get(reverse("tokens")).content.decode()
    assert "Nightly report" in later
    assert secret not in later


def test_the_same_form_again_makes_no_second_token(cast: builders.Cast) -> None:
    client = signed_in(cast.olive)
    client.post(reverse("tokens"), WORDS)
    again = client.post(reverse("tokens"), WORDS)
    assert again.status_code == 409
    assert "was shown that one time" in again.content.decode()
    assert len(tokens_of(cast)) == 1


def test_what_is_missing_is_said_beside_its_field(cast: builders.Cast) -> None:
    page = signed_in(cast.olive).post(reverse("tokens"), {**WORDS, "name": "", "days": "9999"})
    assert page.status_code == 400
    assert "what will use it?" in page.content.decode()
    assert tokens_of(cast) == []


def test_a_token_is_revoked_with_one_click(cast: builders.Cast) -> None:
    token, secret = token_of(cast.olive, cast.harbor)
    client = signed_in(cast.olive)
    for _click in range(2):
        assert client.post(reverse("token-revoke", args=[token.public_id])).status_code == 303
    assert Program(secret).get("/requests/").status_code == 401


@pytest.mark.parametrize("who", ["edgar", "vera", "ravi"])
def test_who_is_no_owner_here_neither_makes_nor_revokes(cast: builders.Cast, who: str) -> None:
    token, secret = token_of(cast.olive, cast.harbor)
    client = signed_in(getattr(cast, who))
    if who != "ravi":
        page = client.get(reverse("tokens")).content.decode()
        assert "Only an owner" in page
        assert token.start not in page
        assert client.post(reverse("tokens"), WORDS).status_code == 404
    assert client.post(reverse("token-revoke", args=[token.public_id])).status_code == 404
    assert Program(secret).get("/requests/").status_code == 200
    assert len(tokens_of(cast)) == 1


def test_an_old_sign_in_is_asked_for_a_proof_first(cast: builders.Cast) -> None:
    client = Client()
    client.force_login(cast.olive, backend=settings.AUTHENTICATION_BACKENDS[0])
    answer = client.post(reverse("tokens"), WORDS)
    assert answer.status_code == 302
    assert reverse("account_reauthenticate") in answer.headers["Location"]
    assert tokens_of(cast) == []

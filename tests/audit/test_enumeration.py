"""Nobody learns by signing in, resetting, signing up or inviting who has an account here: bytes, status, queries."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from requests_app.models.visibility import viewing_as
from tests import builders
from tests.accounts.scene import invited, signed_in
from tests.builders import Cast

pytestmark = pytest.mark.django_db


def shape(sql: str) -> str:
    """A statement without what was asked for."""
    return re.sub(r"'[^']*'|\b\d+\b", "?", re.sub(r"s\d+_x\d+|_\w*sync_\d+", "", sql))


def asked(send: Callable[[], Any], *given: str) -> tuple[Any, ...]:
    """Status, headers and body without what differs by chance or was typed; and the shape of each query."""
    with CaptureQueriesContext(connection) as queries:
        answer = send()
    body = re.sub(r'(value|nonce)="[^"]*"', "", answer.content.decode())
    headers = {name: value for name, value in answer.headers.items() if name not in CHANCE}
    for word in given:
        body = body.replace(word, "GIVEN")
    shapes = [shape(one["sql"]) for one in queries]
    return answer.status_code, sorted(headers.items()), sorted(answer.cookies), body, shapes


CHANCE = ("Content-Length", "Content-Security-Policy", "Expires")
NOWHERE = "nobody@nowhere.example"


def test_a_failed_sign_in_is_the_same_for_both(cast: Cast) -> None:
    asked(lambda: Client().post(reverse("account_login"), {"login": "x@x.example", "password": "wrong"}))
    known, unknown = (
        asked(
            lambda e=email: Client().post(reverse("account_login"), {"login": e, "password": "wrong"}), email
        )
        for email in (cast.noor.email, NOWHERE)
    )
    assert known == unknown


def test_a_reset_is_the_same_for_both(cast: Cast) -> None:
    known, unknown = (
        asked(lambda e=email: Client().post(reverse("account_reset_password"), {"email": e}), email)
        for email in (cast.noor.email, NOWHERE)
    )
    assert sorted(set(known[4]) ^ set(unknown[4])) == []
    assert len(known[4]) == len(unknown[4])
    assert known == unknown
    assert [len(one.to) for one in mail.outbox] == [1, 1], "somebody is written to, whoever it is"


def test_an_invitation_is_the_same_for_both(cast: Cast) -> None:
    olive, page = signed_in(cast.olive), reverse("members", args=[cast.harbor.public_id])
    olive.post(page, {"email": "first@x.example", "role": "viewer"})
    known, unknown = (
        asked(lambda e=email: olive.post(page, {"email": e, "role": "viewer"}), email)
        for email in (cast.noor.email, NOWHERE)
    )
    assert known == unknown


def test_a_link_says_the_same_whether_its_address_has_an_account(cast: Cast) -> None:
    links = {}
    for email in (cast.noor.email, NOWHERE):
        _made, token = invited(cast.olive, cast.harbor, email, "viewer", timezone.now())
        links[email] = reverse("invitation", args=[token])
    known, unknown = (
        asked(lambda e=email: Client().get(links[e]), email, links[email].strip("/").rpartition("/")[2])
        for email in links
    )
    assert known == unknown


def test_who_is_signed_in_elsewhere_learns_nothing_of_an_address_by_inviting_a_member_of_another(
    cast: Cast,
) -> None:
    olive, page = signed_in(cast.olive), reverse("members", args=[cast.harbor.public_id])
    stranger = builders.person("Stranger")
    with viewing_as(cast.ravi):
        builders.organisation("Lake Records Desk", stranger)
    olive.post(page, {"email": "first@x.example", "role": "viewer"})
    known, unknown = (
        asked(lambda e=email: olive.post(page, {"email": e, "role": "viewer"}), email)
        for email in (stranger.email, NOWHERE)
    )
    assert known == unknown

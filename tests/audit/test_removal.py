"""Removing a member ends, in one transaction, every way in that they had: shown by real requests."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from requests_app.actions import organisations, tokens
from requests_app.models import Membership
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.accounts.scene import by_password, signed_in
from tests.builders import Cast
from tests.feeds.conftest import feed_of, fetch

pytestmark = pytest.mark.django_db


@pytest.fixture
def ways(cast: Cast) -> Any:
    """Edgar, an owner, at two browsers, with a program and a calendar; what each is answered now."""
    with viewing_as(cast.olive) as viewer:
        edgar = Membership.objects.get(organisation=cast.harbor, person=cast.edgar)
        organisations.change_role(viewer=viewer, membership=edgar, role="owner", actor=cast.olive)
    with viewing_as(cast.edgar) as viewer:
        _token, secret = tokens.make_token(
            once="token", viewer=viewer, organisation=cast.harbor, actor=cast.edgar, name="sync", scope="write",
            days=9, now=timezone.now(),
        )  # fmt: skip
    _feed, address = feed_of(cast.edgar, cast.harbor)
    ours = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    tracked, _answer = by_password(cast.edgar)
    untracked = signed_in(cast.edgar)
    page = reverse("request", args=[ours.public_id])

    def ask() -> list[int]:
        program = Client(headers={"Authorization": f"Bearer {secret}"})
        return [
            tracked.get(page).status_code,
            untracked.get(page).status_code,
            program.get(f"/api/v1/requests/{ours.public_id}/").status_code,
            fetch(address).status_code,
        ]

    return ask


def test_sessions_programs_and_calendars_end_with_the_membership(cast: Cast, ways: Any) -> None:
    assert ways() == [200, 200, 200, 200]
    with viewing_as(cast.olive):
        edgar = Membership.objects.get(organisation=cast.harbor, person=cast.edgar)
    there = reverse("member", args=[cast.harbor.public_id, edgar.public_id])
    assert signed_in(cast.olive).post(there, {"act": "remove"}).status_code == 303
    assert ways() == [404, 404, 401, 404], "signed out at once, and the address is as if it were not there"


def test_a_removal_that_did_not_happen_ends_nothing(cast: Cast, ways: Any) -> None:
    with transaction.atomic():
        with viewing_as(cast.olive) as viewer:
            edgar = Membership.objects.get(organisation=cast.harbor, person=cast.edgar)
            organisations.end_membership(viewer=viewer, membership=edgar, actor=cast.olive)
        transaction.set_rollback(True)
    assert ways() == [200, 200, 200, 200]


def test_a_membership_that_ends_past_the_action_kills_programs_and_calendars_too(
    cast: Cast, ways: Any
) -> None:
    with viewing_as(cast.olive):
        Membership.objects.filter(organisation=cast.harbor, person=cast.edgar).update(
            ended_at=dt.datetime.now(dt.UTC)
        )
    assert ways()[2:] == [401, 404]
    with viewing_as(cast.olive):
        Membership.objects.filter(organisation=cast.harbor, person=cast.edgar).update(ended_at=None)
    assert ways()[2:] == [401, 404], "who comes back brings no old key along"

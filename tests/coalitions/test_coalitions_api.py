"""Coalitions by program: the same acts through the same words; no token acts, no stranger learns of anything."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from requests_app.actions.coalition_invitations import SALT
from requests_app.actions.invitations import token_of
from requests_app.models import CoalitionInvitation
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.accounts.scene import signed_in

pytestmark = pytest.mark.django_db
JSON = "application/json"
HOME = "/api/v1/coalitions/"


def sent(client: Client, method: str, address: str, **given: Any) -> Any:
    cache.clear()
    return getattr(client, method)(address, given or "", content_type=JSON)


def test_a_coalition_lives_and_ends_by_program(cast: builders.Cast) -> None:
    olive, ravi = signed_in(cast.olive), signed_in(cast.ravi)
    made = sent(olive, "post", HOME, name="Table", organisation=cast.harbor.public_id, shown_as="Harbor")
    assert made.status_code == 201, made.content
    here = f"{HOME}{made.json()['id']}/"
    asked = sent(olive, "post", f"{here}asked/", email=cast.ravi.email, tier="member")
    assert asked.status_code == 201 and asked.json()["mail"] == "planned"
    with viewing_as(cast.olive):
        row = CoalitionInvitation.objects.get()
    link = f"{HOME}invitations/{token_of(row.public_id, 1, SALT)}/"
    assert Client().get(link).json()["invited_by"] == "Harbor"
    for _twice in range(2):
        joined = sent(ravi, "post", f"{link}join/", organisation=cast.prairie.public_id, shown_as="Prairie")
        assert (joined.status_code, joined.json()["tier"]) == (200, "member")
    stranger = sent(ravi, "post", f"{link}join/", organisation=cast.harbor.public_id, shown_as="P")
    assert stranger.status_code == 400 and "You own no organization with this id" in str(stranger.json())
    theirs = f"{here}members/{joined.json()['id']}/"
    assert [one["name"] for one in ravi.get(f"{here}members/").json()["items"]] == ["Harbor", "Prairie"]
    assert olive.get(theirs).json()["tells_counts"] is None, "consents are its own to read"
    agreed = sent(ravi, "put", theirs, shown_as="Prairie", tells_counts=True, tells_collisions=False)
    assert agreed.json()["tells_counts"] is True
    assert olive.get(f"{here}counts/").json()["items"] == [
        {"member": joined.json()["id"], "windows": 0, "unassigned": 0}
    ]
    assert ravi.get(f"{here}counts/").status_code == 404
    assert set(olive.get(f"{theirs}effect/?tier=observer").json()) == {
        "ending",
        "starting",
        "lost",
        "joint",
        "models",
        "kits",
        "work",
    }
    changed = sent(olive, "post", f"{theirs}tier/", tier="observer", coordinates=False, seen_tier="member")
    assert changed.json()["tier"] == "observer"
    stale = sent(olive, "post", f"{theirs}tier/", tier="steering", coordinates=False, seen_tier="member")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert sent(ravi, "delete", here).status_code == 403, "who only belongs dissolves nothing"
    assert sent(ravi, "delete", theirs).status_code == 200
    assert ravi.get(f"{here}members/").json()["items"] == [], "who left reads nobody"
    for _twice in range(2):
        assert sent(olive, "delete", here).status_code == 200
    assert olive.get(here).json()["dissolved_at"]


def test_strangers_and_stale_proofs_change_nothing(cast: builders.Cast) -> None:
    made = builders.coalition(cast.olive, cast.harbor)
    here = f"{HOME}{made.public_id}/"
    for client, status in (
        (Client(), 401),
        (signed_in(cast.ravi), 404),
        (signed_in(cast.olive, fresh=False), 403),
    ):
        assert sent(client, "put", here, name="X").status_code == status
        assert sent(client, "delete", here).status_code == status
    assert signed_in(cast.olive).get(here).json()["name"] == "Midwest Table"
    assert Client().get(f"{HOME}invitations/{'x' * 40}/").status_code == 404

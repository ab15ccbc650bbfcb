"""The same acts for programs."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.publishing.conftest import two
from tests.publishing.test_pages import client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("by", ["request", "campaign"])
def test_from_proposal_to_public_and_back(scene: Any, by: str) -> None:
    two(scene)
    what = scene.ours if by == "request" else scene.campaign
    address = reverse(f"api-{by}-publishing", args=[what.public_id])
    edgar, olive, anybody = client(scene.edgar), client(scene.olive), client()

    def send(who: Any, **given: Any) -> Any:
        return who.patch(address, given, content_type="application/json")

    made = edgar.post(address, {"correspondence": True}, content_type="application/json")
    assert made.status_code == 201 and made.json()["publication"]["state"] == "proposed"
    assert send(edgar, act="agree").json()["code"] == "owners_only"
    assert send(olive, act="agree").json()["code"] == "not_looked_at"
    assert [one["id"] for one in olive.get(reverse("api-publishing")).json()["items"]]
    seen = {one["item"]: one["fingerprint"] for one in olive.get(address).json()["checklist"]}
    assert send(edgar, act="confirm", seen=seen | {"titles": "old"}).json()["code"] == "stale"
    assert send(edgar, act="confirm", seen=seen).status_code == 200
    assert send(edgar, act="extend").json()["code"] == "embargo_missing"
    assert anybody.get(reverse("api-request", args=[scene.ours.public_id])).status_code == 404
    assert send(olive, act="agree").json()["public"] is True
    assert "withheld]" in str(anybody.get(reverse("api-request", args=[scene.ours.public_id])).json())
    assert send(olive, act="unpublish").json()["public"] is False
    assert anybody.get(reverse("api-request", args=[scene.ours.public_id])).status_code == 404

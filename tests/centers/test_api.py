"""Claims for programs: what is public for anybody, one's own by token; a token never publishes."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from requests_app.models import Agency
from tests import builders

from .conftest import publish, record, says

pytestmark = pytest.mark.django_db
GIVEN = {"topic": "vendors", "value": "Platewise", "status": "reported", "citation": "Courier", "from_on": "2026-03-02"}


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def sent(client: Client, path: str, **given: Any) -> Any:
    return client.post(f"/api/v1/claims/{path}", given, content_type="application/json")


def test_a_claim_is_recorded_published_and_read_by_programs(cast: builders.Cast, center: Agency) -> None:
    made = sent(signed_in(cast.edgar), "", agency=center.slug, **GIVEN)
    assert made.status_code == 201
    key = made.json()["id"]
    assert (made.json()["public"], made.json()["ours"]) == (False, True)
    assert Client().get("/api/v1/claims/").json()["items"] == []
    assert Client().get(f"/api/v1/claims/{key}/").status_code == 404
    assert sent(signed_in(cast.edgar), f"{key}/publish/").status_code == 403
    assert sent(signed_in(cast.ravi), f"{key}/publish/").status_code == 404
    assert sent(signed_in(cast.olive), f"{key}/publish/").status_code == 200
    assert [one["value"] for one in Client().get(f"/api/v1/claims/?agency={center.slug}").json()["items"]] == [
        "Platewise"
    ]
    assert sent(signed_in(cast.olive), f"{key}/withdraw/", reason="Sold").json()["withdrawn_because"] == "Sold"
    assert Client().get("/api/v1/claims/").json()["items"] == []


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"agency": "nobody"}, 400, "agency"), ({"document": "nobodys"}, 400, "document"),
        ({"status": "asked"}, 400, "status"), ({"topic": "left"}, 400, "finding"), ({"colour": "red"}, 400, "colour"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(
    cast: builders.Cast, center: Agency, wrong: dict[str, str], status: int, field: str
) -> None:
    answer = sent(signed_in(cast.edgar), "", **({"agency": center.slug} | GIVEN | wrong))
    assert answer.status_code == status
    assert field in answer.content.decode()


def test_the_twelve_are_told_as_the_public_sees_them(cast: builders.Cast, center: Agency) -> None:
    publish(cast, record(cast, center, says("left", finding="no")))
    record(cast, center, says("grant_share", finding="yes"), once="b")
    (told,) = signed_in(cast.olive).get("/api/v1/centers/?jurisdiction=us-il").json()["items"]
    values = {one["recommendation"]: one["value"] for one in told["oversight"]}
    assert len(values) == 12
    assert (values["left"], values["grant_share"]) == ("no", "not_asked")

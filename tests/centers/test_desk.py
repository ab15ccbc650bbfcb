"""The form by which an organization records what a source says of a center, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from requests_app.models import Agency, AuditEntry, CenterClaim
from requests_app.models.visibility import viewing_as
from tests import builders

from .conftest import asked, document, record, says

pytestmark = pytest.mark.django_db
GIVEN = {
    "topic": "vendors", "value": "Platewise", "status": "reported", "citation": "Springfield Courier",
    "from_on": "2026-03-02", "once": "a",
}  # fmt: skip


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_an_editor_records_an_owner_publishes_and_everybody_reads(cast: builders.Cast, center: Agency) -> None:
    there = f"/agencies/{center.slug}/claims/"
    answer = signed_in(cast.edgar).post(there, GIVEN)
    assert answer.status_code == 302
    public = f"/agencies/{center.slug}/"
    assert "Platewise" not in Client().get(public).content.decode()
    assert "Publish</button>" not in signed_in(cast.edgar).get(answer["Location"]).content.decode()
    assert signed_in(cast.edgar).post(answer["Location"], {"act": "publish"}).status_code == 403
    assert signed_in(cast.olive).post(answer["Location"], {"act": "publish"}).status_code == 302
    assert "Platewise" in Client().get(public).content.decode()
    with viewing_as(cast.olive) as viewer:
        lines = AuditEntry.objects.visible_to(viewer).filter(subject__startswith="claim ")
        done = set(lines.values_list("act", flat=True))
    assert done == {"claim.recorded", "claim.published"}


def test_a_documented_claim_points_to_a_document_of_ones_own(cast: builders.Cast, center: Agency) -> None:
    paper = document(cast, asked(cast, center, "privacy-and-audits", "A4"))
    given = GIVEN | {"status": "documented", "page": "4", "document": paper.public_id}
    assert signed_in(cast.edgar).post(f"/agencies/{center.slug}/claims/", given).status_code == 302
    with viewing_as(cast.olive):
        assert CenterClaim.objects.get().document == paper


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"status": "documented"}, "Name the page"), ({"topic": "left"}, "Say what the source says of the"),
        ({"topic": "nothing"}, "Select a valid choice"), ({"from_on": "yesterday"}, "Enter a valid date"),
        ({"address": "the paper"}, "whole address"), ({"value": ""}, "Say what the source says"),
        ({"document": "nobodys"}, "Select a valid choice"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_beside_its_field(
    cast: builders.Cast, center: Agency, wrong: dict[str, str], said: str
) -> None:
    answer = signed_in(cast.edgar).post(f"/agencies/{center.slug}/claims/", GIVEN | wrong)
    assert answer.status_code == 400
    assert said in answer.content.decode()


def test_one_that_is_replaced_or_withdrawn_stays_readable_to_its_own_people(
    cast: builders.Cast, center: Agency
) -> None:
    made = record(cast, center, says("vendors", value="Platewise"))
    there = f"/agencies/{center.slug}/claims/{made.public_id}/"
    second = signed_in(cast.edgar).post(there, GIVEN | {"act": "replace", "value": "Camwise", "once": "b"})
    assert second.status_code == 302
    assert signed_in(cast.edgar).post(second["Location"], {"act": "withdraw", "reason": ""}).status_code == 400
    assert signed_in(cast.edgar).post(second["Location"], {"act": "withdraw", "reason": "Sold"}).status_code == 302
    seen = signed_in(cast.vera).get(f"/agencies/{center.slug}/claims/").content.decode()
    assert "Platewise" in seen and "Camwise" in seen and "Sold" in seen
    assert "<form" not in seen.split("<main")[1].split("</main")[0]
    assert signed_in(cast.edgar).post(there, {"act": "nonsense"}).status_code == 400
    assert signed_in(cast.vera).post(there, {"act": "withdraw", "reason": "No"}).status_code == 404
    assert signed_in(cast.ravi).get(there).status_code == 404

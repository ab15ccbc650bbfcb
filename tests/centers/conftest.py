"""A real center in Illinois, and Harbor's people who ask it and record what they learn."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from requests_app.actions import center_claims as acts
from requests_app.models import Agency, Ask, CenterClaim, Document, Part, RecordsRequest
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from tests import builders

DAY = dt.date(2026, 3, 2)
TODAY = dt.date(2026, 4, 1)


@pytest.fixture
def cast(db: Any) -> builders.Cast:
    return builders.cast()


@pytest.fixture
def center(cast: builders.Cast) -> Agency:
    return center_of("Prairie State Center")


def center_of(name: str, **fields: Any) -> Agency:
    with viewing(PUBLIC):
        return Agency.objects.create(
            **{
                "slug": name.lower().replace(" ", "-"), "name": name, "kind": "fusion_center", "jurisdiction": "us-il",
                "zone": "America/Chicago", "city": "Springfield", "area": "statewide", **fields,
            }
        )  # fmt: skip


def asked(cast: builders.Cast, center: Agency, kit: str, *labels: str, public: bool = True) -> RecordsRequest:
    """A request by a kit, published or not."""
    with viewing_as(cast.olive):
        ask = Ask.objects.create(organisation=cast.harbor, agency=center, kit=kit)
    made = builders.bare_request(cast.olive, cast.harbor, center, ask=ask, is_sample=False)
    with viewing_as(cast.olive):
        for place, label in enumerate(labels):
            Part.objects.create(request=made, organisation=cast.harbor, label=label, title="Records", position=place)
        builders.span(made)
        builders.span(made, public=True)
    if public:
        builders.publish(cast.olive, made, documents=True)
    return made


def document(cast: builders.Cast, of: RecordsRequest, *, released: bool = True) -> Document:
    with viewing_as(cast.olive):
        return Document.objects.create(
            organisation=cast.harbor, request=of, title="Audit of 2025", blob=f"blob{of.pk}", size=1, sha256="0",
            added_at=dt.datetime(2026, 3, 8, tzinfo=dt.UTC),
            released_at=dt.datetime(2026, 3, 9, tzinfo=dt.UTC) if released else None,
        )  # fmt: skip


def says(topic: str = "audits", **fields: Any) -> acts.Said:
    finding = {} if topic in ("audits", "vendors", "co_located_with") else {"finding": "no"}
    start: dict[str, Any] = {
        "status": "reported", "from_on": DAY, "citation": "Springfield Courier, March 2, 2026",
        "value": "One audit in 2019", "address": "https://courier.example/audit", **finding,
    }  # fmt: skip
    return acts.Said(topic=topic, **(start | fields))


def record(
    cast: builders.Cast, center: Agency, said: acts.Said | None = None, *, by: Any = None, once: str = "a"
) -> CenterClaim:
    who = by or cast.edgar
    with viewing_as(who) as viewer:
        return acts.record(
            viewer=viewer, organisation=cast.harbor, agency=center, said=said or says(), actor=who, once=once,
            today=TODAY,
        )  # fmt: skip


def publish(cast: builders.Cast, claim: CenterClaim) -> None:
    with viewing_as(cast.olive) as viewer:
        acts.publish(viewer=viewer, claim=claim, actor=cast.olive)
        claim.refresh_from_db()

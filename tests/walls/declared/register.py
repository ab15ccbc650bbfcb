"""The routes of the register: withholdings, fees, preservation and holds."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from requests_app.models import (
    Event,
    EventCorrespondence,
    FeeBasis,
    LegalHold,
    RecordsRequest,
    Retention,
    Withholding,
    WithholdingPrivate,
)
from tests import builders
from tests.walls.matrix import POST_ONLY, _row

from . import CANARY, Stage

MEMBERS_ENTRY = _row(302, 404, 404, 200, 200, 200, 200)
OUR_MEMBERS = _row(302, 404, 404, 404, 200, 200, 200)
API_MEMBERS = _row(401, 404, 404, 404, 200, 200, 200)
OUR_EDITORS = _row(302, 404, 404, 404, 404, 200, 200)

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "request-withholdings": (OUR_MEMBERS, None),
    "withholding-new": (OUR_EDITORS, None),
    "withholding-edit": (OUR_EDITORS, None),
    "withholding-retract": (OUR_EDITORS, None),
    "withholding-compare": (OUR_MEMBERS, None),
    "withholdings": (MEMBERS_ENTRY, None),
    "withholdings-csv": (MEMBERS_ENTRY, None),
    "request-fees": (OUR_MEMBERS, None),
    "fee-new": (OUR_EDITORS, None),
    "fees": (MEMBERS_ENTRY, None),
    "fees-csv": (MEMBERS_ENTRY, None),
    "request-preservation": (OUR_MEMBERS, None),
    "preservation-demand": (OUR_EDITORS, None),
    "preservation-date": (OUR_EDITORS, None),
    "request-hold": (OUR_EDITORS, None),
    "campaign-hold": (OUR_EDITORS, None),
    "api-withholdings": (_row(401, 200, 200, 200, 200, 200, 200), None),
    "api-request-withholdings": (API_MEMBERS, None),
    "api-withholding": (POST_ONLY, None),
    "api-withholding-retract": (POST_ONLY, None),
    "api-request-fees": (API_MEMBERS, None),
    "api-fees": (_row(401, 404, 404, 200, 200, 200, 200), None),
    "api-withholding-compare": (API_MEMBERS, None),
    "api-request-preservation": (API_MEMBERS, None),
    "api-preservation-demand": (POST_ONLY, None),
    "api-preservation-date": (POST_ONLY, None),
    "api-request-hold": (POST_ONLY, None),
    "api-campaign-hold": (POST_ONLY, None),
}
SHOWS_OURS = set(EXPECTED)
TABLES = (Withholding, WithholdingPrivate, FeeBasis, Retention, LegalHold)


def prepare(stage: Stage) -> None:
    harbor = stage.cast.harbor
    for request in (stage.private, stage.published):
        decided = builders.event(
            request, "determined", dated_on=dt.date(2026, 3, 9), outcome="denied_in_part", parts=["A2"]
        )
        row = Withholding.objects.create(
            organisation=harbor, request=request, event=decided, part="A2", section=f"{CANARY}-section",
            ground="records_law", once="1", ranges=f"{CANARY}-ranges", reason=f"{CANARY}-reason",
        )  # fmt: skip
        WithholdingPrivate.objects.create(
            organisation=harbor, request=request, withholding=row, our_view="wrong", notes=f"{CANARY}-notes"
        )
        estimated = builders.event(request, "fee_estimated", received_on=dt.date(2026, 3, 9))
        EventCorrespondence.objects.create(
            event=estimated, request=request, organisation=harbor, text=f"{CANARY}-estimate", amount=90
        )
        FeeBasis.objects.create(event=estimated, request=request, organisation=harbor, pages=4)
        gone = builders.event(
            request, "destruction_scheduled", dated_on=dt.date(2026, 3, 9), facts={"until": "2026-09-01"}
        )
        Retention.objects.create(
            event=gone, request=request, organisation=harbor, citation=f"{CANARY}-schedule", source=f"{CANARY}-source",
            destroys_on=dt.date(2026, 9, 1),
        )  # fmt: skip
        LegalHold.objects.create(request=request, organisation=harbor, reason=f"{CANARY}-hold")
        stage.rows[f"withholding {request.pk}"] = row


def fill(dice: random.Random, made: RecordsRequest, row: Event) -> None:
    belongs = {"request": made, "organisation_id": made.organisation_id}
    day = dt.date(2026, 3, 5)
    gone = builders.event(made, "destruction_scheduled", dated_on=day)
    Retention.objects.create(event=gone, **belongs, source="schedule", destroys_on=dt.date(2026, 9, 1))
    for event in (row, gone, builders.event(made, "fee_invoiced", received_on=day)):
        FeeBasis.objects.create(event=event, **belongs, pages=4)
        held = Withholding.objects.create(
            event=event, **belongs, section="7(1)(d)", ground="records_law", once=event.uid,
            retracted_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC) if dice.random() < 0.3 else None,
        )  # fmt: skip
        WithholdingPrivate.objects.create(withholding=held, **belongs)
    builders.deadline(made, owner="requester", clock_key="alarm", rule_id="destroys-on")
    if dice.random() < 0.5:
        LegalHold.objects.create(**belongs, reason="suit")


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    one, row = [request.public_id], stage.rows[f"withholding {request.pk}"]
    assert request.campaign is not None
    return {
        "request-fees": one, "fee-new": [request.public_id, "estimate"], "request-preservation": one,
        "preservation-demand": one, "preservation-date": one, "request-hold": one,
        "campaign-hold": [request.campaign.public_id], "request-withholdings": one, "withholding-new": one,
        "withholding-compare": one,
        "withholding-edit": [request.public_id, row.public_id],
        "withholding-retract": [request.public_id, row.public_id],
        "api-request-withholdings": one, "api-withholding": [request.public_id, row.public_id],
        "api-withholding-retract": [request.public_id, row.public_id], "api-request-fees": one,
        "api-withholding-compare": one,
        "api-request-preservation": one, "api-preservation-demand": one, "api-preservation-date": one,
        "api-request-hold": one, "api-campaign-hold": [request.campaign.public_id],
    }  # fmt: skip

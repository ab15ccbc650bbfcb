"""The routes of the register: withholdings, fees, preservation and holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

from requests_app.models import Event, RecordsRequest, Withholding, WithholdingPrivate
from tests import builders
from tests.walls.matrix import _row

from . import CANARY, Stage

MEMBERS_ENTRY = _row(302, 404, 404, 200, 200, 200, 200)
OUR_MEMBERS = _row(302, 404, 404, 404, 200, 200, 200)
OUR_EDITORS = _row(302, 404, 404, 404, 404, 200, 200)

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "request-withholdings": (OUR_MEMBERS, None),
    "withholding-new": (OUR_EDITORS, None),
    "withholding-edit": (OUR_EDITORS, None),
    "withholding-retract": (OUR_EDITORS, None),
    "withholding-compare": (OUR_MEMBERS, None),
    "withholdings": (MEMBERS_ENTRY, None),
    "withholdings-csv": (MEMBERS_ENTRY, None),
}
SHOWS_OURS = set(EXPECTED)


def prepare(stage: Stage) -> None:
    harbor = stage.cast.harbor
    for request in (stage.private, stage.published):
        decided = builders.event(
            request, "determined", dated_on=dt.date(2026, 3, 9), outcome="denied_in_part", parts=["A2"]
        )
        row = Withholding.objects.create(
            organisation=harbor, request=request, event=decided, part="A2", section=f"{CANARY}-section",
            ground="records_law", ranges=f"{CANARY}-ranges", reason=f"{CANARY}-reason",
        )  # fmt: skip
        WithholdingPrivate.objects.create(
            organisation=harbor, request=request, withholding=row, our_view="wrong", notes=f"{CANARY}-notes"
        )
        stage.rows[f"withholding {request.pk}"] = row


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    one, row = [request.public_id], stage.rows[f"withholding {request.pk}"]
    return {
        "request-withholdings": one, "withholding-new": one, "withholding-compare": one,
        "withholding-edit": [request.public_id, row.public_id],
        "withholding-retract": [request.public_id, row.public_id],
    }  # fmt: skip

"""Reports about public pages: anybody sends one, editors and owners read theirs. Notes and statements that rest."""

from __future__ import annotations

import datetime as dt
from typing import Any

from requests_app.models import (
    AgencyStatement,
    Correction,
    Event,
    PublicReport,
    PublicReportMail,
    RecordsRequest,
)
from requests_app.models.ids import public_id
from tests.walls.matrix import ANYBODY, POST_ONLY, _row

from . import CANARY, Stage

# Staff with a second factor, for what nobody owns; editors and owners for theirs.
WHO_DECIDES = _row(302, 404, 200, 200, 404, 200, 200)
OURS_SIGNED_IN = _row(302, 404, 404, 404, 404, 200, 200)
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "report-page": (ANYBODY, None),
    "corrections": (ANYBODY, None),
    "reports": (WHO_DECIDES, None),
    "report-one": (OURS_SIGNED_IN, None),
    "note-withdraw": (POST_ONLY, None),
    "statements": (WHO_DECIDES, None),
    "statement-new": (_row(302, 404, 404, 404, 404, 404, 404), None),
    "statement": (OURS_SIGNED_IN, None),
    "api-corrections": (ANYBODY, None),
    "api-statements": (ANYBODY, None),
}
SHOWS_OURS = {"report-one", "statement"}


def prepare(stage: Stage) -> None:
    for request in (stage.private, stage.published):
        belongs: dict[str, Any] = {"organisation": stage.cast.harbor}
        about = {"subject_kind": "request", "subject_key": request.public_id, "path": f"/requests/{request.public_id}/"}
        reference = public_id()
        stage.rows[f"report-{request.pk}"] = PublicReport.objects.create(
            **belongs, **about, reference=reference, once=public_id(), wants="removal", asked_by="person",
            text=f"report {CANARY}", name=f"name {CANARY}",
        )  # fmt: skip
        PublicReportMail.objects.create(**belongs, reference=reference, kind="received")
        stage.rows[f"correction-{request.pk}"] = Correction.objects.create(
            **belongs, **about, kind="correction", text=f"note {CANARY}", on=dt.date(2026, 3, 9),
            withdrawn_at=dt.datetime(2026, 3, 10, tzinfo=dt.UTC),
        )  # fmt: skip
        stage.rows[f"statement-{request.pk}"] = AgencyStatement.objects.create(
            **belongs, agency=request.agency, request_key=request.public_id, text=f"statement {CANARY}",
            sent_by=f"sender {CANARY}", verified=f"verified {CANARY}", received_on=dt.date(2026, 3, 9),
            once=public_id(),
        )  # fmt: skip


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    rows = stage.rows
    return {
        "report-one": [rows[f"report-{request.pk}"].reference],
        "note-withdraw": [rows[f"correction-{request.pk}"].public_id],
        "statement": [rows[f"statement-{request.pk}"].public_id],
    }

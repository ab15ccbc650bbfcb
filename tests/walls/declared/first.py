"""The routes of the first three issues: requests, campaigns, laws, imports, health, accounts."""

from __future__ import annotations

from typing import Any

from requests_app.intake import storage
from requests_app.models import Event, ImportBatch, OfferedMove, RecordsRequest, RevisionOffer, StoredFile
from tests.walls.matrix import (
    ANYBODY,
    EDITORS_ENTRY,
    NOBODY,
    OUR_EDITORS,
    OURS,
    POST_ONLY,
    SIGNED_IN,
    SIGNED_OUT,
    _row,
)

from . import CANARY, Stage

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "dashboard": (ANYBODY, None),
    "requests": (ANYBODY, None),
    "request-new": (EDITORS_ENTRY, None),
    "request": (OURS, ANYBODY),
    "event-new": (_row(302, 404, 404, 404, 404, 200, 200), None),
    "event-retract": (_row(302, 404, 404, 404, 404, 200, 200), None),
    "campaigns": (ANYBODY, None),
    "campaign": (OURS, ANYBODY),
    "campaign-csv": (OURS, ANYBODY),
    "agencies": (ANYBODY, None),
    "agencies-csv": (ANYBODY, None),
    "agency": (ANYBODY, None),
    "laws": (ANYBODY, None),
    "laws-csv": (ANYBODY, None),
    "law": (ANYBODY, None),
    "law-print": (ANYBODY, None),
    "law-report": (ANYBODY, None),
    "revisions": (_row(302, 404, 404, 200, 200, 200, 200), None),
    "revision": (_row(302, 404, 404, 404, 200, 200, 200), None),
    "revision-csv": (_row(302, 404, 404, 404, 200, 200, 200), None),
    "calculator": (ANYBODY, None),
    "imports": (EDITORS_ENTRY, None),
    "import-new": (EDITORS_ENTRY, None),
    "import": (OUR_EDITORS, None),
    "import-problems": (OUR_EDITORS, None),
    "mail": (SIGNED_IN, None),
    "mail-message": (_row(302, 404, 404, 404, 404, 404, 404), None),
    # Where a sample is loaded: tests/web/test_sample_sign_ins.py.
    "sample-sign-ins": (NOBODY, None),
    "theme": (POST_ONLY, None),
    "healthz": (ANYBODY, None),
    "healthz-live": (ANYBODY, None),
    "healthz-ready": (ANYBODY, None),
    "healthz-reminders": (ANYBODY, None),
    # From this machine; what others get: tests/reminders/test_metrics.py.
    "metrics": (ANYBODY, None),
    "api-deadline": (_row(400, 400, 400, 400, 400, 400, 400), None),
    "api-laws": (ANYBODY, None),
    "api-law": (ANYBODY, None),
    "api-law-rules": (ANYBODY, None),
    "api-calendar": (ANYBODY, None),
    "api-jurisdictions": (ANYBODY, None),
    "api-schema": (ANYBODY, None),
    "api-docs": (ANYBODY, None),
    "api-docs-operation": (ANYBODY, None),
    "api-not-found": (NOBODY, None),
    "account_login": (SIGNED_OUT, None),
    "account_logout": (SIGNED_IN, None),
    "account_inactive": (ANYBODY, None),
    "account_signup": (SIGNED_OUT, None),
    "account_reauthenticate": (SIGNED_IN, None),
    "account_email": (SIGNED_IN, None),
    "account_email_verification_sent": (ANYBODY, None),
    "account_change_password": (SIGNED_IN, None),
    "account_set_password": (_row(302, 302, 302, 302, 302, 302, 302), None),
    "account_reset_password": (ANYBODY, None),
    "account_confirm_login_code": (_row(302, 302, 302, 302, 302, 302, 302), None),
    "account_confirm_email": (ANYBODY, None),
    "account_reset_password_from_key": (ANYBODY, None),
    "account_reset_password_from_key_done": (ANYBODY, None),
    "account_reset_password_done": (ANYBODY, None),
}
SHOWS_OURS = {
    "request", "requests", "event-new", "event-retract", "imports", "import", "campaign", "campaign-csv", "revision",
    "revision-csv",
}  # fmt: skip


def prepare(stage: Stage) -> None:
    cast = stage.cast
    stored = storage.keep([f"Number,Sent\n{CANARY},2026-03-02\n".encode()])
    file = StoredFile.objects.create(
        name=stored.name, organisation=cast.harbor, original_name=f"{CANARY}.csv", size=stored.size,
        sha256=stored.sha256,
    )  # fmt: skip
    stage.rows["batch"] = ImportBatch.objects.create(
        organisation=cast.harbor, file=file, source=f"{CANARY}-log", once="1"
    )
    offer = RevisionOffer.objects.create(organisation=cast.harbor, law_id="us-il", revision=2, state="ready")
    OfferedMove.objects.create(
        offer=offer, organisation=cast.harbor, request=stage.private, from_revision=1, changes=[], ours=True
    )
    stage.rows["offer"] = offer


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    assert request.campaign is not None
    batch, offer = stage.rows["batch"], stage.rows["offer"]
    return {
        "request": [request.public_id], "event-new": [request.public_id, "acknowledged"],
        "event-retract": [request.public_id, event.uid], "agency": [stage.cast.agency.slug], "law": ["us-il"],
        "law-print": ["us-il"], "law-report": ["us-il"], "api-law": ["us-il"], "api-law-rules": ["us-il"],
        "api-calendar": ["us-il.c1"], "api-docs-operation": ["requests-list"],
        "campaign": [request.campaign.public_id], "campaign-csv": [request.campaign.public_id],
        "import": [batch.public_id], "import-problems": [batch.public_id],
        "revision": [offer.public_id], "revision-csv": [offer.public_id],
        "mail-message": ["1742000000.M1P1.host"], "account_confirm_email": ["MQ:abc"],
        "account_reset_password_from_key": ["1", "abc-def"],
    }  # fmt: skip

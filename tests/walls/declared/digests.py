"""One's own digests, and the page that ends them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from requests_app.models import Digest, Event, RecordsRequest
from requests_app.notices.digest_links import token_of
from tests.walls.matrix import ANYBODY, _row

from . import Stage

OURS = _row(401, 404, 404, 404, 200, 200, 200)
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "digests": (_row(302, 404, 404, 200, 200, 200, 200), None),
    # Whoever holds the link ends the digests of whom it was sent to; it opens nothing else.
    "digest-unsubscribe": (ANYBODY, None),
    "api-digests": (OURS, None),
    "api-digest-stop": (OURS, None),
}
BY_LINK = {"digest-unsubscribe"}


def prepare(stage: Stage) -> None:
    stage.rows["digest"] = Digest.objects.create(
        organisation=stage.cast.harbor, person=stage.cast.olive, period="daily", period_on="2026-03-10",
        next_at="2026-03-10T12:00Z", state="sent", message_id=f"digest-{uuid4()}@walls.example",
    )  # fmt: skip


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    harbor = stage.cast.harbor
    return {
        "digest-unsubscribe": [token_of(harbor.pk, stage.cast.olive.pk)],
        "api-digests": [harbor.public_id],
        "api-digest-stop": [harbor.public_id],
    }

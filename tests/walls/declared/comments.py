"""Comments: whoever sees the subject reads those said to them; one of them is changed where it may be."""

from __future__ import annotations

from typing import Any

from requests_app.models import Event, PrivateComment, RecordsRequest
from tests.walls.matrix import ANYBODY, POST_ONLY, _row

from . import CANARY, Stage

MEMBERS = _row(404, 404, 404, 404, 200, 200, 200)
AUTHOR = _row(404, 404, 404, 404, 404, 404, 200)
SHOWS_OURS = {"request-comment", "campaign-comment"}
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "request-comments": (MEMBERS, ANYBODY),
    "campaign-comments": (MEMBERS, ANYBODY),
    "request-comment": (AUTHOR, AUTHOR),
    "campaign-comment": (AUTHOR, AUTHOR),
    "api-request-comments": (MEMBERS, ANYBODY),
    "api-campaign-comments": (MEMBERS, ANYBODY),
    "api-request-comment": (POST_ONLY, None),
    "api-campaign-comment": (POST_ONLY, None),
}


def prepare(stage: Stage) -> None:
    """A private comment of Olive's on each request and each campaign."""
    for request in (stage.private, stage.published):
        for name, subject in (
            ("request", {"request": request}),
            ("campaign", {"campaign": request.campaign}),
        ):
            made = PrivateComment.objects.create(
                organisation=stage.cast.harbor, author=stage.cast.olive, text=f"comment {CANARY}", **subject
            )
            stage.rows[f"comment-{name}-{request.pk}"] = made


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for name, pid in (("request", request.public_id), ("campaign", request.campaign.public_id)):
        thread = stage.rows[f"comment-{name}-{request.pk}"].thread
        found[f"{name}-comments"] = found[f"api-{name}-comments"] = [pid]
        found[f"{name}-comment"] = found[f"api-{name}-comment"] = [pid, thread]
    return found

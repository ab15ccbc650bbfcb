"""Tasks among partners: read by Harbor's own people on its requests."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Now

from requests_app.models import CoalitionMember, Event, PartnerTask, RecordsRequest, Share
from tests import builders
from tests.walls.matrix import _row

from . import CANARY, Stage

OURS = _row(302, 404, 404, 404, 200, 200, 200)
OURS_API = _row(401, 404, 404, 404, 200, 200, 200)
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "partner-tasks": (_row(302, 404, 404, 200, 200, 200, 200), None),
    "partner-task": (OURS, None),
    "request-tasks": (OURS, None),
    "api-partner-tasks": (_row(401, 404, 404, 200, 200, 200, 200), None),
    "api-partner-task": (OURS_API, None),
    "api-request-tasks": (OURS_API, None),
}
SHOWS_OURS = {"partner-task", "request-tasks", "api-partner-task", "api-request-tasks"}


def prepare(stage: Stage) -> None:
    """Harbor asks an organization of nobody in the cast, which is shown neither request any more."""
    cast = stage.cast
    tess = builders.person("Tess")
    other = builders.organisation("Tasked", tess)
    made = builders.coalition(cast.olive, cast.harbor, (tess, other, 2))
    home, stay = (
        CoalitionMember.objects.get(coalition=made, organisation=one) for one in (cast.harbor, other)
    )
    for request in (stage.private, stage.published):
        share = builders.share_with(cast.olive, request, other)
        stage.rows[f"task-{request.pk}"] = PartnerTask.objects.create(
            organisation=cast.harbor, request=request, partner=other, coalition=made, stay=stay, home_stay=home,
            title=f"{CANARY}-task", note=f"{CANARY}-task-note",
        )  # fmt: skip
        Share.objects.filter(pk=share.pk).update(revoked_at=Now())


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    task = stage.rows[f"task-{request.pk}"].public_id
    return {
        **{f"{door}partner-tasks": [] for door in ("", "api-")},
        **{f"{door}partner-task": [task] for door in ("", "api-")},
        **{f"{door}request-tasks": [request.public_id] for door in ("", "api-")},
    }

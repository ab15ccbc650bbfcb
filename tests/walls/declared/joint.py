"""Joint campaigns: members of the coalition read them, each what is shared with them; owners put in and take out."""

from __future__ import annotations

from typing import Any

from django.db import connection

from requests_app.models import Event, JointCampaign, JointPart, RecordsRequest
from tests.walls.matrix import POST_ONLY, _row

from . import CANARY, Stage
from .coalitions import LEADERS, LEADERS_API, MEMBERS, MEMBERS_API

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "coalition-joint-new": (LEADERS, None),
    "coalition-joint": (MEMBERS, None),
    "coalition-joint-csv": (MEMBERS, None),
    "coalition-joint-change": (LEADERS, None),
    "coalition-joint-put": (LEADERS, None),
    "coalition-joint-out": (LEADERS, None),
    "api-coalition-joint-list": (MEMBERS_API, None),
    "api-coalition-joint": (MEMBERS_API, None),
    "api-coalition-joint-matrix": (MEMBERS_API, None),
    "api-coalition-joint-parts": (MEMBERS_API, None),
    "api-coalition-joint-preview": (POST_ONLY, None),
    "api-coalition-joint-part": (LEADERS_API, None),
    "api-partners-asked": (_row(400, 400, 400, 400, 400, 400, 400), None),  # without words: which office, which kit
    "api-campaign-partners-asked": (_row(401, 404, 404, 404, 403, 200, 200), None),
}
SHOWS_OURS = {"coalition-joint-new", "coalition-joint", "coalition-joint-csv", "coalition-joint-change"}
SHOWS_OURS |= {"coalition-joint-put", "coalition-joint-out", "api-coalition-joint-list", "api-coalition-joint"}
SHOWS_OURS |= {"api-coalition-joint-parts", "api-coalition-joint-matrix"}


def prepare(stage: Stage) -> None:
    made = stage.rows["coalition"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT app_make_joint(%s, %s, %s)", [made.pk, f"{CANARY}-joint", f"{CANARY}-question"])
        stage.rows["joint"] = one = JointCampaign.objects.get(pk=cursor.fetchone()[0])
    stage.rows["joint_part"] = JointPart.objects.create(
        joint=one, coalition=made, organisation=stage.cast.harbor, stay=stage.rows["stay"],
        campaign=stage.private.campaign, ask=f"{CANARY}-ask",
    )  # fmt: skip


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    key, one, part = (stage.rows[name].public_id for name in ("coalition", "joint", "joint_part"))
    return {
        "coalition-joint-new": [key],
        "api-coalition-joint-list": [key],
        **{f"coalition-joint{name}": [key, one] for name in ("", "-csv", "-change", "-put")},
        **{f"api-coalition-joint{name}": [key, one] for name in ("", "-matrix", "-parts", "-preview")},
        "api-partners-asked": [],
        "api-campaign-partners-asked": [request.campaign.public_id],
        "coalition-joint-out": [key, one, part],
        "api-coalition-joint-part": [key, one, part],
    }



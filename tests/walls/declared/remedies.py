"""Appeals, reviews and suits: ours alone, whatever is published."""

from __future__ import annotations

import datetime as dt
from typing import Any

from requests_app.models import Event, RecordsRequest, Remedy, RemedyCost, RemedyEvent
from tests import builders
from tests.walls.matrix import OURS, POST_ONLY, _row

from . import CANARY, Stage

MEMBERS = _row(404, 404, 404, 404, 200, 200, 200)
EDITORS_PAGE = _row(302, 404, 404, 404, 404, 200, 200)
EDITORS_POST = _row(302, 405, 405, 405, 405, 405, 405)
API = _row(401, 404, 404, 404, 200, 200, 200)
API_POSTS = (
    "api-remedy-letter", "api-remedy-file", "api-remedy-file-preview", "api-remedy-decide", "api-remedy-order",
    "api-remedy-order-met", "api-remedy-costs", "api-remedy-cost", "api-remedy-decide-preview",
    "api-remedy-order-preview", "api-remedy-order-met-preview", "api-remedy-redraft",
)  # fmt: skip
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "request-remedies": (OURS, OURS),
    "remedy-new": (EDITORS_PAGE, EDITORS_PAGE),
    "remedies": (_row(302, 404, 404, 200, 200, 200, 200), None),
    "remedies-csv": (_row(302, 404, 404, 200, 200, 200, 200), None),
    "remedy": (MEMBERS, MEMBERS),
    "remedy-edit": (EDITORS_PAGE, EDITORS_PAGE),
    "remedy-redraft": (EDITORS_POST, EDITORS_POST),
    "remedy-letter": (EDITORS_POST, EDITORS_POST),
    "remedy-file": (EDITORS_PAGE, EDITORS_PAGE),
    "remedy-decide": (EDITORS_PAGE, EDITORS_PAGE),
    "remedy-order": (EDITORS_PAGE, EDITORS_PAGE),
    "remedy-order-met": (EDITORS_PAGE, EDITORS_PAGE),
    "remedy-cost": (EDITORS_POST, EDITORS_POST),
    "remedy-cost-back": (EDITORS_POST, EDITORS_POST),
    "remedy-drop": (EDITORS_POST, EDITORS_POST),
    "api-request-remedies": (API, API),
    "api-remedies": (_row(401, 200, 200, 200, 200, 200, 200), None),
    "api-remedy": (API, API),
    "api-windows": (_row(401, 404, 404, 200, 200, 200, 200), None),
    **dict.fromkeys(API_POSTS, (POST_ONLY, None)),
}
SHOWS_OURS = {
    "request-remedies", "remedies", "remedies-csv", "remedy", "remedy-edit", "api-request-remedies", "api-remedies",
    "api-remedy", "api-windows",
}  # fmt: skip


def prepare(stage: Stage) -> None:
    for name in ("private", "published"):
        of: RecordsRequest = getattr(stage, name)
        request = builders.bare_request(
            stage.cast.olive, stage.cast.harbor, stage.cast.agency, campaign=of.campaign,
            public_title=f"Sharing lists, {name}", canary=CANARY,
        )  # fmt: skip
        made = Remedy.objects.create(
            organisation=stage.cast.harbor, request=request, kind="suit", body=f"{CANARY} court", once=f"suit-{name}",
            grounds=f"{CANARY} grounds", notes=f"{CANARY} notes", letter=f"{CANARY} letter", docket=CANARY,
        )  # fmt: skip
        cost = RemedyCost.objects.create(
            remedy=made, organisation=stage.cast.harbor, what=f"{CANARY} fee", amount=5, on=dt.date(2026, 3, 20),
            once=f"cost-{name}",
        )  # fmt: skip
        sued = builders.event(request, "sued", once="sued", sent_on=dt.date(2026, 3, 20))
        order = builders.event(
            request, "ordered_us", once="order", dated_on=dt.date(2026, 3, 21),
            facts={"what": "brief", "due_on": "2026-04-01"},
        )  # fmt: skip
        for event, step in ((sued, "filed"), (order, "ordered")):
            RemedyEvent.objects.create(remedy=made, organisation=stage.cast.harbor, event=event, step=step)
        builders.deadline(
            request, clock_key=f"order|event:{order.uid}|r1", rule_id="order", name="Brief", owner="requester",
            scope=f"event:{order.uid}", due_on=dt.date(2026, 4, 1), clock=_clock(order),
        )  # fmt: skip
        stage.rows[f"remedy-{name}"] = (request, made, cost, order)


def _clock(order: Event) -> dict[str, Any]:
    return {
        "key": f"order|event:{order.uid}|r1", "rule_id": "order", "name": "Brief", "owner": "requester",
        "scope": f"event:{order.uid}", "round": 1, "law_ref": "", "calendar_ref": "", "opens_on": "2026-03-21",
        "started_by": order.uid, "earliest": "2026-04-01", "latest": "2026-04-01",
    }  # fmt: skip


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    name = "private" if request == stage.private else "published"
    of, made, cost, order = stage.rows[f"remedy-{name}"]
    one = [made.public_id]
    names = ("remedy", "remedy-edit", "remedy-redraft", "remedy-letter", "remedy-file", "remedy-decide", "remedy-order",
             "remedy-cost", "remedy-drop")  # fmt: skip
    return {
        "api-request-remedies": [of.public_id], "api-remedy": one, **dict.fromkeys(API_POSTS, one),
        "api-remedy-order-met": [made.public_id, order.uid],
        "api-remedy-order-met-preview": [made.public_id, order.uid],
        "api-remedy-cost": [made.public_id, cost.public_id],
        "request-remedies": [of.public_id], "remedy-new": [of.public_id], **dict.fromkeys(names, one),
        "remedy-order-met": [made.public_id, order.uid], "remedy-cost-back": [made.public_id, cost.public_id],
    }  # fmt: skip

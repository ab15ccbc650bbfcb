"""Who is reminded of what: ours alone, whatever is shared."""

from __future__ import annotations

from typing import Any

from requests_app.models import Event, RecordsRequest
from tests.walls.matrix import POST_ONLY, _row

from . import Stage

MEMBERS = _row(302, 404, 404, 200, 200, 200, 200)
OUR_PEOPLE = _row(302, 404, 404, 404, 200, 200, 200)
OUR_WRITERS = _row(302, 404, 404, 404, 404, 200, 200)
API = _row(401, 404, 404, 404, 200, 200, 200)
EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    "reminder-policy": (MEMBERS, None),
    "reminder-rule": (_row(302, 404, 404, 200, 404, 404, 200), None),
    "personal-reminding": (MEMBERS, None),
    "personal-reminder-rule": (MEMBERS, None),
    "campaign-reminders": (OUR_PEOPLE, None),
    "campaign-reminder-rule": (OUR_WRITERS, None),
    "request-reminders": (OUR_PEOPLE, None),
    "request-reminder-rule": (OUR_WRITERS, None),
    "api-organisation-reminder-policy": (API, None),
    "api-personal-reminder-policy": (API, None),
    "api-campaign-reminder-policy": (API, None),
    "api-request-reminder-policy": (API, None),
    "api-personal-reminding": (API, None),
    "api-request-reminders": (API, None),
    "api-request-reminders-sent": (API, None),
    "api-organisation-reminder-preview": (POST_ONLY, None),
    "api-personal-reminder-preview": (POST_ONLY, None),
    "api-campaign-reminder-preview": (POST_ONLY, None),
    "api-request-reminder-preview": (POST_ONLY, None),
}
SHOWS_OURS = {"request-reminders", "request-reminder-rule", "campaign-reminders", "campaign-reminder-rule"}


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    organisation, campaign = stage.cast.harbor.public_id, request.campaign.public_id
    return {
        "reminder-rule": ["0"],
        "personal-reminder-rule": ["0"],
        "campaign-reminder-rule": [campaign, "0"],
        "request-reminder-rule": [request.public_id, "0"],
        "campaign-reminders": [campaign],
        "request-reminders": [request.public_id],
        **{f"api-request-reminder-{what}": [request.public_id] for what in ("policy", "preview")},
        **{f"api-request-reminders{what}": [request.public_id] for what in ("", "-sent")},
        **{f"api-campaign-reminder-{what}": [campaign] for what in ("policy", "preview")},
        **{f"api-organisation-reminder-{what}": [organisation] for what in ("policy", "preview")},
        **{f"api-personal-reminder-{what}": [organisation] for what in ("policy", "preview")},
        "api-personal-reminding": [organisation],
    }

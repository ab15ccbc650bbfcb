"""Answers to reminders, absences, the inbox."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from requests_app.models import Absence, Deadline, Event, RecordsRequest, Reminder
from requests_app.notices.reminder_links import token_of
from tests.walls.matrix import ANYBODY, POST_ONLY, SIGNED_IN, _row

from . import Stage

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    # Whoever holds the link answers for whom it was sent to; it opens nothing else.
    "reminder-link": (ANYBODY, None),
    # Without a clock there is nothing.
    "reminder-answer": (_row(302, 404, 404, 404, 404, 404, 404), None),
    "inbox": (SIGNED_IN, None),
    "absence": (_row(302, 404, 404, 200, 200, 200, 200), None),
    "absence-end": (POST_ONLY, None),
    "api-inbox": (_row(401, 200, 200, 200, 200, 200, 200), None),
    "api-inbox-read": (POST_ONLY, None),
    # Without a clock it is refused, and to nobody says more.
    "api-reminder-answers": (_row(400, 400, 400, 400, 400, 400, 400), None),
    "api-absences": (_row(401, 200, 200, 200, 200, 200, 200), None),
    "api-absence": (POST_ONLY, None),
}
BY_LINK = {"reminder-link"}


def prepare(stage: Stage) -> None:
    clock = (
        Deadline.objects.standing().filter(request=stage.private, due_on__isnull=False).order_by("pk").first()
    )
    assert clock is not None
    stage.rows["away"] = Absence.objects.create(
        organisation=stage.cast.harbor, person=stage.cast.olive, cover=stage.cast.edgar, from_on="2026-07-01",
        until_on="2026-07-14",
    )  # fmt: skip
    stage.rows["reminder"] = Reminder.objects.create(
        organisation=stage.cast.harbor, request=stage.private, deadline=clock, clock_key=clock.clock_key,
        due_on=clock.due_on, kind="lapsed", recipient=stage.cast.olive, next_at="2026-03-10T12:00Z", state="sent",
        message_id=f"answered-{uuid4()}@walls.example",
    )  # fmt: skip


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    pid = stage.rows["away"].public_id
    return {
        "reminder-link": [token_of(stage.rows["reminder"].pk, stage.cast.olive.session_turn)],
        "reminder-answer": [request.public_id], "api-reminder-answers": [request.public_id],
        "absence-end": [pid], "api-absence": [pid],
    }  # fmt: skip

"""Answers to reminders, absences, the inbox."""

from __future__ import annotations

from typing import Any

from requests_app.models import Deadline, Event, RecordsRequest, Reminder
from requests_app.notices.reminder_links import token_of
from tests.walls.matrix import ANYBODY

from . import Stage

EXPECTED: dict[str, tuple[dict[str, int], dict[str, int] | None]] = {
    # Whoever holds the link answers for whom it was sent to; it opens nothing else.
    "reminder-link": (ANYBODY, None),
}


def prepare(stage: Stage) -> None:
    clock = (
        Deadline.objects.standing().filter(request=stage.private, due_on__isnull=False).order_by("pk").first()
    )
    assert clock is not None
    stage.rows["reminder"] = Reminder.objects.create(
        organisation=stage.cast.harbor, request=stage.private, deadline=clock, clock_key=clock.clock_key,
        due_on=clock.due_on, kind="lapsed", recipient=stage.cast.olive, next_at="2026-03-10T12:00Z", state="sent",
        message_id="answered@walls.example",
    )  # fmt: skip


def params(stage: Stage, request: RecordsRequest, event: Event) -> dict[str, list[Any]]:
    return {"reminder-link": [token_of(stage.rows["reminder"].pk, stage.cast.olive.session_turn)]}

"""The way back from an import: whole or not at all."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

from requests_app.models import ExternalNumber, ImportBatch, Person
from requests_app.models.visibility import Viewer

from .imports import State, locked
from .legal_holds import refuse_if_held
from .refusals import Refused


def undo(*, viewer: Viewer, batch: ImportBatch, actor: Person) -> int:
    """Take out every request the import made. Refused as a whole once anybody has built upon one of them, or
    a legal hold keeps one.

    Pressed twice, the second finds nothing left to take out.
    """
    if (
        locked(viewer, batch.pk, State.APPLYING, State.APPLIED, State.FAILED, State.UNDONE).state
        == State.UNDONE
    ):
        return 0
    refuse_if_held(ExternalNumber.objects.filter(batch=batch).values("request"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT app_undo_import(%s)", [batch.pk])
        answer = _decoded(cursor.fetchone()[0])
    batch.refresh_from_db()
    if "removed" in answer:
        return int(answer["removed"])
    raise Refused("built_upon", _built_upon(answer), status=409)


def _decoded(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer) if isinstance(answer, str) else answer
    return found


def _built_upon(answer: dict[str, Any]) -> str:
    n = answer["built_upon"]
    said = [
        f"{answer[key]} {words}"
        for key, words in (
            ("events", "with events logged since"),
            ("shares", "shared"),
            ("reminders", "with a reminder sent"),
            ("filed", "assigned, renamed or put into a campaign"),
        )
        if answer.get(key)
    ]
    detail = f" ({', '.join(said)})" if said else ""
    what = "1 of its requests" if n == 1 else f"{n} of its requests"
    return f"Somebody has worked on {what} since the import{detail}, so it cannot be undone as a whole."

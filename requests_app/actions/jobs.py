"""When each job last did its work, by the database's clock: what the health page watches is work, not processes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection

from requests_app.models.visibility import SCHEDULE, viewing


def organisations() -> list[int]:
    """Every organization, for jobs that walk them one by one; the schedule learns their ids and nothing else."""
    with viewing(SCHEDULE), connection.cursor() as cursor:
        cursor.execute("SELECT app_schedule_organisations()")
        return [row[0] for row in cursor.fetchall()]


def finished(job: str, detail: Mapping[str, Any] | None = None) -> None:
    """Called by a door after the work succeeded. A job that raised leaves its last success standing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO requests_app_jobrun (job, finished_at, detail) VALUES (%s, clock_timestamp(), %s) "
            "ON CONFLICT (job) DO UPDATE SET finished_at = excluded.finished_at, detail = excluded.detail",
            [job, json.dumps(dict(detail or {}))],
        )


def note_mail(down: str, *, asked: bool) -> None:
    """The mail circuit, as the last sweep found it. asked: whether the mail server was spoken to at all."""
    if not asked:
        return
    finished("mail.circuit", {"open": bool(down), "why": down[:200]})

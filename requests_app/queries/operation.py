"""What the operator's page and the metrics may know of what goes out: ids, states and times, never content.

Read as the schedule, which sees the rows of the queues and nothing of what they are about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Min, Q
from django.db.models.functions import Now

from requests_app.models import JobRun, SendingHold
from requests_app.models.queues import Outgoing
from requests_app.models.visibility import SCHEDULE, Viewer, viewing

LATE = timedelta(minutes=10)
# Of an outcome the page shows how it came and the code: the words of a mail server may name an address.
CAUSE = re.compile(r"^(?P<up>given up: )?(?P<came>[a-z]+): (?P<code>\d{3})?")
DEATHS = re.compile(r"^its sender died \d+ times$")
PERIODS = {
    "reminders.sweep": "REMINDER_SWEEP_SECONDS",
    "letters.sweep": "REMINDER_SWEEP_SECONDS",
    "reminders.plan": "REMINDER_PLAN_SECONDS",
}


@dataclass(frozen=True, slots=True)
class QueueState:
    """due: planned rows whose time has come; since: the time of the oldest of them; failed: given up for good."""

    name: str
    due: int
    since: datetime | None
    claimed: int
    unknown: int
    failed: int


@dataclass(frozen=True, slots=True)
class Row:
    queue: str
    id: int
    organisation: str
    state: str
    next_at: datetime
    claimed_at: datetime | None
    attempts: int
    cause: str


def queues() -> dict[str, type[Outgoing]]:
    """Every table of things going out, by the name of its model."""
    return {str(model._meta.model_name): model for model in Outgoing.__subclasses__()}


def queue_states() -> list[QueueState]:
    found = []
    with viewing(SCHEDULE):
        for name, model in sorted(queues().items()):
            due = Q(state="planned", next_at__lte=Now())
            counts: dict[str, Any] = model.objects.filter(state__in=[*model.OPEN, "failed"]).aggregate(
                due=Count("pk", filter=due),
                since=Min("next_at", filter=due),
                claimed=Count("pk", filter=Q(state="claimed")),
                unknown=Count("pk", filter=Q(state="unknown")),
                failed=Count("pk", filter=Q(state="failed")),
            )
            found.append(QueueState(name, **counts))
    return found


def stuck_rows(limit: int) -> list[Row]:
    """What waits over ten minutes past its time, the oldest first."""
    late = Q(next_at__lt=Now() - LATE, created_at__lt=Now() - LATE)
    return _rows(lambda model: model.objects.filter(late, state__in=model.OPEN).order_by("next_at"), limit)


def failed_rows(limit: int) -> list[Row]:
    """What was given up, the latest first."""
    return _rows(lambda model: model.objects.filter(state="failed").order_by("-next_at"), limit)


def _rows(of: Any, limit: int) -> list[Row]:
    found = []
    with viewing(SCHEDULE):
        for name, model in sorted(queues().items()):
            rows: models.QuerySet[Any] = of(model)
            found += [
                Row(
                    name, row.pk, str(row.organisation_id), row.state, row.next_at, row.claimed_at, row.attempts,
                    cause_of(row.outcome),
                )
                for row in rows.only(
                    "organisation_id", "state", "next_at", "claimed_at", "attempts", "outcome"
                )[:limit]
            ]  # fmt: skip
    return found


def cause_of(outcome: str) -> str:
    """How it came and the code: "given up, later, 451". Anything else that the row says stays in the row."""
    if DEATHS.match(outcome):
        return outcome
    found = CAUSE.match(outcome)
    if found is None:
        return ""
    return ", ".join(filter(None, ["given up" if found["up"] else "", found["came"], found["code"] or ""]))


def jobs() -> list[dict[str, Any]]:
    """Last success of each job, and how often it is due."""
    return [
        {
            "job": run.job,
            "at": run.finished_at,
            "every": getattr(settings, PERIODS[run.job]) if run.job in PERIODS else None,
        }
        for run in JobRun.objects.exclude(job="mail.circuit").order_by("job")
    ]


def mail_circuit() -> dict[str, Any] | None:
    """open: the mail server took nothing when it was last asked, and the code it gave."""
    run = JobRun.objects.filter(job="mail.circuit").first()
    if run is None:
        return None
    return {
        "open": bool(run.detail.get("open")),
        "at": run.finished_at,
        "cause": cause_of(str(run.detail.get("why", ""))),
    }


def standing_holds() -> list[SendingHold]:
    return list(SendingHold.objects.filter(released_at=None).order_by("since"))


def late_for(viewer: Viewer) -> bool:
    """Whether a reminder of an organization that the viewer owns waits over ten minutes past its time."""
    if not viewer.owned:
        return False
    reminders = queues()["reminder"]
    late = reminders.objects.filter(
        organisation_id__in=viewer.owned,
        state__in=reminders.OPEN,
        next_at__lt=Now() - LATE,
        created_at__lt=Now() - LATE,
    )
    return bool(late.exists())

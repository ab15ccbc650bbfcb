"""What was sent of one request's reminders, and what waits for a correction or an escalation to go out."""

from __future__ import annotations

from django.db.models import QuerySet

from requests_app.models import Deadline, RecordsRequest, Reminder
from requests_app.models.visibility import Viewer

PAGE = 50
# Rows that no rule makes: they stand beside the stages to come.
BESIDE = ("moved", "gone", "escalated")


def sent_of(viewer: Viewer, records_request: RecordsRequest) -> QuerySet[Reminder]:
    """Everything that is not merely planned, the newest first."""
    return (
        _of(viewer, records_request)
        .exclude(state=Reminder.State.PLANNED)
        .order_by("-next_at", "-pk")
    )


def beside_of(viewer: Viewer, records_request: RecordsRequest) -> QuerySet[Reminder]:
    return _of(viewer, records_request).filter(state=Reminder.State.PLANNED, kind__in=BESIDE).order_by("next_at", "pk")


def _of(viewer: Viewer, records_request: RecordsRequest) -> QuerySet[Reminder]:
    rows: QuerySet[Reminder] = Reminder.objects.visible_to(viewer).filter(request=records_request)
    return rows.select_related("recipient")


def names_of(viewer: Viewer, records_request: RecordsRequest) -> dict[str, str]:
    """What each clock is called, those that stand no more too."""
    rows = Deadline.objects.of_organisation(viewer).filter(request=records_request).order_by("pk")
    return dict(rows.values_list("clock_key", "name"))

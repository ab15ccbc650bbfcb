"""/healthz: is the process alive, can it work, do the reminders go out. Answers for machines, without a sign-in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import Error as DatabaseTrouble
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from requests_app.queries import health

RED, GREEN = "red", "green"


def without_viewer(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    # The middleware opens a transaction before any other view; this one must answer when there is no database.
    view.without_viewer = True  # type: ignore[attr-defined]
    return view


@without_viewer
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    return _answer({"status": GREEN})


@without_viewer
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    return _answer(_ready())


@without_viewer
@require_safe
def reminders(request: HttpRequest) -> HttpResponse:
    return _answer(_reminders())


@without_viewer
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    parts = {"live": {"status": GREEN}, "ready": _ready()}
    parts["reminders"] = _reminders() if parts["ready"]["status"] == GREEN else {"status": RED}
    worst = RED if any(part["status"] == RED for part in parts.values()) else GREEN
    return _answer({"status": worst, **parts})


def _ready() -> dict[str, Any]:
    try:
        return {"status": GREEN if health.database_answers() else RED, "database": True}
    except DatabaseTrouble:
        return {"status": RED, "database": False}


def _reminders() -> dict[str, Any]:
    try:
        found = health.schedule_health()
    except DatabaseTrouble:
        return {"status": RED, "database": False}
    return {
        "status": GREEN if found.well else RED,
        "late_since": found.late_since.isoformat() if found.late_since else None,
        "due_without_row": found.unplanned,
        "sending_hold": found.held,
        "stopped": list(found.stopped),
        "jobs": found.jobs,
    }


def _answer(body: dict[str, Any]) -> JsonResponse:
    response = JsonResponse(body, status=503 if body["status"] == RED else 200)
    response["Cache-Control"] = "no-store"
    return response

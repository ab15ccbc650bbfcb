"""Closing a request: every window of ours that still runs is asked about, and all of it is one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from requests_app.clock import words
from requests_app.clock.standing import Clock
from requests_app.models import Event as EventRow
from requests_app.models import Person, RecordsRequest
from requests_app.models.visibility import Viewer
from requests_app.queries.ledger import book_of, course_of

from . import deadlines
from .correspondence import record_event
from .effects import open_windows
from .refusals import Refused
from .rights import checked_once, must_edit


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of one window. keep: the request stays open for it; else it is let go, for `reason`."""

    keep: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Closed:
    """closed: no window was kept. let_go, kept: names of windows."""

    closed: bool
    let_go: tuple[str, ...]
    kept: tuple[Clock, ...]


def windows_of(records_request: RecordsRequest, today: dt.date) -> list[Clock]:
    """What the form asks about: our own windows that still run, the soonest first."""
    return open_windows(course_of(records_request).on(today), today)


def close_request(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    answers: Mapping[str, Answer],
    on: dt.date,
    actor: Person | None,
    once: str,
    today: dt.date,
    seen_version: int | None = None,
    note: str = "",
) -> Closed:
    """answers: by clock key, one for each window. With one kept, the others are let go and the request stays open."""
    must_edit(viewer, records_request.organisation_id)
    key = checked_once(once)[:56]
    # Dates are derived once, at the end: a close that is refused half-way leaves nothing behind.
    with transaction.atomic(), deadlines.together():
        request = RecordsRequest.objects.select_for_update(of=("self",)).get(pk=records_request.pk)
        if EventRow.objects.filter(request=request, once__in=(key, f"{key}:w0")).exists():
            return Closed(EventRow.objects.filter(request=request, once=key).exists(), (), ())
        windows = windows_of(request, today)
        _all_answered(windows, answers)
        kept = tuple(window for window in windows if answers[window.key].keep)
        gone = [window for window in windows if not answers[window.key].keep]
        act = {
            "viewer": viewer, "records_request": request, "actor": actor, "today": today, "dated_on": on,
            "book": book_of([request.agency_id]),
        }  # fmt: skip
        version = seen_version
        for n, window in enumerate(gone):
            record_event(
                **act, kind="waived", once=f"{key}:w{n}", seen_version=version, facts={"clock": window.key},
                note=answers[window.key].reason,
            )  # fmt: skip
            version = None
        if not kept:
            record_event(**act, kind="closed", once=key, seen_version=version, note=note)
    return Closed(not kept, tuple(window.name for window in gone), kept)


def _all_answered(windows: Sequence[Clock], answers: Mapping[str, Answer]) -> None:
    for window in windows:
        answer = answers.get(window.key)
        until = f" until {words.date(window.due_on)}" if window.due_on else ""
        if answer is None:
            raise Refused(
                "window_open",
                f"“{window.name}” is still open{until}. Say whether you let it go or keep the request open.",
                field=window.key,
                status=409,
            )
        if not answer.keep and not answer.reason.strip():
            raise Refused(
                "reason_missing",
                f"Say why “{window.name}”, open{until}, is let go. Only your organization reads it.",
                field=window.key,
            )
